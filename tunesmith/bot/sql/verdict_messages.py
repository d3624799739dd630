"""What a colleague reads about a checked statement."""

from typing import TypeVar

from tunesmith.bot.ddl.dialects.features import Feature
from tunesmith.bot.ddl.dialects.profile import Folding, Profile
from tunesmith.bot.ddl.model import Column
from tunesmith.bot.ddl.resolver.findings import Findings, UnknownColumn, Why
from tunesmith.bot.ddl.resolver.scope import Relation
from tunesmith.bot.ddl.resolver.table_index import TableIndex
from tunesmith.bot.messages import Message, say
from tunesmith.bot.sql.closest import closest, closest_tables
from tunesmith.bot.sql.table_comparison import TableComparison

# Names in one list, and names a message tells about.
_NAMES_SHOWN = 8
_NAMES_TOLD = 20
_SUGGESTED = 3
_NOTHING = say("sql.nothing")
Value = TypeVar("Value")


def suggestions(findings: Findings, index: TableIndex) -> dict[str, list[str]]:
    """The closest real names for those that mean nothing or more than one thing, by first use."""
    tables = described_tables(index)
    found: dict[str, list[str]] = {}
    for name, reason in _first(findings.tables):
        found[name] = (
            [] if reason is Why.NOT_READ else closest_tables(name.rpartition(".")[2], tables)
        )
    for name, unknown in _first(findings.columns):
        found[name] = _columns_like(name, unknown, index)
    for name, owners in _first(findings.ambiguous):
        found[name] = [owner if owner in tables else f"{owner}.{name}" for owner in owners]
    return found


def described_tables(index: TableIndex) -> dict[str, str | None]:
    """The names of a schema's tables, with their comments."""
    return {entry.table.name: entry.table.described for entry in index.entries}


def _first(names: dict[str, Value]) -> list[tuple[str, Value]]:
    """As many names as anybody reads about."""
    return list(names.items())[:_NAMES_TOLD]


def _columns_like(name: str, unknown: UnknownColumn, index: TableIndex) -> list[str]:
    if unknown.reason:
        return []
    near = closest(name, _described_columns(unknown.relations))
    if near and near[0].casefold() == name.casefold():
        return near[:1]
    elsewhere = [
        f"{entry.table.name}.{column.name}"
        for entry in index.entries
        for column in entry.table.columns
        if column.name not in near
        and name.casefold() in (column.name.casefold(), (column.described or "").casefold())
    ]
    # In more tables than that, each is a guess.
    return (near + (elsewhere if len(elsewhere) <= _SUGGESTED else []))[:_SUGGESTED]


def _described_columns(relations: list[Relation]) -> dict[str, str | None]:
    """The names of the relations' columns, with the comments of those that are a table's own."""
    return {
        name.text: source.described if isinstance(source, Column) else None
        for relation in relations
        for name, source in zip(relation.columns.names, relation.columns.sources, strict=True)
    }


def sentences(
    findings: Findings, suggested: dict[str, list[str]], dialect: Profile
) -> list[Message]:
    """One sentence for every name, and one for those that are too many to tell."""
    said = [
        _about_table(name, why, suggested[name], dialect) for name, why in _first(findings.tables)
    ]
    said += [
        _about_column(name, unknown, suggested[name], dialect)
        for name, unknown in _first(findings.columns)
    ]
    said += [_about_ambiguous(name, owners) for name, owners in _first(findings.ambiguous)]
    more = len(findings.tables) + len(findings.columns) + len(findings.ambiguous) - len(said)
    return [*said, say("sql.more", count=more)] if more else said


def _about_table(name: str, why: Why | None, near: list[str], dialect: Profile) -> Message:
    if why is Why.NOT_READ:
        return say("sql.not_read", name=name)
    if why is Why.NO_ALIAS:
        return say("sql.no_alias", name=name)
    if near and near[0].casefold() == name.casefold():
        key = (
            "sql.table_folded_upper"
            if dialect.folding is Folding.UPPER
            else "sql.table_folded_lower"
        )
        return say(key, name=name, dialect=dialect.label)
    return unknown_table(name, near)


def _about_column(name: str, unknown: UnknownColumn, near: list[str], dialect: Profile) -> Message:
    if unknown.reason is Why.OWN_ALIAS:
        return say("sql.own_alias", name=name, dialect=dialect.label)
    if unknown.reason is Why.NOT_IN_HAVING:
        return say("sql.not_in_having", name=name)
    owners = dict.fromkeys(relation.label for relation in unknown.relations)
    where = say("sql.where", tables=list(owners)[:_NAMES_SHOWN]) if owners else _NOTHING
    if near and near[0].casefold() == name.casefold():
        key = "sql.folded_upper" if dialect.folding is Folding.UPPER else "sql.folded_lower"
        return say(key, name=name, where=where, dialect=dialect.label)
    return say("sql.no_column", name=name, where=where, closest=_closest(near))


def _about_ambiguous(name: str, owners: list[str]) -> Message:
    different = list(dict.fromkeys(owners))
    if len(different) == 1:
        return say("sql.twice", name=name, owner=different[0])
    return say("sql.ambiguous", name=name, owners=different)


def unknown_table(name: str, near: list[str]) -> Message:
    """A table that does not exist."""
    return say("sql.no_table", name=name, closest=_closest(near))


def unsafe(danger: Message) -> Message:
    """Why a statement is refused."""
    return say("sql.unsafe", danger=danger)


def compared(comparison: TableComparison) -> Message:
    """How a CREATE TABLE answer differs from the real table."""
    changed = list(dict.fromkeys(change.column for change in comparison.changed))
    sides = (
        ("sql.invents", comparison.invented),
        ("sql.leaves_out", comparison.missing),
        ("sql.changes", changed),
    )
    changes: Message | None = None
    for key, names in sides:
        if names:
            said = say(key, names=_listed(names))
            changes = say("sql.also", first=changes, second=said) if changes else said
    if changes is None:
        return say("sql.same_table", table=comparison.table)
    return say("sql.differs", table=comparison.table, changes=changes)


def _listed(names: list[str]) -> Message:
    shown = [say("sql.name", name=name) for name in names[:_NAMES_SHOWN]]
    more = len(names) - _NAMES_SHOWN
    if more > 0:
        return say("sql.names_more", names=shown, count=more)
    return say("sql.names", names=shown)


def not_sql(problem: Message, dialect: Profile) -> Message:
    """Why a text is no statement of a dialect."""
    return say("sql.not_sql", dialect=dialect.label, problem=problem)


def not_in_dialect(feature: Feature, dialect: Profile) -> Message:
    """A statement in another dialect's syntax."""
    return say("sql.not_in_dialect", dialect=dialect.label, feature=feature.value)


def _closest(names: list[str]) -> Message:
    if len(names) > 1:
        return say("sql.closest_several", names=[say("sql.name", name=name) for name in names])
    return say("sql.closest", name=names[0]) if names else _NOTHING
