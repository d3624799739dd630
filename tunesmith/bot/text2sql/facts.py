"""Questions about the schema itself: its tables, their DDL, columns, keys, relations and codes."""

from collections.abc import Iterator

from tunesmith.bot.text2sql.annotated_schema import AnnotatedSchema, Entity, Field, Link
from tunesmith.bot.text2sql.labels import Labels
from tunesmith.bot.text2sql.pairs import Pair
from tunesmith.bot.text2sql.rendering import (
    ColumnSlot,
    Slot,
    TableSlot,
    full_name,
    join_names,
    phrasings,
    render,
    sentence,
)
from tunesmith.bot.text2sql.sqltree import spoken_name

_MOST_TABLES = 120  # a longer list of tables is no answer


def fact_pairs(annotated: AnnotatedSchema, labels: Labels) -> Iterator[Pair]:
    """Every schema question in one language, each in all its phrasings."""
    if len(annotated.entities) <= _MOST_TABLES:
        yield from _asked("tables", _tables(annotated, labels), labels, {})
    for entity in annotated:
        yield from _table_facts(annotated, entity, labels)
        for one in entity.fields.values():
            yield from _column_facts(entity, one, labels)


def _table_facts(annotated: AnnotatedSchema, entity: Entity, labels: Labels) -> Iterator[Pair]:
    slots: dict[str, Slot] = {"t": TableSlot(entity.name)}
    if not entity.table.is_view:
        yield from _asked("ddl", annotated.ddl(entity.name), labels, slots)
        yield from _asked("key", _key(entity, labels), labels, slots)
    yield from _asked("columns", _columns(entity, labels), labels, slots)
    links = list(dict.fromkeys(entity.parents + entity.children))
    answer = _relations(entity, links, labels)
    yield from _asked("relations", answer, labels, slots, links=tuple(links))


def _column_facts(entity: Entity, one: Field, labels: Labels) -> Iterator[Pair]:
    slots: dict[str, Slot] = {
        "t": TableSlot(entity.name),
        "c": ColumnSlot(entity.name, (one.name,)),
    }
    yield from _asked("meaning", _meaning(entity, one, labels), labels, slots)
    if one.codes and any(value != meaning for value, meaning in one.codes.items()):
        codes = tuple((entity.name, one.name, value) for value in one.codes)
        yield from _asked("codes", _codes(entity, one, labels), labels, slots, codes=codes)


def _asked(
    kind: str,
    answer: str,
    labels: Labels,
    slots: dict[str, Slot],
    *,
    links: tuple[Link, ...] = (),
    codes: tuple[tuple[str, str, str], ...] = (),
) -> Iterator[Pair]:
    tables = tuple(slot.table for slot in slots.values() if isinstance(slot, TableSlot))
    columns = tuple(
        (slot.table, name)
        for slot in slots.values()
        if isinstance(slot, ColumnSlot)
        for name in slot.columns
    )
    subject = ".".join([*tables, *(name for _, name in columns)])
    for phrasing in phrasings(kind, labels.language):
        yield Pair(
            language=labels.language,
            intent=kind,
            question=render(phrasing, slots, labels),
            answer=answer,
            skeleton=f"{kind} {subject}",
            tables=tables,
            columns=columns,
            links=links,
            codes=codes,
        )


def _tables(annotated: AnnotatedSchema, labels: Labels) -> str:
    names = [full_name(labels.table(entity.name), labels.language) for entity in annotated]
    return sentence(
        "tables",
        labels.language,
        count=len(names),
        tables=sentence("comma", labels.language).join(names),
    )


def _columns(entity: Entity, labels: Labels) -> str:
    names = list(entity.fields)
    return sentence(
        "columns" if len(names) > 1 else "columns_one",
        labels.language,
        name=spoken_name(entity.name),
        count=len(names),
        columns=sentence("comma", labels.language).join(names),
    )


def _key(entity: Entity, labels: Labels) -> str:
    key = entity.table.primary_key
    kind = "key_none" if not key else "key" if len(key) == 1 else "key_many"
    return sentence(
        kind,
        labels.language,
        name=spoken_name(entity.name),
        columns=join_names(key, labels.language),
    )


def _relations(entity: Entity, links: list[Link], labels: Labels) -> str:
    if not links:
        return sentence("relations_none", labels.language, name=spoken_name(entity.name))
    said = [
        sentence(
            "relation" if link.declared else "relation_inferred",
            labels.language,
            child=_end(link.child, link.columns),
            parent=_end(link.parent, link.references),
        )
        for link in links
    ]
    return sentence(
        "relations",
        labels.language,
        name=spoken_name(entity.name),
        relations=sentence("separator", labels.language).join(said),
    )


def _meaning(entity: Entity, one: Field, labels: Labels) -> str:
    rest = ""
    if entity.table.primary_key == [one.name]:
        rest += sentence("primary", labels.language)
    elif not one.column.nullable:
        rest += sentence("required", labels.language)
    for link in entity.parents:
        if link.columns == (one.name,):
            target = _end(link.parent, link.references)
            rest += sentence(
                "reference" if link.declared else "inferred", labels.language, target=target
            )
    return sentence(
        "meaning" if one.column.described else "meaning_none",
        labels.language,
        name=spoken_name(entity.name),
        column=one.name,
        type=one.column.type or sentence("typeless", labels.language),
        rest=rest,
        comment=" ".join((one.column.described or "").split()).rstrip("。.;； "),
    )


def _codes(entity: Entity, one: Field, labels: Labels) -> str:
    said = [
        sentence("code", labels.language, value=value, meaning=meaning)
        for value, meaning in one.codes.items()
    ]
    return sentence(
        "codes",
        labels.language,
        name=spoken_name(entity.name),
        column=one.name,
        codes=sentence("separator", labels.language).join(said),
    )


def _end(table: str, columns: tuple[str, ...]) -> str:
    name = spoken_name(table)
    return f"{name}.{columns[0]}" if len(columns) == 1 else f"{name} ({', '.join(columns)})"
