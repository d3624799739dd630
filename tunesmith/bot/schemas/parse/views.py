"""The columns of views, and of tables made from a query."""

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from tunesmith.bot.schemas.model import Column
from tunesmith.bot.schemas.parse.catalog import Catalog, Draft, Query
from tunesmith.bot.schemas.parse.cursor import Cursor, Name, Part

_LONGEST = 200_000  # characters of a query that is read
_MODIFIERS = frozenset(
    "OR REPLACE ALTER FORCE NOFORCE EDITIONABLE NONEDITIONABLE EDITIONING TEMP TEMPORARY MATERIALIZED RECURSIVE"
    " ALGORITHM UNDEFINED MERGE TEMPTABLE SQL SECURITY DEFINER INVOKER".split()
)

Columns = dict[str, Column]


def create_view(cursor: Cursor, catalog: Catalog) -> None:
    """Read a statement behind its CREATE or ALTER."""
    start = cursor.at
    words: set[str] = set()
    while cursor.word() != "VIEW" and not cursor.done:
        words.add(cursor.word())
        cursor.at += 1  # MySQL: DEFINER = `root`@`%` and the like stand here
    cursor.accept("VIEW")
    cursor.accept("IF", "NOT", "EXISTS")
    offset = cursor.offset
    name = cursor.table_name()
    if name is None:
        catalog.note(offset, cursor.source(start), "a view without a name")
        return
    if words & {"REPLACE", "ALTER"} or start == 0:
        old = catalog.find(name)
        if old is not None and old.is_view:
            catalog.drop(old)
    draft = catalog.create(name)
    if draft is None:
        catalog.note(
            offset, f"CREATE VIEW {name}", "a second table or view of this name; the first is kept"
        )
        return
    draft.is_view = True
    draft.temporary = bool(words & {"TEMP", "TEMPORARY"})
    group = cursor.group()
    names = [part for element in group.elements() if (part := element.name())] if group else []
    while not cursor.done and not cursor.accept("AS"):
        if cursor.accept("COMMENT"):
            cursor.symbol("=")
            draft.comment = cursor.string()
        elif cursor.group() is None:
            cursor.at += 1
    for tail in (
        ("WITH", "CHECK", "OPTION"),
        ("WITH", "READ", "ONLY"),
        ("WITH", "DATA"),
        ("WITH", "NO", "DATA"),
    ):
        _cut(cursor, tail)
    draft.query = Query(cursor.source(), names, offset)


def _cut(cursor: Cursor, words: tuple[str, ...]) -> None:
    """Leave these words off the end."""
    at = cursor.stop - len(words)
    if at > cursor.at and [token.value for token in cursor.tokens[at : cursor.stop]] == list(words):
        cursor.stop = at


def resolve_queries(catalog: Catalog) -> None:
    """Find the columns of everything that is made from a query, in whatever order it stands."""
    waiting = [draft for draft in catalog.drafts if draft.query is not None]
    while waiting:
        left = [draft for draft in waiting if not _resolve(draft, catalog, last=False)]
        if len(left) == len(waiting):
            for draft in left:
                _resolve(draft, catalog, last=True)
            return
        waiting = left


def _resolve(draft: Draft, catalog: Catalog, *, last: bool) -> bool:
    """Give `draft` its columns. False if a table it selects from is still to be resolved."""
    query = draft.query
    assert query is not None
    names = query.names
    if (
        not draft.is_view
        and draft.columns
        and not any(column.type for column in draft.columns.values())
    ):
        names = [Part(column.name, column.quoted) for column in draft.columns.values()]
        draft.columns = {}
    try:
        columns = _columns(query.text, catalog, last=last)
    except _NotYet:
        return False
    except (SqlglotError, RecursionError, _UnknownColumns) as error:
        reason = (
            str(error) if isinstance(error, _UnknownColumns) else "its query was not understood"
        )
        columns = [Column(name=part.text, type="", quoted=part.quoted) for part in names]
        if not names:
            catalog.note(
                query.offset,
                f"{draft.label} AS {query.text}",
                f"the columns of {draft.label} are unknown: {reason}",
            )
    if names and len(names) == len(columns):
        columns = [
            column.model_copy(update={"name": part.text, "quoted": part.quoted})
            for part, column in zip(names, columns, strict=True)
        ]
    for column in columns:
        key = catalog.fold(Part(column.name, column.quoted))
        draft.columns.setdefault(key, column)
    for key, text in draft.column_comments.items():
        if key in draft.columns:
            draft.columns[key].comment = text or None
        elif draft.columns:
            catalog.note(
                query.offset,
                f"{draft.label}.{key}: {text}",
                f"it describes a column that {draft.label} does not have",
            )
    draft.query = None
    return True


class _NotYet(Exception):
    """A table the query selects from has no columns yet."""


class _UnknownColumns(Exception):
    """`*` over something whose columns are not known."""


def _columns(text: str, catalog: Catalog, *, last: bool) -> list[Column]:
    if len(text) > _LONGEST:
        raise _UnknownColumns("its query is too long")
    tree = sqlglot.parse_one(text, read=catalog.dialect.value)
    return list(_Reader(catalog, last=last).columns(tree, {}))


class _Reader:
    """Finds the columns of a query from the tables it selects from."""

    def __init__(self, catalog: Catalog, *, last: bool) -> None:
        self._catalog, self._last = catalog, last

    def columns(self, tree: exp.Expression, known: dict[str, list[Column]]) -> list[Column]:
        """The columns that a query returns; `known` are its common table expressions."""
        known = dict(known)
        with_ = tree.args.get("with_") or tree.args.get("with")
        for cte in with_.expressions if with_ else ():
            known[cte.alias.lower()] = self._named(cte, self._cte(cte, known))
        if isinstance(tree, exp.SetOperation):
            return self.columns(tree.this, known)
        if isinstance(tree, exp.Subquery):
            return self.columns(tree.this, known)
        if not isinstance(tree, exp.Select):
            raise _UnknownColumns("its query is no SELECT")
        sources = self._sources(tree, known)
        found: list[Column] = []
        for projection in tree.expressions:
            found += self._project(projection, sources)
        return found

    def _cte(self, cte: exp.CTE, known: dict[str, list[Column]]) -> list[Column]:
        # A recursive one is known by its first part.
        return self.columns(cte.this, known)

    def _named(self, node: exp.Expression, columns: list[Column]) -> list[Column]:
        """Columns under the names that `alias (a, b)` gives them."""
        alias = node.args.get("alias")
        names = alias.args.get("columns") if isinstance(alias, exp.TableAlias) else None
        if not names:
            return columns
        return [
            column.model_copy(update={"name": name.name})
            for column, name in zip(columns, names, strict=False)
        ]

    def _sources(
        self, select: exp.Select, known: dict[str, list[Column]]
    ) -> dict[str, list[Column] | None]:
        """What the query selects from, by alias; None where the columns are not known."""
        from_ = select.args.get("from_") or select.args.get("from")
        nodes = [from_.this] if from_ else []
        nodes += [join.this for join in select.args.get("joins") or ()]
        nodes += [lateral for lateral in select.args.get("laterals") or ()]
        sources: dict[str, list[Column] | None] = {}
        for node in nodes:
            self._add_source(node, known, sources)
        return sources

    def _add_source(
        self,
        node: exp.Expression,
        known: dict[str, list[Column]],
        sources: dict[str, list[Column] | None],
    ) -> None:
        name = node.alias_or_name.lower()
        if isinstance(node, exp.Subquery):
            if isinstance(node.this, exp.Table):
                self._add_source(node.this, known, sources)
            else:
                sources[name] = self._named(node, self.columns(node.this, known))
        elif isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
            sources[name] = (
                self._named(node, known[node.name.lower()])
                if not node.db and node.name.lower() in known
                else self._table(node)
            )
        else:
            sources[name] = None
        for join in node.args.get("joins") or ():
            self._add_source(join.this, known, sources)

    def _table(self, node: exp.Table) -> list[Column] | None:
        identifier = node.this
        schema = node.args.get("db")
        name = Name(
            Part(node.name, bool(identifier.args.get("quoted"))),
            Part(schema.name, bool(schema.args.get("quoted")))
            if isinstance(schema, exp.Identifier)
            else None,
        )
        draft = self._catalog.find(name)
        if draft is None:
            return None
        if draft.query is not None and not self._last:
            raise _NotYet
        return self._named(node, list(draft.columns.values())) if draft.columns else None

    def _project(
        self, node: exp.Expression, sources: dict[str, list[Column] | None]
    ) -> list[Column]:
        if isinstance(node, exp.Star):
            return [column for name in sources for column in self._all(name, sources)]
        if isinstance(node, exp.Column) and isinstance(node.this, exp.Star):
            return self._all(node.table.lower(), sources)
        inner = node.unalias()
        source = self._origin(inner, sources) if isinstance(inner, exp.Column) else None
        quoted = self._quoted(node)
        name = node.alias_or_name or node.output_name or self._default_name(inner)
        return [
            Column(
                name=name,
                type=source.type if source else "",
                nullable=source.nullable if source else True,
                quoted=quoted,
            )
        ]

    def _all(self, name: str, sources: dict[str, list[Column] | None]) -> list[Column]:
        columns = sources.get(name)
        if columns is None:
            raise _UnknownColumns(f"it selects all of {name}, whose columns are not known")
        return [
            Column(
                name=column.name, type=column.type, nullable=column.nullable, quoted=column.quoted
            )
            for column in columns
        ]

    def _origin(self, node: exp.Column, sources: dict[str, list[Column] | None]) -> Column | None:
        """The column of a table that a plain column is."""
        searched = [sources.get(node.table.lower())] if node.table else list(sources.values())
        matches = [
            column
            for columns in searched
            for column in columns or ()
            if column.name.lower() == node.name.lower()
        ]
        return matches[0] if matches else None

    def _quoted(self, node: exp.Expression) -> bool:
        identifier = node.args.get("alias") or node.args.get("this")
        return isinstance(identifier, exp.Identifier) and bool(identifier.args.get("quoted"))

    def _default_name(self, node: exp.Expression) -> str:
        """What a database calls an expression without an alias, more or less."""
        if isinstance(node, exp.Func):
            return (
                node.sql_name().lower()
                if not isinstance(node, exp.Anonymous)
                else node.name.lower()
            )
        return node.sql(dialect=self._catalog.dialect.value)
