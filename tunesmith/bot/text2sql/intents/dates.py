"""Questions about time: month, last days."""

from collections.abc import Iterator

from sqlglot import exp

from tunesmith.bot.text2sql.annotated_schema import Field
from tunesmith.bot.text2sql.intents.query import Ground, Query, count_all, named, number
from tunesmith.bot.text2sql.roles import Role
from tunesmith.bot.text2sql.sqltree import days_ago, month_of

_WINDOWS = (7, 30, 90)


def date_queries(ground: Ground) -> Iterator[Query]:
    """All questions of this module about one table."""
    events = ground.entity.events()
    for place, one in enumerate(events[:4]):
        yield from _months(ground, one, place)
    for place, one in enumerate(ground.entity.recent()[:4]):
        yield from _days(ground, one, place, adds_up=one in events)


def _months(ground: Ground, date: Field, place: int) -> Iterator[Query]:
    source = ground.source()
    month = month_of(source.column(date))
    slots = {"t": source.slot, "date": source.words(date)}

    def per_month(figure: exp.Expr, alias: str) -> exp.Select:
        tree = source.select(named(month, "month"), named(figure, alias))
        return tree.group_by(month.copy()).order_by(month.copy())

    if place < 2:
        yield Query("month.count", per_month(count_all(), "total"), slots)
    amounts = ground.entity.having(Role.AMOUNT)
    for one in amounts[place : place + 1]:
        tree = per_month(exp.Sum(this=source.column(one)), "total")
        yield Query("month.sum", tree, slots | {"c": source.words(one)})


def _days(ground: Ground, date: Field, place: int, *, adds_up: bool) -> Iterator[Query]:
    source = ground.source()
    days = _WINDOWS[(place + ground.chance.randrange(3)) % 3]
    recent = exp.GTE(this=source.column(date), expression=days_ago(days))
    slots = {"t": source.slot, "date": source.words(date), "n": number(days)}
    yield Query("days.rows", source.select().where(recent), slots)
    if place < 2:
        yield Query("days.count", source.select(count_all()).where(recent.copy()), slots)
    amounts = ground.entity.having(Role.AMOUNT) if adds_up else []
    for one in amounts[place : place + 1]:
        tree = source.select(exp.Sum(this=source.column(one))).where(recent.copy())
        yield Query("days.sum", tree, slots | {"c": source.words(one)})
