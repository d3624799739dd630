"""Questions for order and place: top-n, window, and sub-queries that compare with the rest."""

from collections.abc import Iterator

from sqlglot import exp

from tunesmith.bot.schemas.dataset.catalog import Field
from tunesmith.bot.schemas.dataset.intents.query import Ground, Query, count_all, named, number
from tunesmith.bot.schemas.dataset.roles import Role
from tunesmith.bot.schemas.dataset.wording import Slot


def rank_queries(ground: Ground) -> Iterator[Query]:
    """All questions of this module about one table."""
    for place, one in enumerate(ground.measures[:4]):
        yield _top(ground, one, place)
        yield _compared(ground, one, place)
    for one in ground.entity.having(Role.DATE)[:2]:
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
    tree = source.select().order_by(_order(source.column(one), descending=not lowest))
    return Query(
        "top.lowest" if lowest else "top.highest",
        tree.limit(count),
        {"t": source.slot, "c": source.words(one), "n": number(count)},
    )


def _newest(ground: Ground, date: Field) -> Query:
    source = ground.source()
    count = ground.chance.choice((5, 10, 20))
    tree = source.select().order_by(_order(source.column(date), descending=True)).limit(count)
    slots = {"t": source.slot, "date": source.words(date), "n": number(count)}
    return Query("top.newest", tree, slots)


def _top_groups(ground: Ground, by: Field) -> Query:
    source = ground.source()
    key = source.column(by)
    tree = source.select(key, named(count_all(), "total")).group_by(key.copy())
    tree = tree.order_by(_order(count_all(), descending=True)).limit(3)
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
    """The newest row of each group, by ROW_NUMBER."""
    source = ground.source()
    single = [link for link in ground.entity.parents if len(link.columns) == 1]
    groups = [ground.entity.fields[link.columns[0]] for link in single[:1]]
    groups += ground.groups[:1]
    for date in ground.entity.having(Role.DATE)[:1]:
        for by in groups:
            source = ground.source("t")
            everything = exp.Column(this=exp.Star(), table=exp.to_identifier("t"))
            place = _over(exp.RowNumber(), source.column(by), source.column(date), descending=True)
            inner = source.select(everything, named(place, "row_num"))
            tree = exp.Select(expressions=[exp.Star()]).from_(
                exp.Subquery(this=inner, alias=exp.TableAlias(this=exp.to_identifier("ranked")))
            )
            newest = exp.EQ(this=exp.column("row_num"), expression=exp.Literal.number(1))
            slots = {"t": source.slot, "by": source.words(by), "date": source.words(date)}
            yield Query("window.newest", tree.where(newest), slots)


def _ranked(ground: Ground) -> Iterator[Query]:
    source = ground.source()
    display = ground.entity.display()
    for one in ground.measures[:1]:
        column = source.column(one)
        shown: list[Field] = list(dict.fromkeys([display.name, one.name]))  # type: ignore
        by = next((field for field in ground.groups if field.name not in shown), None)
        key = source.column(by) if by else None
        place = _over(exp.Rank(), key, column.copy(), descending=True)
        chosen = [ground.entity.fields[name] for name in shown]  # type: ignore
        chosen += [by] if by else []
        tree = source.select(*(source.column(field) for field in chosen), named(place, "ranking"))
        slots: dict[str, Slot] = {"t": source.slot, "c": source.words(one)}
        slots["d"] = source.words(*chosen)
        if by:
            slots["by"] = source.words(by)
        yield Query("window.rank_within" if by else "window.rank", tree, slots)


def _running(ground: Ground) -> Iterator[Query]:
    source = ground.source()
    amounts, dates = ground.entity.having(Role.AMOUNT), ground.entity.having(Role.DATE)
    for one, date in zip(amounts[:1], dates[:1], strict=False):
        moment = source.column(date)
        total = _over(exp.Sum(this=source.column(one)), None, moment.copy(), descending=False)
        tree = source.select(moment, source.column(one), named(total, "running_total"))
        slots = {"t": source.slot, "c": source.words(one), "date": source.words(date)}
        yield Query("window.running", tree, slots)


def _over(
    function: exp.Expr, by: exp.Expr | None, order: exp.Expr, *, descending: bool
) -> exp.Window:
    return exp.Window(
        this=function,
        partition_by=[by] if by else [],
        order=exp.Order(expressions=[_order(order, descending=descending)]),
    )


def _order(expression: exp.Expr, *, descending: bool) -> exp.Ordered:
    return exp.Ordered(this=expression, desc=descending, nulls_first=not descending)
