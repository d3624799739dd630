"""What a DDL file says, as plain data: tables, columns, keys, comments."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Dialect(StrEnum):
    """SQL dialects that can be read; the values are sqlglot's names."""

    MYSQL = "mysql"  # MariaDB too
    POSTGRES = "postgres"
    MSSQL = "tsql"
    ORACLE = "oracle"
    SQLITE = "sqlite"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Column(_Model):
    """One column. `name` without quotes, in the case the file writes; `type` as the source text."""

    name: str
    type: str
    nullable: bool = True
    default: str | None = None
    comment: str | None = None


class ForeignKey(_Model):
    """A declared reference: `columns[i]` points at `table`.`references[i]`."""

    columns: list[str]
    table: str
    references: list[str]


class Table(_Model):
    """A table or view; `name` has the schema in front (`sales.orders`) where the file has one."""

    name: str
    comment: str | None = None
    columns: list[Column] = Field(default_factory=list[Column])
    primary_key: list[str] = Field(default_factory=list)
    foreign_keys: list[ForeignKey] = Field(default_factory=list[ForeignKey])
    unique: list[list[str]] = Field(default_factory=list[list[str]])
    is_view: bool = False


class Unparsed(_Model):
    """A piece of the file that was not understood. `line` is 1-based; `text` is shortened."""

    line: int
    text: str
    reason: str


class Schema(_Model):
    """What was understood of one DDL file, and what was not.

    `confidence` (0–1) says how sure the dialect is.
    """

    dialect: Dialect
    confidence: float
    tables: list[Table] = Field(default_factory=list[Table])
    unparsed: list[Unparsed] = Field(default_factory=list[Unparsed])
