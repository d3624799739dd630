"""Resolve the names of a whole statement, also of those that write.

Such a statement is refused anyway; its invented names are told all the same.
"""

from sqlglot import exp

from tunesmith.bot.ddl.resolver.findings import Findings
from tunesmith.bot.ddl.resolver.names import Name, real_names, written
from tunesmith.bot.ddl.resolver.resolver import Resolver
from tunesmith.bot.ddl.resolver.scope import Relation, Scope
from tunesmith.bot.ddl.resolver.tree_reading import args

# The rows before and after, as RETURNING, OUTPUT and ON CONFLICT call them.
_ROWS = ("inserted", "deleted", "excluded", "new", "old")


def resolve_statement(tree: exp.Expr, resolver: Resolver) -> Findings:
    """Everything that is wrong with a statement's names."""
    if isinstance(tree, exp.Query):
        resolver.query(tree, None)
    elif isinstance(tree, exp.Insert):
        _insert(tree, resolver, _with(tree, resolver))
    elif isinstance(tree, exp.Update | exp.Delete):
        _update_or_delete(tree, resolver, _with(tree, resolver))
    elif isinstance(tree, exp.Merge):
        _merge(tree, resolver, _with(tree, resolver))
    return resolver.findings


def _with(tree: exp.Expr, resolver: Resolver) -> Scope | None:
    clause = tree.args.get("with_")
    return resolver.with_clause(clause, None) if clause else None


def _insert(tree: exp.Insert, resolver: Resolver, parent: Scope | None) -> None:
    scope = Scope(resolver.dialect, parent)
    target = tree.this
    listed: list[exp.Expr] = []
    if isinstance(target, exp.Schema):
        listed = target.expressions
        target = target.this
    resolver.sources.add(target, scope)
    _check_columns(listed, scope, resolver)
    if isinstance(tree.expression, exp.Query):
        resolver.query(tree.expression, parent)
    elif isinstance(tree.expression, exp.Expr):
        resolver.expression(tree.expression, Scope(resolver.dialect, parent))
    _add_rows(scope, resolver)
    for key in ("conflict", "returning"):
        for clause in args(tree, key):
            resolver.expression(clause, scope)


def _update_or_delete(tree: exp.Expr, resolver: Resolver, parent: Scope | None) -> None:
    scope = Scope(resolver.dialect, parent)
    targets = args(tree, "tables") or args(tree, "this")
    sources = args(tree, "from_") + args(tree, "using")
    # MySQL's `DELETE o FROM orders o JOIN ...` keeps the sources where others keep the target.
    sources += args(tree, "this") if args(tree, "tables") else []
    for clause in sources:
        resolver.sources.add(clause.this if isinstance(clause, exp.From) else clause, scope)
    for target in targets:
        if not _is_alias(target, scope):
            resolver.sources.add(target, scope)
    for join in args(tree, "joins"):
        resolver.sources.add(join.this, scope)
        for condition in args(join, "on"):
            resolver.expression(condition, scope)
    _add_rows(scope, resolver)
    for key in ("expressions", "where", "returning", "order"):
        for clause in args(tree, key):
            resolver.expression(clause, scope)


def _is_alias(target: exp.Expr, scope: Scope) -> bool:
    """SQL Server's `UPDATE o ... FROM orders o` and MySQL's `DELETE o FROM orders o`."""
    return (
        isinstance(target, exp.Table)
        and not target.args.get("joins")
        and bool(scope.qualified(written(target.this)))
    )


def _merge(tree: exp.Merge, resolver: Resolver, parent: Scope | None) -> None:
    scope = Scope(resolver.dialect, parent)
    resolver.sources.add(tree.this, scope)
    target = Scope(resolver.dialect, parent, list(scope.relations))
    resolver.sources.add(tree.args["using"], scope)
    _add_rows(scope, resolver)
    resolver.expression(tree.args["on"], scope)
    for when in tree.args["whens"].expressions:
        then = when.args.get("then")
        if isinstance(then, exp.Insert) and isinstance(then.this, exp.Tuple):
            _check_columns(then.this.expressions, target, resolver)
            if isinstance(then.expression, exp.Expr):
                resolver.expression(then.expression, scope)
        elif isinstance(then, exp.Expr):
            resolver.expression(then, scope)
        for condition in args(when, "condition"):
            resolver.expression(condition, scope)


def _check_columns(columns: list[exp.Expr], scope: Scope, resolver: Resolver) -> None:
    """The column list of an INSERT: every name must be the target's own."""
    relation = scope.relations[0]
    for column in columns:
        identifier = column.this if isinstance(column, exp.Column) else column
        if not isinstance(identifier, exp.Identifier):
            continue
        name = written(identifier)
        if not relation.has(name, real_names(name, resolver.dialect)):
            resolver.findings.unknown_column(name.text, [relation])


def _add_rows(scope: Scope, resolver: Resolver) -> None:
    """Let `inserted.total` mean the target's column without making a bare name ambiguous."""
    target = scope.relations[0]
    for word in _ROWS:
        row = Relation(word, real_names(Name(word), resolver.dialect), target.columns)
        row.merged = set(range(len(target.columns.names)))
        scope.relations.append(row)
