"""When two written names mean the same table or column, in each dialect's own case rules.

Sources: PostgreSQL manual 4.1.1 (unquoted names fold to lower case); Oracle SQL Reference,
"Database Object Naming Rules" (to upper case); MySQL manual 9.2.3 (column names never depend on
case, table names do on some file systems only); SQL Server (the collation decides, and is
case-insensitive unless somebody changed it); SQLite (never depends on case).
"""

from dataclasses import dataclass

from sqlglot import exp

from tunesmith.bot.ddl.dialect import Dialect


@dataclass(frozen=True, slots=True)
class Name:
    """A name as somebody wrote it; `quoted` is None where the DDL no longer tells."""

    text: str
    quoted: bool | None = None


def written(identifier: exp.Expr) -> Name:
    """The name an identifier of a statement writes."""
    return Name(identifier.name, bool(identifier.args.get("quoted")))


def real_names(name: Name, dialect: Dialect) -> frozenset[str]:
    """The names `name` may have in the database; two names meet if any of these do."""
    if dialect is Dialect.POSTGRES:
        folded = name.text.lower()
    elif dialect is Dialect.ORACLE:
        folded = name.text.upper()
    else:
        return frozenset((name.text.casefold(),))
    if name.quoted is None:
        return frozenset((name.text, folded))
    return frozenset((name.text if name.quoted else folded,))
