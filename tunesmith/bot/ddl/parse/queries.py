"""The columns that a query returns, by the tables it selects from."""

import time

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from tunesmith.bot.ddl.model import Column
from tunesmith.bot.ddl.parse.catalog import Catalog, Query
from tunesmith.bot.ddl.parse.cursor import Name, Part
from tunesmith.bot.messages import Message, say

_LONGEST = 200_000  # characters of a query that is read

# What a query selects from, by alias; None where its columns are not known.
Sources = dict[str, list[Column] | None]
Known = dict[str, list[Column]]


class NotYetError(Exception):
    """A table or view that the query selects from has no columns yet."""


class UnknownColumnsError(Exception):
    """The columns cannot be told; `why` says why."""

    def __init__(self, why: Message) -> None:
        super().__init__(why.key)
        self.why = why


def query_columns(query: Query, catalog: Catalog, deadline: float, *, last: bool) -> list[Column]:
    """The columns of a query. Raises `UnknownColumnsError`, and `NotYetError` unless `last`."""
    if time.monotonic() > deadline:
        raise UnknownColumnsError(say("ddl.query_time_over"))
    if len(query.text) > _LONGEST:
        raise UnknownColumnsError(say("ddl.query_too_long"))
    try:
        query.tree = query.tree or sqlglot.parse_one(query.text, read=catalog.profile.sqlglot)
        return _Reader(catalog, query.home, last=last).columns(query.tree, {})
    except (SqlglotError, RecursionError) as error:
        raise UnknownColumnsError(say("ddl.query_unknown")) from error


class _Reader:
    def __init__(self, catalog: Catalog, home: Part | None, *, last: bool) -> None:
        self._catalog, self._home, self._last = catalog, home, last

    def columns(self, tree: exp.Expr, known: Known) -> list[Column]:
        """The columns that a query returns; `known` are the common table expressions around it."""
        with_ = tree.args.get("with_")
        for cte in with_.expressions if isinstance(with_, exp.With) else ():
            # A recursive one is told by its first part.
            known = {**known, cte.alias.lower(): self._renamed(cte, self.columns(cte.this, known))}
        if isinstance(tree, exp.SetOperation | exp.Subquery):
            return self.columns(tree.this, known)
        if not isinstance(tree, exp.Select):
            raise UnknownColumnsError(say("ddl.query_no_select"))
        sources = self._sources(tree, known)
        return [column for node in tree.expressions for column in self._project(node, sources)]

    def _sources(self, select: exp.Select, known: Known) -> Sources:
        sources: Sources = {}
        from_ = select.args.get("from_")
        for node in (
            from_,
            *(select.args.get("joins") or ()),
            *(select.args.get("laterals") or ()),
        ):
            if node is not None:
                self._add_source(
                    node if isinstance(node, exp.Lateral) else node.this, known, sources
                )
        return sources

    def _add_source(self, node: exp.Expr, known: Known, sources: Sources) -> None:
        name = node.alias_or_name.lower()
        if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Table | exp.Subquery):
            self._add_source(node.this, known, sources)  # parentheses around joins
        elif isinstance(node, exp.Subquery):
            sources[name] = self._renamed(node, self.columns(node.this, known))
        elif isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
            own = known.get(node.name.lower()) if not node.db else None
            columns = own if own is not None else self._table(node)
            sources[name] = self._renamed(node, columns) if columns is not None else None
        else:
            sources[name] = self._declared(node)
        for join in node.args.get("joins") or ():
            self._add_source(join.this, known, sources)

    def _table(self, node: exp.Table) -> list[Column] | None:
        schema = node.args.get("db")
        name = Name(_part(node.this), _part(schema) if schema is not None else self._home)
        draft = self._catalog.find(name)
        if draft is None:
            return None
        if draft.query is not None and not self._last:
            raise NotYetError
        return list(draft.columns.values()) or None

    def _declared(self, node: exp.Expr) -> list[Column] | None:
        """The columns that the alias of a function names: `f() AS t (a int, b text)`."""
        alias = node.args.get("alias")
        named = alias.args.get("columns") if isinstance(alias, exp.TableAlias) else None
        if not named:
            return None
        return [
            Column(
                name=item.name,
                type=item.kind.sql() if isinstance(item, exp.ColumnDef) and item.kind else "",
            )
            for item in named
        ]

    def _renamed(self, node: exp.Expr, columns: list[Column]) -> list[Column]:
        """Columns under the names that `alias (a, b)` gives them."""
        declared = self._declared(node)
        if declared is None:
            return columns
        return [
            column.model_copy(update={"name": new.name})
            for column, new in zip(columns, declared, strict=False)
        ]

    def _project(self, node: exp.Expr, sources: Sources) -> list[Column]:
        if isinstance(node, exp.Star):
            return [column for name in sources for column in self._all(name, sources)]
        if isinstance(node, exp.Column) and isinstance(node.this, exp.Star):
            return self._all(node.table.lower(), sources)
        inner = node.unalias()
        origin = self._origin(inner, sources) if isinstance(inner, exp.Column) else None
        named = node.args.get("alias") or inner.args.get("this")
        return [
            Column(
                name=node.output_name or self._name_of(inner),
                type=origin.type if origin else "",
                nullable=origin.nullable if origin else True,
                quoted=isinstance(named, exp.Identifier) and bool(named.args.get("quoted")),
            )
        ]

    def _all(self, name: str, sources: Sources) -> list[Column]:
        columns = sources.get(name)
        if columns is None:
            raise UnknownColumnsError(say("ddl.query_all_of", table=name))
        return [
            Column(
                name=column.name, type=column.type, nullable=column.nullable, quoted=column.quoted
            )
            for column in columns
        ]

    def _origin(self, node: exp.Column, sources: Sources) -> Column | None:
        """The table's column that a plain column of the query is."""
        searched = [sources.get(node.table.lower())] if node.table else list(sources.values())
        name = node.name.lower()
        return next(
            (
                column
                for columns in searched
                for column in columns or ()
                if column.name.lower() == name
            ),
            None,
        )

    def _name_of(self, node: exp.Expr) -> str:
        """What a database calls an expression that has no alias, more or less."""
        if isinstance(node, exp.Cast):
            return node.this.output_name or node.this.name
        if isinstance(node, exp.Anonymous):
            return node.name.lower()
        if isinstance(node, exp.Func):
            return node.sql_name().lower()
        return node.sql(dialect=self._catalog.profile.sqlglot)


def _part(identifier: exp.Expr) -> Part:
    return Part(identifier.name, bool(identifier.args.get("quoted")))
