"""How much a statement can make a database build while it only plans it.

A planner computes what is constant, and puts the columns of a subquery in the place of their names.
A time limit does not end that everywhere: for `SELECT v || v AS v FROM (SELECT v || v AS v FROM
(...))`, thirty deep, a PostgreSQL 15 server took 9 GB until the system killed it.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator

from sqlglot import exp

# Characters.
LONGEST = 20_000
# Copies of a statement's expressions, and characters for each of a text.
_MOST_COPIES = 100_000
_MOST_TEXT = 1_000
_GROW = (
    exp.Format,
    exp.Overlay,
    exp.Pad,
    exp.RegexpReplace,
    exp.Repeat,
    exp.Replace,
    exp.Space,
    exp.Stuff,
)
_FORMATS = frozenset({"format", "printf"})
_GROW_BY_NAME = _FORMATS | {"array_fill", "randomblob", "replicate", "zeroblob"}
_DIGITS = re.compile(r"\d+")


def is_harmless_to_plan(tree: exp.Expr) -> bool:
    """Whether planning takes no more than some hundred times what the statement itself takes."""
    return _copies(tree) <= _MOST_COPIES and _largest_text(tree) <= _MOST_TEXT


def _copies(tree: exp.Expr) -> int:
    """How often a subquery's columns may come to stand in the statement, at most.

    Each query multiplies by how often it names one column (or all of them), and by its subqueries.
    """
    named = {with_.alias_or_name.lower() for with_ in tree.find_all(exp.CTE)}
    copies = 1
    for query in tree.find_all(exp.Select):
        columns: Counter[str] = Counter()
        sources = 0
        for node in _own(query):
            if isinstance(node, exp.Star):
                columns["*"] += 1
            elif isinstance(node, exp.Column):
                columns[node.name.lower()] += 1
            elif isinstance(node, exp.Subquery | exp.Lateral) or (
                isinstance(node, exp.Table) and node.name.lower() in named
            ):
                sources += 1
        stars = columns.pop("*", 0)
        copies *= max(1, stars + max(columns.values(), default=0)) * max(1, sources)
    return copies


def _own(query: exp.Select) -> Iterator[exp.Expr]:
    """The nodes of a query without those of the queries in it."""
    return (
        node
        for node in query.walk(prune=lambda node: node is not query and isinstance(node, exp.Query))
        if node is not query
    )


def _largest_text(tree: exp.Expr) -> float:
    """How many times longer than the statement a text of its constants may become."""
    size = 1.0
    for node in tree.find_all(exp.Func):
        by_name = isinstance(node, exp.Anonymous) and node.name.lower() in _GROW_BY_NAME
        if by_name or isinstance(node, _GROW):
            arguments = list(node.iter_expressions())
            name = node.name.lower() if by_name else ""
            if name in _FORMATS or isinstance(node, exp.Format | exp.Space):
                grows = arguments[:1]
            else:
                grows = arguments if by_name else arguments[1:]
            size *= math.prod(map(_size, grows))
    return size


def _size(argument: exp.Expr) -> float:
    """How much longer a function may make its text by an argument."""
    if not isinstance(argument, exp.Literal) or "%*" in argument.name:
        return math.inf
    numbers = [int(digits[:9]) for digits in _DIGITS.findall(argument.name)]
    return max(1, *numbers, len(argument.name) if argument.is_string else 1)
