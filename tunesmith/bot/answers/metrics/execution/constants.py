"""What a query asks its columns for: the constants that they are compared with."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlglot import exp

from tunesmith.bot.answers.metrics.execution.statements import Statement

Place = tuple[str, str]
"""A table's and a column's name, as the schema writes them."""

Constants = dict[Place, list[str]]

_LIKE = (exp.Like, exp.ILike)
_EXACT = (exp.EQ, exp.In, exp.NullSafeEQ)
# Group sizes that rows are generated for; a larger one would take too many.
_MOST_ROWS = 60
_DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
_AGO = re.compile(r"([-+]?\d{1,4})\s*(day|week|month|quarter|year)s?\b", re.IGNORECASE)


@dataclass
class Wanted:
    """What makes a query's conditions true.

    By column: `exact` are the constants that it is to equal, `bounds` those that it is to be more,
    less or other than, `patterns` those of LIKE; `nulls` are the columns that are to be NULL.
    `days` are spans of time counted back from today, `sizes` numbers that aggregates are compared
    with, `equal` the columns that are compared with each other.
    """

    exact: Constants = field(default_factory=lambda: defaultdict(list))
    bounds: Constants = field(default_factory=lambda: defaultdict(list))
    patterns: Constants = field(default_factory=lambda: defaultdict(list))
    nulls: set[Place] = field(default_factory=set[Place])
    days: list[int] = field(default_factory=list[int])
    sizes: list[int] = field(default_factory=list[int])
    equal: list[tuple[Place, Place]] = field(default_factory=list[tuple[Place, Place]])


def wanted_by(statement: Statement) -> Wanted:
    """What makes the conditions of a query true."""
    wanted = Wanted()
    for predicate in statement.tree.find_all(exp.Predicate):
        _read(predicate, statement, wanted)
    for node in statement.tree.find_all(exp.Interval, exp.Literal):
        wanted.days += _spans(node)
    return wanted


def _read(predicate: exp.Expr, statement: Statement, wanted: Wanted) -> None:
    nodes = list(_own(predicate))
    columns = [node for node in nodes if isinstance(node, exp.Column)]
    places = [list(_places(column, statement)) for column in columns]
    if isinstance(predicate, exp.EQ) and len(places) == 2:
        wanted.equal += [(one, other) for one in places[0] for other in places[1] if one != other]
    constants = [node.name for node in nodes if isinstance(node, exp.Literal)]
    constants += [str(int(node.this)) for node in nodes if isinstance(node, exp.Boolean)]
    if predicate.find(exp.AggFunc):
        sizes = [int(constant) for constant in constants if constant.isdigit()]
        wanted.sizes += [size for size in sizes if size <= _MOST_ROWS]
    target = _kind(predicate, wanted)
    for place in dict.fromkeys(place for several in places for place in several):
        target[place] += [constant for constant in constants if constant not in target[place]]
        if any(isinstance(node, exp.Null) for node in nodes):
            wanted.nulls.add(place)


def _kind(predicate: exp.Expr, wanted: Wanted) -> Constants:
    if isinstance(predicate, _LIKE):
        return wanted.patterns
    return wanted.exact if isinstance(predicate, _EXACT) else wanted.bounds


def _own(predicate: exp.Expr) -> Iterator[exp.Expr]:
    """The nodes of a condition without those of the queries in it."""
    yield from predicate.walk(
        prune=lambda node: node is not predicate and isinstance(node, exp.Query)
    )


def _places(column: exp.Column, statement: Statement) -> Iterator[Place]:
    """The columns of the schema that a name may mean: those of its table, else of any table."""
    tables = statement.aliases.get(column.table.casefold(), statement.tables)
    name = column.name.casefold()
    for table in tables:
        for one in table.columns:
            if one.name.casefold() == name:
                yield table.name, one.name


def _spans(node: exp.Expr) -> list[int]:
    """Spans of time in days, from `INTERVAL 7 DAY` and `'-7 days'`."""
    text = (
        f"{node.this.name} {node.unit}"
        if isinstance(node, exp.Interval) and node.this
        else node.name
    )
    return [abs(int(count)) * _DAYS[unit.lower()] for count, unit in _AGO.findall(text)]
