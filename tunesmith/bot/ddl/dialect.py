"""The dialects of SQL; apart, because the command line needs no more than these."""

from enum import StrEnum


class Dialect(StrEnum):
    """SQL dialects that can be read; the values are sqlglot's names."""

    MYSQL = "mysql"  # MariaDB too
    POSTGRES = "postgres"
    MSSQL = "tsql"
    ORACLE = "oracle"
    SQLITE = "sqlite"

    @property
    def label(self) -> str:
        """The name that people know it by."""
        return _LABELS[self]


_LABELS = {
    Dialect.MYSQL: "MySQL",
    Dialect.POSTGRES: "PostgreSQL",
    Dialect.MSSQL: "SQL Server",
    Dialect.ORACLE: "Oracle",
    Dialect.SQLITE: "SQLite",
}
