"""Questions for rows as they are: list, filter, null."""

from collections.abc import Iterator
from itertools import pairwise

from sqlglot import exp

from tunesmith.bot.ddl.dialects.profile import ValueKind
from tunesmith.bot.text2sql.annotated_schema import Field
from tunesmith.bot.text2sql.intents.query import (
    Ground,
    Query,
    code_slot,
    equals,
)
from tunesmith.bot.text2sql.rendering import ValueSlot
from tunesmith.bot.text2sql.roles import Role
from tunesmith.bot.text2sql.sqltree import literal

_MOST_CODES = 10


def row_queries(ground: Ground) -> Iterator[Query]:
    """All questions of this module about one table."""
    yield from _lists(ground)
    yield from _codes(ground)
    yield from _flags(ground)
    yield from _texts(ground)
    yield from _lookups(ground)
    yield from _numbers(ground)
    yield from _nulls(ground)


def code_values(one: Field) -> list[str]:
    """The code values of a column that questions name."""
    return list(one.codes)[:_MOST_CODES]


def _lists(ground: Ground) -> Iterator[Query]:
    source = ground.source()
    yield Query("list.all", source.select(), {"t": source.slot})
    for chosen in _chunks(list(ground.entity.fields.values()), 3):
        yield Query(
            "list.columns",
            source.select(*(source.column(one) for one in chosen)),
            {"t": source.slot, "c": source.words(*chosen)},
        )


def _codes(ground: Ground) -> Iterator[Query]:
    source = ground.source()
    coded = ground.entity.having(Role.CODE)
    for one in coded:
        for place, value in enumerate(code_values(one)):
            slots = {"t": source.slot, "by": source.words(one), "v": code_slot(one, value)}
            codes = ((ground.entity.name, one.name, value),)
            condition = equals(source, one, value)
            shown = [ground.entity.display(), *ground.measures[:1]]
            if place % 2 and one not in shown:
                tree = source.select(*(source.column(field) for field in shown))
                slots["c"] = source.words(*shown)
                yield Query("filter.columns", tree.where(condition), slots, codes=codes)
            else:
                yield Query("filter.code", source.select().where(condition), slots, codes=codes)
    for first, second in pairwise(coded[:3]):
        yield _both(ground, first, second)


def _both(ground: Ground, first: Field, second: Field) -> Query:
    source = ground.source()
    row = ground.chance.randrange(20)
    values = [str(ground.cells(one)[row]) for one in (first, second)]
    tree = source.select()
    for one, value in zip((first, second), values, strict=True):
        tree = tree.where(equals(source, one, value), copy=False)
    return Query(
        "filter.both",
        tree,
        {
            "t": source.slot,
            "by": source.words(first),
            "v": code_slot(first, values[0]),
            "by2": source.words(second),
            "v2": code_slot(second, values[1]),
        },
        codes=tuple(
            (ground.entity.name, one.name, value)
            for one, value in zip((first, second), values, strict=True)
        ),
    )


def _flags(ground: Ground) -> Iterator[Query]:
    source = ground.source()
    for one in ground.entity.fields.values():
        if one.kind is ValueKind.BOOLEAN:
            condition = exp.EQ(this=source.column(one), expression=exp.true())
            slots = {"t": source.slot, "by": source.words(one)}
            yield Query("filter.flag", source.select().where(condition), slots)


def _texts(ground: Ground) -> Iterator[Query]:
    source = ground.source()
    for one in ground.entity.having(Role.PLACE):
        value = str(ground.chance.choice(ground.cells(one)))
        slots = {"t": source.slot, "by": source.words(one), "v": ValueSlot(value)}
        yield Query("filter.code", source.select().where(equals(source, one, value)), slots)
    for one in ground.entity.having(Role.NAME)[:2]:
        name = str(ground.chance.choice(ground.cells(one)))
        part = name.split(maxsplit=1)[0] if " " in name else name[:1] if len(name) == 3 else name
        like = exp.Like(this=source.column(one), expression=literal(f"%{part}%"))
        slots = {"t": source.slot, "by": source.words(one), "v": ValueSlot(part)}
        yield Query("filter.text", source.select().where(like), slots)


def _lookups(ground: Ground) -> Iterator[Query]:
    """One row by its key, and one value of that row."""
    source, entity = ground.source(), ground.entity
    keys = [entity.fields[name] for name in entity.table.primary_key if name in entity.fields]
    references = entity.having(Role.REFERENCE)
    for one in (keys if len(keys) == 1 else []) + references[:2]:
        value = str(ground.chance.choice(ground.cells(one)))
        slots = {"t": source.slot, "by": source.words(one), "v": ValueSlot(value)}
        yield Query("filter.key", source.select().where(equals(source, one, value)), slots)
    key = (references or (keys if len(keys) == 1 else []))[:1]
    if key:
        rows = ground.rows[entity.name]
        wanted = [one for one in entity.fields.values() if one not in key and one not in keys]
        ground.chance.shuffle(wanted)
        for one in wanted[:3]:
            cells = zip(rows[key[0].name], rows[one.name], strict=True)
            known = [str(by) for by, cell in cells if by is not None and cell is not None]
            if not known:
                continue
            value = ground.chance.choice(known)
            condition = equals(source, key[0], value)
            slots = {
                "t": source.slot,
                "c": source.words(one),
                "by": source.words(key[0]),
                "v": ValueSlot(value),
            }
            yield Query("filter.lookup", source.select(source.column(one)).where(condition), slots)


def _numbers(ground: Ground) -> Iterator[Query]:
    source = ground.source()
    for place, one in enumerate(ground.measures[:4]):
        cells = sorted(float(cell) for cell in ground.cells(one) if isinstance(cell, int | float))
        low, high = int(cells[len(cells) // 3]), int(cells[-len(cells) // 5])
        slots = {"t": source.slot, "by": source.words(one), "v": ValueSlot(str(low))}
        if place % 2 and high > low:
            between = exp.Between(
                this=source.column(one),
                low=exp.Literal.number(low),
                high=exp.Literal.number(high),
            )
            slots["v2"] = ValueSlot(str(high))
            yield Query("filter.between", source.select().where(between), slots)
        else:
            more = exp.GT(this=source.column(one), expression=exp.Literal.number(low))
            yield Query("filter.more", source.select().where(more), slots)


def _nulls(ground: Ground) -> Iterator[Query]:
    source = ground.source()
    optional = [
        one
        for one in ground.entity.fields.values()
        if one.column.nullable
        and one.role not in (Role.CODE, Role.KEY)
        and one.name not in ground.entity.table.primary_key
    ]
    ground.chance.shuffle(optional)
    for place, one in enumerate(optional[:3]):
        empty = exp.Is(this=source.column(one), expression=exp.Null())
        slots = {"t": source.slot, "c": source.words(one)}
        if place == 1:
            tree = source.select(exp.Count(this=exp.Star())).where(empty)
            yield Query("null.count", tree, slots)
        else:
            yield Query("null.rows", source.select().where(empty), slots)


def _chunks(fields: list[Field], size: int) -> list[list[Field]]:
    """Groups of about `size`, none of them of one field unless there is no other."""
    groups = [fields[at : at + size] for at in range(0, len(fields), size)]
    if len(groups) > 1 and len(groups[-1]) == 1:
        groups[-1].insert(0, groups[-2].pop())
    return groups
