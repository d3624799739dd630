"""Questions for one figure or one figure a group: count, sum, average, maximum, group."""

from collections.abc import Iterator
from itertools import cycle

from sqlglot import exp

from tunesmith.bot.text2sql.annotated_schema import Field
from tunesmith.bot.text2sql.intents.query import (
    Ground,
    Query,
    code_slot,
    count_all,
    equals,
    named,
)
from tunesmith.bot.text2sql.intents.rows import code_values
from tunesmith.bot.text2sql.rendering import Slot
from tunesmith.bot.text2sql.roles import Role

_MOST_CONDITIONS = 8


def total_queries(ground: Ground) -> Iterator[Query]:
    """All questions of this module about one table."""
    yield from _counts(ground)
    for place, one in enumerate(ground.measures):
        yield from _figures(ground, one, place)
    yield from _conditions(ground)
    yield from _latest(ground)
    yield from _groups(ground)


def _counts(ground: Ground) -> Iterator[Query]:
    source = ground.source()
    yield Query("count.all", source.select(count_all()), {"t": source.slot})
    for one in ground.entity.having(Role.CODE)[:4]:
        for value in code_values(one)[-3:]:
            yield Query(
                "count.where",
                source.select(count_all()).where(equals(source, one, value)),
                {"t": source.slot, "by": source.words(one), "v": code_slot(one, value)},
                codes=((ground.entity.name, one.name, value),),
            )
    shared = ground.entity.having(Role.PLACE)
    shared += [
        ground.entity.fields[name] for link in ground.entity.parents for name in link.columns
    ]
    for one in shared[:2]:
        distinct = exp.Count(this=exp.Distinct(expressions=[source.column(one)]))
        slots = {"t": source.slot, "c": source.words(one)}
        yield Query("count.distinct", source.select(distinct), slots)


def _figures(ground: Ground, one: Field, place: int) -> Iterator[Query]:
    source = ground.source()
    slots: dict[str, Slot] = {"t": source.slot, "c": source.words(one)}
    if one.role is Role.AMOUNT:
        yield Query("sum.all", source.select(exp.Sum(this=source.column(one))), slots)
    if one.role is Role.LEVEL or place % 2:
        yield Query("average.all", source.select(exp.Avg(this=source.column(one))), slots)
    if place % 3 == 2:
        yield Query("maximum.lowest", source.select(exp.Min(this=source.column(one))), slots)
    else:
        yield Query("maximum.all", source.select(exp.Max(this=source.column(one))), slots)


def _conditions(ground: Ground) -> Iterator[Query]:
    """Sums and averages of the rows with one code value."""
    source = ground.source()
    pairs = [(one, value) for one in ground.entity.having(Role.CODE) for value in code_values(one)]
    if not pairs:
        return
    ground.chance.shuffle(pairs)
    turn = cycle(pairs)
    measures = ground.measures[:5]
    chosen = [(one, *next(turn)) for one in measures]
    # The first measure, most often the one that matters, under every code of some column.
    chosen += [(one, by, value) for one in measures[:1] for by, value in pairs[:_MOST_CONDITIONS]]
    for one, by, value in chosen:
        slots = {
            "t": source.slot,
            "c": source.words(one),
            "by": source.words(by),
            "v": code_slot(by, value),
        }
        figure = exp.Sum if one.role is Role.AMOUNT else exp.Avg
        variant = "sum.where" if one.role is Role.AMOUNT else "average.where"
        tree = source.select(figure(this=source.column(one))).where(equals(source, by, value))
        yield Query(variant, tree, slots, codes=((ground.entity.name, by.name, value),))


def _latest(ground: Ground) -> Iterator[Query]:
    source = ground.source()
    for one in ground.entity.having(Role.DATE):
        tree = source.select(exp.Max(this=source.column(one)))
        yield Query("maximum.date", tree, {"t": source.slot, "c": source.words(one)})


def _groups(ground: Ground) -> Iterator[Query]:
    source = ground.source()
    turn = cycle(ground.measures) if ground.measures else None
    for place, by in enumerate(ground.groups[:5]):
        key = source.column(by)
        slots: dict[str, Slot] = {"t": source.slot, "by": source.words(by)}
        counted = source.select(key, named(count_all(), "total")).group_by(key.copy())
        yield Query("group.count", counted, slots)
        if turn is None or place > 2:
            continue
        one = next(turn)
        is_sum = one.role is Role.AMOUNT
        figure = (exp.Sum if is_sum else exp.Avg)(this=source.column(one))
        tree = source.select(key, named(figure, "total" if is_sum else "average"))
        yield Query(
            "group.sum" if is_sum else "group.average",
            tree.group_by(key.copy()),
            slots | {"c": source.words(one)},
        )
