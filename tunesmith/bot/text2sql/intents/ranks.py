"""Questions for order and place: top-n, window, and sub-queries that compare with the rest."""

from collections import Counter
from collections.abc import Iterator

from sqlglot import exp

from tunesmith.bot.text2sql.annotated_schema import Field
from tunesmith.bot.text2sql.intents.query import (
    Ground,
    Query,
    Source,
    count_all,
    named,
    number,
)
from tunesmith.bot.text2sql.rendering import Slot, TableSlot
from tunesmith.bot.text2sql.roles import Role


def rank_queries(ground: Ground) -> Iterator[Query]:
    """All questions of this module about one table."""
    for place, one in enumerate(ground.measures[:4]):
        yield _top(ground, one, place)
        yield _compared(ground, one, place)
    for one in ground.entity.recent()[:2]:
        yield _newest(ground, one)
    for by in ground.entity.having(Role.PLACE)[:1]:
        yield _top_groups(ground, by)
    yield from _newest_each(ground)
    yield from _ranked(ground)
    yield from _running(ground)


def _top(ground: Ground, one: Field, place: int) -> Query:
    source = ground.source()
    count = ground.chance.choice((3, 5, 10))
    lowest = place % 3 == 1
    tree = source.select()
    if lowest and one.column.nullable and ground.nulls_are_small:
        filled = exp.Is(this=source.column(one), expression=exp.Not(this=exp.Null()))
        tree = tree.where(filled)  # else the rows without a value come first
    tree = tree.order_by(ground.order(source.column(one), one, descending=not lowest))
    return Query(
        "top.lowest" if lowest else "top.highest",
        tree.limit(count),
        {"t": source.slot, "c": source.words(one), "n": number(count)},
    )


def _newest(ground: Ground, date: Field) -> Query:
    source = ground.source()
    count = ground.chance.choice((5, 10, 20))
    tree = (
        source.select()
        .order_by(ground.order(source.column(date), date, descending=True))
        .limit(count)
    )
    slots = {"t": source.slot, "date": source.words(date), "n": number(count)}
    return Query("top.newest", tree, slots)


def _top_groups(ground: Ground, by: Field) -> Query:
    source = ground.source()
    key = source.column(by)
    tree = source.select(key, named(count_all(), "total")).group_by(key.copy())
    tree = tree.order_by(ground.order(count_all(), None, descending=True)).limit(3)
    slots = {"t": source.slot, "by": source.words(by), "n": number(3)}
    return Query("top.groups", tree, slots)


def _compared(ground: Ground, one: Field, place: int) -> Query:
    source = ground.source()
    column = source.column(one)
    figure = exp.Max if place % 2 else exp.Avg
    inner = exp.Subquery(this=source.select(figure(this=column.copy())))
    compare = exp.EQ if place % 2 else exp.GT
    tree = source.select().where(compare(this=column, expression=inner))
    variant = "subquery.highest" if place % 2 else "subquery.above"
    return Query(variant, tree, {"t": source.slot, "c": source.words(one)})


def _newest_each(ground: Ground) -> Iterator[Query]:
    """The newest row of each group and of each parent, by ROW_NUMBER."""
    source = ground.source("t")
    parents = Counter(link.parent for link in ground.entity.parents)
    for date in ground.entity.events()[:1]:
        slots: dict[str, Slot] = {"t": source.slot, "date": source.words(date)}
        for link in ground.entity.parents[:2]:
            if len(link.columns) == 1 and parents[link.parent] == 1 and link.parent != link.child:
                tree = _first_of_each(ground, source, ground.entity.fields[link.columns[0]], date)
                yield Query(
                    "window.newest_of", tree, slots | {"p": TableSlot(link.parent)}, links=(link,)
                )
        for by in ground.groups[:1]:
            tree = _first_of_each(ground, source, by, date)
            yield Query("window.newest", tree, slots | {"by": source.words(by)})


def _first_of_each(ground: Ground, source: Source, by: Field, date: Field) -> exp.Select:
    everything = exp.Column(this=exp.Star(), table=exp.to_identifier(source.alias))
    newest = ground.order(source.column(date), date, descending=True)
    place = _over(exp.RowNumber(), source.column(by), newest)
    inner = source.select(everything, named(place, "row_num"))
    ranked = exp.Subquery(this=inner, alias=exp.TableAlias(this=exp.to_identifier("ranked")))
    first = exp.EQ(this=exp.column("row_num"), expression=exp.Literal.number(1))
    return exp.Select(expressions=[exp.Star()]).from_(ranked).where(first)


def _ranked(ground: Ground) -> Iterator[Query]:
    source = ground.source()
    display = ground.entity.display()
    for one in ground.measures[:1]:
        if one is display:
            continue
        by = next((field for field in ground.groups if field is not display), None)
        shown = [display, one, *([by] if by else [])]
        place = _over(
            exp.Rank(),
            source.column(by) if by else None,
            ground.order(source.column(one), one, descending=True),
        )
        tree = source.select(*(source.column(field) for field in shown), named(place, "ranking"))
        slots: dict[str, Slot] = {
            "t": source.slot,
            "c": source.words(one),
            "d": source.words(*shown),
        }
        if by:
            slots["by"] = source.words(by)
        yield Query("window.rank_within" if by else "window.rank", tree, slots)


def _running(ground: Ground) -> Iterator[Query]:
    source = ground.source()
    amounts, dates = ground.entity.having(Role.AMOUNT), ground.entity.events()
    for one, date in zip(amounts[:1], dates[:1], strict=False):
        total = _over(
            exp.Sum(this=source.column(one)),
            None,
            ground.order(source.column(date), date, descending=False),
        )
        shown = [source.column(date), source.column(one), named(total, "running_total")]
        slots = {"t": source.slot, "c": source.words(one), "date": source.words(date)}
        yield Query("window.running", source.select(*shown), slots)


def _over(function: exp.Expr, by: exp.Expr | None, order: exp.Ordered) -> exp.Window:
    return exp.Window(
        this=function,
        partition_by=[by] if by else [],
        order=exp.Order(expressions=[order]),
    )
