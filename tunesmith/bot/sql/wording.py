"""What a colleague reads about a checked statement."""

from typing import TypeVar

from tunesmith.bot.ddl.dialects.features import Feature
from tunesmith.bot.ddl.dialects.profile import Folding, Profile
from tunesmith.bot.sql.catalog import Catalog
from tunesmith.bot.sql.closest import closest, closest_tables
from tunesmith.bot.sql.ddl_diff import TableComparison
from tunesmith.bot.sql.findings import Findings, UnknownColumn, Why
from tunesmith.bot.sql.sentences import Sentence, say

# Names in one list, and names a message tells about.
_NAMES_SHOWN = 8
_NAMES_TOLD = 20
_SUGGESTED = 3
_NOTHING = say("nothing")
Value = TypeVar("Value")


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


def sentences(
    findings: Findings, suggested: dict[str, list[str]], dialect: Profile
) -> list[Sentence]:
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
    return [*said, say("more", count=more)] if more else said


def _about_table(name: str, why: Why | None, near: list[str], dialect: Profile) -> Sentence:
    if why is Why.NOT_READ:
        return say("not_read", name=name)
    if why is Why.NO_ALIAS:
        return say("no_alias", name=name)
    if near and near[0].casefold() == name.casefold():
        key = "table_folded_upper" if dialect.folding is Folding.UPPER else "table_folded_lower"
        return say(key, name=name, dialect=dialect.label)
    return unknown_table(name, near)


def _about_column(name: str, unknown: UnknownColumn, near: list[str], dialect: Profile) -> Sentence:
    if unknown.reason is Why.OWN_ALIAS:
        return say("own_alias", name=name, dialect=dialect.label)
    if unknown.reason is Why.NOT_IN_HAVING:
        return say("not_in_having", name=name)
    owners = dict.fromkeys(relation.label for relation in unknown.relations)
    where = say("where", tables=", ".join(list(owners)[:_NAMES_SHOWN])) if owners else _NOTHING
    if near and near[0].casefold() == name.casefold():
        key = "folded_upper" if dialect.folding is Folding.UPPER else "folded_lower"
        return say(key, name=name, where=where, dialect=dialect.label)
    return say("no_column", name=name, where=where, closest=_closest(near))


def _about_ambiguous(name: str, owners: list[str]) -> Sentence:
    different = list(dict.fromkeys(owners))
    if len(different) == 1:
        return say("twice", name=name, owner=different[0])
    either: Sentence | str = different[0]
    for owner in different[1:]:
        either = say("either", first=either, second=owner)
    return say("ambiguous", name=name, owners=either)


def unknown_table(name: str, near: list[str]) -> Sentence:
    """A table that does not exist."""
    return say("no_table", name=name, closest=_closest(near))


def unsafe(danger: Sentence) -> Sentence:
    """Why a statement is refused."""
    return say("unsafe", danger=danger)


def compared(comparison: TableComparison) -> Sentence:
    """How a CREATE TABLE answer differs from the real table."""
    changed = list(dict.fromkeys(change.column for change in comparison.changed))
    sides = (
        ("invents", comparison.invented),
        ("leaves_out", comparison.missing),
        ("changes", changed),
    )
    changes: Sentence | None = None
    for key, names in sides:
        if names:
            said = say(key, names=_listed(names))
            changes = say("also", first=changes, second=said) if changes else said
    if changes is None:
        return say("same_table", table=comparison.table)
    return say("differs", table=comparison.table, changes=changes)


def _listed(names: list[str]) -> str | Sentence:
    shown = ", ".join(f"`{name}`" for name in names[:_NAMES_SHOWN])
    more = len(names) - _NAMES_SHOWN
    return say("names_more", names=shown, count=more) if more > 0 else shown


def not_sql(problem: Sentence, dialect: Profile) -> Sentence:
    """Why a text is no statement of a dialect."""
    return say("not_sql", dialect=dialect.label, problem=problem)


def not_in_dialect(feature: Feature, dialect: Profile) -> Sentence:
    """A statement in another dialect's syntax."""
    named = feature.value.startswith("feature_")
    said = say(feature.value) if named else say("feature", syntax=feature.value)
    return say("not_in_dialect", dialect=dialect.label, feature=said)


def _closest(names: list[str]) -> Sentence:
    return say("closest", name=names[0]) if names else _NOTHING
