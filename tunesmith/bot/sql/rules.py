"""What each dialect lets a clause see: output aliases, pseudo-columns, system catalogues."""

from dataclasses import dataclass
from enum import Enum

from tunesmith.bot.ddl.dialect import Dialect
from tunesmith.bot.sql.words import words

# How tables of features and functions write the dialects that have one.
LETTERS = {
    "m": Dialect.MYSQL,
    "p": Dialect.POSTGRES,
    "t": Dialect.MSSQL,
    "o": Dialect.ORACLE,
    "s": Dialect.SQLITE,
}


class AliasUse(Enum):
    """Where an alias of the select list may stand in a clause."""

    NEVER = 0
    BARE = 1  # only as the whole item: ORDER BY total, not ORDER BY total + 1
    ANYWHERE = 2


@dataclass(frozen=True, slots=True)
class DialectRules:
    """One dialect's rules; every name in the sets is in lower case."""

    where: AliasUse
    group: AliasUse
    having: AliasUse
    order: AliasUse
    # Columns every base table has without declaring them.
    hidden: frozenset[str]
    # Words that read like a column and need no table.
    pseudo: frozenset[str]
    # A table whose columns are given twice is refused only where the name is used, or never.
    first_match_wins: bool = False
    repeated_tables: bool = False
    recursive_without_keyword: bool = False


_NEVER, _BARE, _ANYWHERE = AliasUse.NEVER, AliasUse.BARE, AliasUse.ANYWHERE

RULES: dict[Dialect, DialectRules] = {
    # MySQL manual, "Problems with Column Aliases": GROUP BY, ORDER BY, HAVING, never WHERE.
    Dialect.MYSQL: DialectRules(
        where=_NEVER,
        group=_ANYWHERE,
        having=_ANYWHERE,
        order=_ANYWHERE,
        hidden=frozenset(),
        pseudo=words(
            """
            current_date current_time current_timestamp current_user localtime localtimestamp
            utc_date utc_time utc_timestamp
            """
        ),
    ),
    # PostgreSQL manual, SELECT: an output name in ORDER BY and GROUP BY only by itself.
    Dialect.POSTGRES: DialectRules(
        where=_NEVER,
        group=_BARE,
        having=_NEVER,
        order=_BARE,
        hidden=words("ctid xmin xmax cmin cmax tableoid"),
        pseudo=words(
            """
            current_date current_time current_timestamp current_user current_role
            current_catalog current_schema localtime localtimestamp session_user system_user
            user
            """
        ),
    ),
    # Transact-SQL reference, ORDER BY: an alias cannot be part of an expression.
    Dialect.MSSQL: DialectRules(
        where=_NEVER,
        group=_NEVER,
        having=_NEVER,
        order=_BARE,
        hidden=words("$identity $rowguid $partition"),
        pseudo=words("current_timestamp current_user session_user system_user user"),
        recursive_without_keyword=True,
    ),
    # Oracle SQL Reference 19c, SELECT: aliases in ORDER BY only (23ai adds GROUP BY and HAVING).
    Dialect.ORACLE: DialectRules(
        where=_NEVER,
        group=_NEVER,
        having=_NEVER,
        order=_ANYWHERE,
        hidden=words("rowid ora_rowscn object_id object_value"),
        pseudo=words(
            """
            rownum sysdate systimestamp current_date current_timestamp localtimestamp
            dbtimezone sessiontimezone user uid column_value
            """
        ),
        repeated_tables=True,
        recursive_without_keyword=True,
    ),
    # SQLite's resolver looks for a result alias in every clause (resolve.c, lookupName).
    Dialect.SQLITE: DialectRules(
        where=_ANYWHERE,
        group=_ANYWHERE,
        having=_ANYWHERE,
        order=_ANYWHERE,
        hidden=words("rowid oid _rowid_"),
        pseudo=words("current_date current_time current_timestamp"),
        first_match_wins=True,
        repeated_tables=True,
        recursive_without_keyword=True,
    ),
}

# Pseudo-columns of a hierarchical query, only beside CONNECT BY (Oracle SQL Reference 19c).
HIERARCHY = words("level connect_by_isleaf connect_by_iscycle connect_by_root")
