"""What a colleague reads about a checked statement."""

from typing import TypeVar

from tunesmith.bot.schemas.model import Dialect
from tunesmith.bot.schemas.verify.catalog import Catalog
from tunesmith.bot.schemas.verify.closest import closest, closest_tables
from tunesmith.bot.schemas.verify.ddl_diff import TableComparison
from tunesmith.bot.schemas.verify.findings import Findings, UnknownColumn, Why

DIALECT_NAMES = {
    Dialect.MYSQL: "MySQL",
    Dialect.POSTGRES: "PostgreSQL",
    Dialect.MSSQL: "SQL Server",
    Dialect.ORACLE: "Oracle",
    Dialect.SQLITE: "SQLite",
}

# Names in one list, and names a message tells about.
_NAMES_SHOWN = 8
_NAMES_TOLD = 20
_SUGGESTED = 3
Value = TypeVar("Value")
VALID = "Every table and column in it exists in the schema."


def suggestions(findings: Findings, catalog: Catalog) -> dict[str, list[str]]:
    """The closest real names for those that mean nothing or more than one thing, by first use."""
    tables = [entry.table.name for entry in catalog.entries]
    found: dict[str, list[str]] = {}
    for name, reason in _first(findings.tables):
        found[name] = (
            [] if reason is Why.NOT_READ else closest_tables(name.rpartition(".")[2], tables)
        )
    for name, unknown in _first(findings.columns):
        found[name] = _columns_like(name, unknown, catalog)
    for name, owners in _first(findings.ambiguous):
        found[name] = [owner if owner in tables else f"{owner}.{name}" for owner in owners]
    return found


def _first(names: dict[str, Value]) -> list[tuple[str, Value]]:
    """As many names as anybody reads about."""
    return list(names.items())[:_NAMES_TOLD]


def _columns_like(name: str, unknown: UnknownColumn, catalog: Catalog) -> list[str]:
    if unknown.reason:
        return []
    own = (column.text for relation in unknown.relations for column in relation.columns.names)
    near = closest(name, own)
    if near and near[0].casefold() == name.casefold():
        return near[:1]
    elsewhere = [
        f"{entry.table.name}.{column.text}"
        for entry in catalog.entries
        for column in entry.columns.names
        if column.text.casefold() == name.casefold()
    ]
    return (near + elsewhere)[:_SUGGESTED]


def sentences(findings: Findings, suggested: dict[str, list[str]], dialect: Dialect) -> list[str]:
    """One sentence for every name, and one for those that are too many to tell."""
    said = [_about_table(name, why, suggested[name]) for name, why in _first(findings.tables)]
    said += [
        _about_column(name, unknown, suggested[name], dialect)
        for name, unknown in _first(findings.columns)
    ]
    said += [_about_ambiguous(name, owners) for name, owners in _first(findings.ambiguous)]
    more = len(findings.tables) + len(findings.columns) + len(findings.ambiguous) - len(said)
    return [*said, f"There are {more} more."] if more else said


def _about_table(name: str, why: Why | None, near: list[str]) -> str:
    if why is Why.NOT_READ:
        return f"`{name}` is a table, but the query does not read from it under that name."
    if why is Why.NO_ALIAS:
        return f"`{name}` is neither a table nor an alias that can be used here."
    return unknown_table(name, near)


def _about_column(name: str, unknown: UnknownColumn, near: list[str], dialect: Dialect) -> str:
    if unknown.reason is Why.OWN_ALIAS:
        return (
            f"`{name}` is a name the query gives itself; {DIALECT_NAMES[dialect]} cannot use it "
            "in this place."
        )
    if unknown.reason is Why.NOT_IN_HAVING:
        return f"HAVING cannot use `{name}`: it is neither selected nor grouped by."
    owners = dict.fromkeys(relation.label for relation in unknown.relations)
    where = f" in {', '.join(list(owners)[:_NAMES_SHOWN])}" if owners else ""
    if near and near[0].casefold() == name.casefold():
        folded = "upper" if dialect is Dialect.ORACLE else "lower"
        return (
            f"There is no column `{name}`{where} in this spelling: {DIALECT_NAMES[dialect]} folds "
            f"names without quotes to {folded} case and takes quoted ones as they are."
        )
    return f"There is no column `{name}`{where}{_closest(near)}."


def _about_ambiguous(name: str, owners: list[str]) -> str:
    different = list(dict.fromkeys(owners))
    if len(different) == 1:
        return f"`{name}` may mean more than one thing: {different[0]} stands there twice."
    return f"`{name}` may mean more than one thing, from {' or '.join(different)}."


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


def not_in_dialect(feature: str, dialect: Dialect) -> str:
    """A statement in another dialect's syntax."""
    return f"{DIALECT_NAMES[dialect]} does not have {feature}."


def _closest(names: list[str]) -> str:
    return f"; the closest is `{names[0]}`" if names else ""
