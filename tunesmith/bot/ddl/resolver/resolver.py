"""Resolve every table and column of a statement by scope, as its engine would.

A tree of sqlglot's is walked query by query. What a query can see is a `Scope`; what it shows to
the query around it is a `Columns`. Nothing is rewritten, so every finding carries the name as
the statement wrote it.
"""

from collections.abc import Iterator

from sqlglot import exp

from tunesmith.bot.ddl.dialects.profile import AliasUse, words
from tunesmith.bot.ddl.resolver.column_names import ColumnResolver
from tunesmith.bot.ddl.resolver.findings import Findings, Why
from tunesmith.bot.ddl.resolver.from_clause import SourceReader
from tunesmith.bot.ddl.resolver.names import Name, real_names, written
from tunesmith.bot.ddl.resolver.output_names import output_name
from tunesmith.bot.ddl.resolver.scope import Columns, Scope, Source
from tunesmith.bot.ddl.resolver.table_index import Tables
from tunesmith.bot.ddl.resolver.tree_reading import args

# Pseudo-columns of a hierarchical query, only beside CONNECT BY (Oracle SQL Reference 19c).
_HIERARCHY = words("level connect_by_isleaf connect_by_iscycle connect_by_root")
# Methods of SQL Server's xml, spatial and hierarchyid columns: `column.method(...)`.
_COLUMN_METHODS = words(
    """
    value query exist nodes tostring getlevel getancestor getdescendant isdescendantof
    stastext stdistance stintersects stcontains stwithin stbuffer starea stlength
    """
)


class Resolver:
    """Resolves one statement; `findings` holds what was found so far."""

    def __init__(self, index: Tables, sql: str) -> None:
        self.index = index
        self.dialect = index.dialect
        self.rules = index.dialect.query
        self.sql = sql
        self.findings = Findings()
        self.sources = SourceReader(self)
        self.columns = ColumnResolver(index, sql, self.findings)

    def query(self, node: exp.Expr, parent: Scope | None) -> Columns:
        """Resolve a query of any shape and return the columns it shows."""
        if node.args.get("with_"):
            parent = self.with_clause(node.args["with_"], parent)
        if isinstance(node, exp.Subquery):
            columns = self.query(node.this, parent)
            self._modifiers(node, Scope(self.dialect, parent), columns)
            return columns
        if isinstance(node, exp.SetOperation):
            return self._set_operation(node, parent)
        if isinstance(node, exp.Select):
            return self._select(node, parent)
        scope = Scope(self.dialect, parent)
        self.sources.add(node, scope)
        return self.star(scope)

    def with_clause(self, node: exp.Expr, parent: Scope | None) -> Scope:
        """A scope that holds the CTEs of a WITH clause, each one seeing those before it."""
        scope = Scope(self.dialect, parent)
        recursive = bool(node.args.get("recursive")) or self.rules.recursive_without_keyword
        for cte in args(node, "expressions"):
            alias = cte.args["alias"]
            renamed = [written(column) for column in args(alias, "columns")]
            reals = real_names(written(alias.this), self.dialect)
            recurs = recursive and self._mentions(cte.this, reals)
            columns = self._recursive(cte.this, scope, renamed, reals) if recurs else None
            columns = columns or self.query(cte.this, scope)
            columns = self.rename(columns, renamed)
            scope.ctes.update(dict.fromkeys(reals, columns))
        if node.args.get("search"):
            # SEARCH ... SET x and CYCLE ... SET x USING y give a CTE columns of their own, and
            # sqlglot keeps but one of these clauses.
            last = real_names(written(node.expressions[-1].args["alias"].this), self.dialect)
            names = next(scope.ctes[real] for real in last).names
            columns = Columns(names, self.dialect, complete=False)
            scope.ctes.update(dict.fromkeys(last, columns))
        return scope

    def _mentions(self, node: exp.Expr, reals: frozenset[str]) -> bool:
        return any(
            isinstance(table.this, exp.Identifier)
            and real_names(written(table.this), self.dialect) & reals
            for table in node.find_all(exp.Table)
        )

    def _recursive(
        self, body: exp.Expr, scope: Scope, renamed: list[Name], reals: frozenset[str]
    ) -> Columns | None:
        """A CTE that reads itself: its first branch names the columns that the others read.

        None where there is but one branch, which cannot read itself.
        """
        node = body
        while isinstance(node, exp.Subquery):
            node = node.this
        if not isinstance(node, exp.SetOperation):
            return None
        if node.args.get("with_"):
            scope = self.with_clause(node.args["with_"], scope)
        return self._set_operation(node, scope, (reals, renamed))

    def rename(self, columns: Columns, names: list[Name]) -> Columns:
        """The same columns under an alias list such as `t(a, b)`."""
        if not names:
            return columns
        rest = columns.names[len(names) :]
        more = [None] * (len(names) + len(rest) - len(columns.names))
        return Columns(
            (*names, *rest),
            self.dialect,
            complete=columns.complete or not rest,
            unnamed=columns.unnamed,
            sources=(*columns.sources, *more),
        )

    def _set_operation(
        self,
        node: exp.Expr,
        parent: Scope | None,
        itself: tuple[frozenset[str], list[Name]] | None = None,
    ) -> Columns:
        """UNION, EXCEPT, INTERSECT; `itself` holds the names of a recursive CTE and its columns."""
        first, *others = _branches(node)
        shown = self.query(first, parent)
        if itself:
            reals, renamed = itself
            ctes = dict.fromkeys(reals, self.rename(shown, renamed))
            parent = Scope(self.dialect, parent, ctes=ctes)
        branches = [shown, *(self.query(branch, parent) for branch in others)]
        sorted_by = shown
        if self.rules.order_sees_all_branches:
            names = [name for branch in branches for name in branch.names]
            keys = [real_names(name, self.dialect) for name in names]
            complete = all(branch.complete for branch in branches)
            sorted_by = Columns(names, self.dialect, complete=complete, keys=keys)
        self._modifiers(node, Scope(self.dialect, parent), sorted_by)
        return shown

    def _select(self, node: exp.Select, parent: Scope | None) -> Columns:
        scope = Scope(self.dialect, parent)
        if node.args.get("connect"):
            scope.pseudo = _HIERARCHY
        self.sources.add_from(node, scope)
        columns = self._projections(node, scope)
        rules = self.rules
        for key in ("distinct", "connect", "windows"):
            for child in args(node, key):
                self.expression(child, scope)
        self._clause(node, "where", scope, columns, rules.where)
        self._clause(node, "group", scope, columns, rules.group)
        self._clause(node, "having", scope, columns, rules.having)
        if rules.having_sees_selected_only:
            self._selected_in_having(node, columns)
        self._clause(node, "qualify", scope, columns, AliasUse.ANYWHERE)
        self._modifiers(node, scope, columns)
        return columns

    def _modifiers(self, node: exp.Expr, scope: Scope, columns: Columns) -> None:
        """ORDER BY, LIMIT and OFFSET of a query, a set operation or a query in parentheses."""
        if columns.complete or isinstance(node, exp.Select):
            self._clause(node, "order", scope, columns, self.rules.order)
        for key in ("limit", "offset"):
            for child in args(node, key):
                self.expression(child, scope)

    def _clause(
        self, node: exp.Expr, key: str, scope: Scope, columns: Columns, use: AliasUse
    ) -> None:
        for clause in args(node, key):
            view = scope.with_outputs(columns, use)
            if use is not AliasUse.BARE:
                self.expression(clause, view)
                continue
            for item in clause.iter_expressions():
                target = item.this if isinstance(item, exp.Ordered) else item
                bare = isinstance(target, exp.Column) and not target.table
                self.expression(item, view if bare else scope)

    def _selected_in_having(self, node: exp.Select, columns: Columns) -> None:
        """HAVING sees what is selected and what is grouped by, and no other column.

        MySQL manual 15.2.13, "HAVING": columns inside aggregates may be any.
        """
        if not columns.complete:
            return
        grouped = {c.name.casefold() for g in args(node, "group") for c in g.find_all(exp.Column)}
        for clause in args(node, "having"):
            stack = [clause]
            while stack:
                item = stack.pop()
                if isinstance(item, exp.Column) and item.name.casefold() not in grouped:
                    name = written(item.this)
                    if not columns.positions(real_names(name, self.dialect)):
                        self.findings.unknown_column(name.text, [], Why.NOT_IN_HAVING)
                elif not isinstance(item, exp.AggFunc | exp.Query | exp.Window):
                    stack.extend(item.iter_expressions())

    def _projections(self, node: exp.Select, scope: Scope) -> Columns:
        """Resolve the select list and name what it shows."""
        names: list[Name] = []
        keys: list[object] = []
        sources: list[Source] = []
        complete, unnamed = True, False
        for item in node.expressions:
            if item.is_star and not isinstance(item, exp.Count):
                shown = self._star_item(item, scope)
                names.extend(shown.names)
                keys.extend(shown.keys)
                sources.extend(shown.sources)
                complete = complete and shown.complete
                unnamed = unnamed or shown.unnamed
                continue
            inner = scope
            if self.rules.subqueries_see_aliases and item.find(exp.Query):
                # A sub-query of the select list sees the aliases to its left.
                inner = scope.with_outputs(Columns(names, self.dialect), AliasUse.ANYWHERE)
            self.expression(item, scope, inner)
            name = output_name(item, self.dialect, self.sql)
            unnamed = unnamed or name is None
            names.append(name or Name(""))
            key, source = self._shown(item, scope)
            keys.append(key)
            sources.append(source)
        return Columns(
            names, self.dialect, complete=complete, unnamed=unnamed, keys=keys, sources=sources
        )

    def _shown(self, item: exp.Expr, scope: Scope) -> tuple[object, Source]:
        """Which column an item of the select list is: its key and its source."""
        inner = item.unalias()
        if not isinstance(inner, exp.Column):
            return object(), item
        reals = real_names(written(inner.this), self.dialect)
        relations = scope.relations
        if inner.table:
            relations = scope.qualified(written(inner.args["table"]))
        for relation in relations:
            for position in relation.columns.positions(reals) - relation.merged:
                return (id(relation), position), relation.columns.sources[position]
        return object(), item

    def _star_item(self, item: exp.Expr, scope: Scope) -> Columns:
        if not isinstance(item, exp.Column):
            return self.star(scope)
        relations = self.columns.owner(item, scope)
        if relations is None:
            return Columns((), self.dialect, complete=False)
        return self.star(Scope(self.dialect, relations=relations), merged=True)

    def star(self, scope: Scope, *, merged: bool = False) -> Columns:
        """What `*` shows; `t.*` shows the columns that USING merged as well."""
        names: list[Name] = []
        keys: list[object] = []
        sources: list[Source] = []
        complete, unnamed = True, False
        for relation in scope.relations:
            complete = complete and relation.columns.complete
            unnamed = unnamed or relation.columns.unnamed
            count = range(len(relation.columns.names))
            for position in count if merged else relation.visible():
                names.append(relation.columns.names[position])
                keys.append((id(relation), position))
                sources.append(relation.columns.sources[position])
        return Columns(
            names, self.dialect, complete=complete, unnamed=unnamed, keys=keys, sources=sources
        )

    def expression(self, node: exp.Expr, scope: Scope, inner: Scope | None = None) -> None:
        """Resolve every column under a node, and every query inside it on its own.

        `inner` is what such a query sees around it, if that is not the same scope.
        """
        stack = [node]
        while stack:
            current = stack.pop()
            if isinstance(current, exp.Query):
                self.query(current, inner or scope)
            elif isinstance(current, exp.Column):
                self.columns.column(current, scope)
            elif isinstance(current, exp.Dot):
                self._dotted(current, scope)
            elif isinstance(current, exp.In) and self._reads_table(current, scope):
                stack.append(current.this)
            else:
                stack.extend(reversed(list(current.iter_expressions())))

    def _reads_table(self, node: exp.In, scope: Scope) -> bool:
        """`x IN table`."""
        table = node.args.get("field")
        if not self.rules.tables_after_in or not isinstance(table, exp.Column):
            return False
        name = self.dialect.sqlglot
        self.sources.add(exp.to_table(table.sql(name), dialect=name), scope)
        scope.relations.pop()
        return True

    def _dotted(self, node: exp.Dot, scope: Scope) -> None:
        """`package.function(...)`, a column's method, or a field of a composite value."""
        if isinstance(node.expression, exp.Func):
            self.expression(node.expression, scope)
            if node.expression.name.lower() in _COLUMN_METHODS:
                column = _as_column(node.this)
                if column is not None:
                    self.columns.column(column, scope)
                    return
        if not isinstance(node.this, exp.Identifier):
            self.expression(node.this, scope)


def _branches(node: exp.Expr) -> Iterator[exp.Expr]:
    """The queries a chain of UNION, EXCEPT or INTERSECT puts together, from the left."""
    rights: list[exp.Expr] = []
    while isinstance(node, exp.SetOperation) and not (rights and node.args.get("with_")):
        rights.append(node.expression)
        node = node.this
    yield node
    yield from reversed(rights)


def _as_column(node: exp.Expr) -> exp.Column | None:
    if isinstance(node, exp.Column):
        return node
    if isinstance(node, exp.Identifier):
        return exp.column(node.copy())
    if isinstance(node, exp.Dot) and isinstance(node.this, exp.Identifier):
        return exp.column(node.expression.copy(), table=node.this.copy())
    return None
