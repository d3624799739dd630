"""What a colleague reads about a checked statement."""

from tunesmith.bot.schemas.model import Dialect
from tunesmith.bot.schemas.verify.catalog import Catalog
from tunesmith.bot.schemas.verify.closest import closest
from tunesmith.bot.schemas.verify.ddl_diff import TableComparison
from tunesmith.bot.schemas.verify.findings import Findings, UnknownColumn

DIALECT_NAMES = {
    Dialect.MYSQL: "MySQL",
    Dialect.POSTGRES: "PostgreSQL",
    Dialect.MSSQL: "SQL Server",
    Dialect.ORACLE: "Oracle",
    Dialect.SQLITE: "SQLite",
}

_NAMES_SHOWN = 8
VALID = "Every table and column in it exists in the schema."
TOO_DEEP = "It is nested too deep to be read."


def suggestions(findings: Findings, catalog: Catalog) -> dict[str, list[str]]:
    """The closest real names for every name that means nothing or more than one thing."""
    tables = [entry.table.name for entry in catalog.entries]
    found: dict[str, list[str]] = {}
    for name, reason in findings.tables.items():
        found[name] = [] if reason == "not_read" else closest(name.rpartition(".")[2], tables)
    for name, unknown in findings.columns.items():
        found[name] = _columns_like(name, unknown, catalog)
    for name, owners in findings.ambiguous.items():
        found[name] = [owner if owner in tables else f"{owner}.{name}" for owner in owners]
    return found


def _columns_like(name: str, unknown: UnknownColumn, catalog: Catalog) -> list[str]:
    near = [column.text for relation in unknown.relations for column in relation.columns.names]
    if unknown.reason:
        return []
    elsewhere = [
        f"{entry.table.name}.{column.text}"
        for entry in catalog.entries
        for column in entry.columns.names
        if column.text.casefold() == name.casefold()
    ]
    return (closest(name, near) + elsewhere)[:3] or closest(name, near)


def sentences(findings: Findings, suggested: dict[str, list[str]], dialect: Dialect) -> list[str]:
    """One sentence for every name."""
    said: list[str] = []
    for name, reason in findings.tables.items():
        if reason == "not_read":
            said.append(f"`{name}` is used as a table but the query does not read from it here.")
        elif reason == "no_alias":
            said.append(f"`{name}` is neither a table nor an alias that can be used here.")
        else:
            said.append(unknown_table(name, suggested[name]))
    for name, unknown in findings.columns.items():
        if unknown.reason == "alias":
            said.append(
                f"`{name}` is a name the query gives itself; {DIALECT_NAMES[dialect]} cannot use "
                "it in this place."
            )
            continue
        owners = dict.fromkeys(relation.label for relation in unknown.relations)
        where = f" in {', '.join(owners)}" if owners else ""
        said.append(f"There is no column `{name}`{where}{_closest(suggested[name])}.")
    for name, owners in findings.ambiguous.items():
        said.append(f"`{name}` may mean more than one thing: {', '.join(dict.fromkeys(owners))}.")
    return said


def unknown_table(name: str, near: list[str]) -> str:
    """A table that does not exist."""
    return f"There is no table `{name}`{_closest(near)}."


def unsafe(danger: str) -> str:
    """Why a statement is refused."""
    return f"This must not be run: {danger}."


def compared(comparison: TableComparison) -> str:
    """How a CREATE TABLE answer differs from the real table."""
    said: list[str] = []
    if comparison.invented:
        said.append(f"invents {_listed(comparison.invented)}")
    if comparison.missing:
        said.append(f"leaves out {_listed(comparison.missing)}")
    if comparison.changed:
        changed = dict.fromkeys(change.column for change in comparison.changed)
        said.append(f"changes {_listed(list(changed))}")
    if not said:
        return f"The answer's `{comparison.table}` is the schema's, column by column."
    return f"Against the schema's `{comparison.table}`, the answer {'; it '.join(said)}."


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:_NAMES_SHOWN])
    more = len(names) - _NAMES_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def not_sql(error: str, dialect: Dialect) -> str:
    """Why a text is no statement of a dialect."""
    return f"{DIALECT_NAMES[dialect]} cannot read this. {error}"


def _closest(names: list[str]) -> str:
    return f"; the closest is {' or '.join(f'`{name}`' for name in names)}" if names else ""
