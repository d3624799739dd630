"""What stands in a FROM clause: tables, CTEs, sub-queries, functions that return rows, joins."""

from typing import TYPE_CHECKING

from sqlglot import exp

from tunesmith.bot.ddl.resolver.names import Name, real_names, written
from tunesmith.bot.ddl.resolver.pivots import pivoted
from tunesmith.bot.ddl.resolver.scope import Columns, Relation, Scope
from tunesmith.bot.ddl.resolver.table_functions import function_columns
from tunesmith.bot.ddl.resolver.table_index import DEFAULT_SCHEMAS, Entry
from tunesmith.bot.ddl.resolver.tree_reading import args, is_join_group
from tunesmith.bot.messages import say

if TYPE_CHECKING:
    from tunesmith.bot.ddl.resolver.resolver import Resolver

_NOTHING: frozenset[str] = frozenset()


class SourceReader:
    """Turns the sources of one statement into relations of a scope."""

    def __init__(self, resolver: "Resolver") -> None:
        self._resolver = resolver
        self._dialect = resolver.dialect
        self._findings = resolver.findings

    def add_from(self, node: exp.Expr, scope: Scope) -> None:
        """Add a query's FROM clause, its joins and its laterals, from the left."""
        start = len(scope.relations)
        for clause in args(node, "from_"):
            self.add(clause.this, scope)
        for join in args(node, "joins"):
            if self._after_comma(join):
                start = len(scope.relations)
            self._join(join, scope, start)
        for lateral in args(node, "laterals"):
            self.add(lateral, scope)
        for match in args(node, "match"):
            # MATCH_RECOGNIZE shows columns by rules of its own; they are not looked at.
            scope.relations = []
            self._derived(match, Columns((), self._dialect, complete=False), scope)

    def add(self, node: exp.Expr, scope: Scope) -> None:
        """Add one source with whatever is joined to it inside its own parentheses."""
        start = len(scope.relations)
        if isinstance(node, exp.Subquery) and is_join_group(node):
            self._joined_group(node, scope, start)
        elif isinstance(node, exp.Subquery):
            columns = self._resolver.query(node, scope.parent)
            self._derived(node, columns, scope)
        elif isinstance(node, exp.Lateral):
            self._lateral(node, scope)
        elif isinstance(node, exp.Values):
            self._values(node, scope)
        elif isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
            self._table(node, scope)
        elif isinstance(node, exp.Table):
            self._function(node, node.this, scope)
        else:
            self._function(node, node, scope)
        for pivot in args(node, "pivots"):
            source = scope.relations.pop()
            columns = pivoted(pivot, source, scope, self._resolver)
            self._derived(pivot, columns, scope)
            if not pivot.args.get("alias"):
                scope.relations[-1].names = source.names
        for join in args(node, "joins"):
            self._join(join, scope, start)

    def _joined_group(self, node: exp.Subquery, scope: Scope, start: int) -> None:
        """`(a JOIN b ON ...)`: an alias behind it hides the names inside (PostgreSQL 7.2.1.2)."""
        self.add(node.this, scope)
        if not node.args.get("alias"):
            return
        inner = scope.relations[start:]
        del scope.relations[start:]
        columns = self._resolver.star(Scope(self._dialect, relations=inner))
        self._derived(node, columns, scope)

    def _derived(self, node: exp.Expr, columns: Columns, scope: Scope) -> None:
        alias = node.args.get("alias")
        renamed = [_column_name(column) for column in args(alias, "columns")] if alias else []
        name = written(alias.this) if alias and alias.this else None
        scope.relations.append(
            Relation(
                label=name.text if name else "the sub-query",
                names=real_names(name, self._dialect) if name else _NOTHING,
                columns=self._resolver.rename(columns, renamed),
            )
        )

    def _lateral(self, node: exp.Lateral, scope: Scope) -> None:
        inner = node.this
        if isinstance(inner, exp.Subquery):
            self._derived(node, self._resolver.query(inner, scope), scope)
        else:
            self._function(node, inner, scope)

    def _values(self, node: exp.Values, scope: Scope) -> None:
        for row in node.expressions:
            self._resolver.expression(row, scope)
        width = len(node.expressions[0].expressions) if node.expressions else 0
        prefix, first = self._dialect.query.values_columns
        names = [Name(f"{prefix}{number + first}", True) for number in range(width)]
        self._derived(node, Columns(names, self._dialect), scope)

    def _function(self, node: exp.Expr, function: exp.Expr, scope: Scope) -> None:
        """A function that returns rows; its arguments see the sources to its left."""
        self._resolver.expression(function, scope)
        alias = node.args.get("alias")
        name = written(alias.this) if alias and alias.this else None
        declared = args(alias, "columns") if alias else []
        listed = [_column_name(column) for column in declared]
        known = function_columns(function, self._dialect, name, self._resolver.sql)
        names = [*(known or ())]
        if node.args.get("ordinality"):
            names.append(Name("ordinality", True))
        columns = Columns(names, self._dialect, complete=known is not None)
        if listed and not columns.complete:
            columns = Columns(listed, self._dialect, sources=declared)
        else:
            columns = self._resolver.rename(columns, listed)
        offset = node.args.get("offset")
        if isinstance(offset, exp.Identifier):
            columns = Columns((*columns.names, written(offset)), self._dialect)
        called = name or Name(function.name, None)
        scope.relations.append(Relation(called.text, real_names(called, self._dialect), columns))

    def _table(self, node: exp.Table, scope: Scope) -> None:
        name = written(node.this)
        schema = written(node.args["db"]) if node.args.get("db") else None
        alias = node.args.get("alias")
        called = written(alias.this) if alias and alias.this else name
        renamed = [written(column) for column in args(alias, "columns")] if alias else []
        relation = self._cte(name, schema, scope) or self._known(name, schema)
        relation.names = real_names(called, self._dialect)
        relation.columns = self._resolver.rename(relation.columns, renamed)
        if called is not name:
            relation.schemas = _NOTHING
        relation.label = relation.label or called.text
        self._refuse_repeated(relation, called, scope)
        scope.relations.append(relation)

    def _refuse_repeated(self, relation: Relation, called: Name, scope: Scope) -> None:
        """The same name twice in one FROM clause is refused, unless the schemas differ."""
        if self._resolver.rules.repeated_tables:
            return
        for other in scope.relations:
            if other.names & relation.names and other.schemas == relation.schemas:
                self._findings.ambiguous.setdefault(called.text, [other.label, relation.label])

    def _cte(self, name: Name, schema: Name | None, scope: Scope) -> Relation | None:
        if schema is not None:
            return None
        columns = scope.cte(real_names(name, self._dialect))
        return Relation(name.text, _NOTHING, columns) if columns is not None else None

    def _known(self, name: Name, schema: Name | None) -> Relation:
        dual = self._dialect.query.dual
        if name.text.lower() == "dual" and not name.quoted and dual is not None:
            columns = Columns((Name(column) for column in dual), self._dialect)
            return Relation("dual", _NOTHING, columns)
        found = self._resolver.index.find(name, schema)
        text = f"{schema.text}.{name.text}" if schema else name.text
        if len(found) == 1:
            return self._entry(found[0], schema)
        if found:
            self._findings.ambiguous.setdefault(text, [entry.table.name for entry in found])
        else:
            self._findings.tables.setdefault(text, None)
        return Relation(text, _NOTHING, Columns((), self._dialect, complete=False))

    def _entry(self, entry: Entry, schema: Name | None) -> Relation:
        self._findings.used.add(entry.table.name)
        front = entry.schema or schema
        known = entry.schema or not schema or schema.text.lower() in DEFAULT_SCHEMAS
        if schema and not known:
            said = say("sql.schema_not_named", name=schema.text)
            if said not in self._findings.warnings:
                self._findings.warnings.append(said)
        return Relation(
            label=entry.table.name,
            names=_NOTHING,
            columns=entry.columns,
            schemas=real_names(front, self._dialect) if front else None,
            hidden=entry.hidden,
        )

    def _join(self, node: exp.Expr, scope: Scope, start: int) -> None:
        middle = len(scope.relations)
        self.add(node.this, scope)
        left, right = scope.relations[start:middle], scope.relations[middle:]
        if node.args.get("method") == "NATURAL":
            self._merge_common(left, right)
        for column in args(node, "using"):
            self._merge(
                written(column.this if isinstance(column, exp.Column) else column), left, right
            )
        for condition in args(node, "on"):
            self._resolver.expression(condition, self._joined_so_far(scope, start))

    def _joined_so_far(self, scope: Scope, start: int) -> Scope:
        """What ON sees: all to the left, or all that is joined in its own comma's part."""
        if self._dialect.query.on_sees_all or not start:
            return scope
        return Scope(self._dialect, scope.parent, scope.relations[start:], scope.ctes, scope.pseudo)

    def _after_comma(self, join: exp.Expr) -> bool:
        """Whether a table is listed with a comma; sqlglot makes a join of it all the same."""
        starts = [node.meta["start"] for node in join.this.walk() if "start" in node.meta]
        return bool(starts) and self._resolver.sql[: min(starts)].rstrip("( \t\r\n").endswith(",")

    def _merge_common(self, left: list[Relation], right: list[Relation]) -> None:
        for relation in right:
            for position in list(relation.visible()):
                reals = real_names(relation.columns.names[position], self._dialect)
                if any(other.columns.positions(reals) - other.merged for other in left):
                    relation.merged.add(position)

    def _merge(self, name: Name, left: list[Relation], right: list[Relation]) -> None:
        """One column of USING: on both sides, shown once."""
        reals = real_names(name, self._dialect)
        for side in (left, right):
            if not any(relation.has(name, reals) for relation in side):
                self._findings.unknown_column(name.text, side)
        for relation in right:
            relation.merged |= relation.columns.positions(reals)


def _column_name(node: exp.Expr) -> Name:
    """A column of an alias list: `t(a)` or, with types, `t(a int)`."""
    return written(node.this if isinstance(node, exp.ColumnDef) else node)
