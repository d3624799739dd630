"""The columns of PIVOT and UNPIVOT (SQL Server, Oracle): some of the source's go, others come."""

from typing import TYPE_CHECKING

from sqlglot import exp

from tunesmith.bot.ddl.resolver.names import Name, real_names, written
from tunesmith.bot.ddl.resolver.scope import Columns, Relation, Scope
from tunesmith.bot.ddl.resolver.tree_reading import args

if TYPE_CHECKING:
    from tunesmith.bot.ddl.resolver.resolver import Resolver


def pivoted(node: exp.Expr, source: Relation, scope: Scope, resolver: "Resolver") -> Columns:
    """Resolve a PIVOT or UNPIVOT of `source` and return what it shows."""
    inside = Scope(scope.dialect, scope.parent, [source])
    read, made = _unpivot(node) if node.args.get("unpivot") else _pivot(node)
    for item in read:
        resolver.expression(item, inside)
    gone: set[int] = set()
    for column in (column for item in read for column in item.find_all(exp.Column)):
        gone |= source.columns.positions(real_names(written(column.this), scope.dialect))
    kept = [i for i in range(len(source.columns.names)) if i not in gone]
    complete = source.columns.complete and scope.dialect.query.pivot_names_known
    names = (*(source.columns.names[i] for i in kept), *made)
    sources = [*(source.columns.sources[i] for i in kept), *([None] * len(made))]
    return Columns(names, scope.dialect, complete=complete, sources=sources)


def _pivot(node: exp.Expr) -> tuple[list[exp.Expr], list[Name]]:
    """`SUM(a) FOR b IN (x, y)` reads a and b and makes x and y."""
    fields = args(node, "fields")
    read = [*args(node, "expressions"), *(field.this for field in fields)]
    made = [written(column) for column in args(node, "columns")]
    return read, made or [Name(item.name, True) for field in fields for item in field.expressions]


def _unpivot(node: exp.Expr) -> tuple[list[exp.Expr], list[Name]]:
    """`a FOR b IN (x, y)` reads x and y and makes a and b."""
    fields = args(node, "fields")
    listed = [item for field in fields for item in field.expressions]
    read = [item.this if isinstance(item, exp.PivotAlias) else item for item in listed]
    sides = [*args(node, "expressions"), *(field.this for field in fields)]
    return read, [written(name) for side in sides for name in side.find_all(exp.Identifier)]
