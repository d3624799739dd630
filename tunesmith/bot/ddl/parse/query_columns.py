"""The columns of views and of tables that are made from a query."""

import time

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from tunesmith.bot.ddl.dialects.profile import Profile
from tunesmith.bot.ddl.model import Column, Table
from tunesmith.bot.ddl.parse.cursor import Part, TableName
from tunesmith.bot.ddl.parse.schema_builder import Draft, Query, SchemaBuilder
from tunesmith.bot.ddl.resolver.names import Name
from tunesmith.bot.ddl.resolver.resolver import Resolver
from tunesmith.bot.ddl.resolver.scope import Source
from tunesmith.bot.ddl.resolver.table_index import Entry
from tunesmith.bot.messages import Message, say

_LONGEST = 200_000  # characters of a query that is read
# What sqlglot and the resolver raise where a broken query has a tree without what every tree has.
_SLIPS = (AttributeError, IndexError, KeyError, TypeError, ValueError)


Entries = dict[str, Entry]  # by the table's label


class NotYetError(Exception):
    """A table or view that the query selects from has no columns yet."""


class UnknownColumnsError(Exception):
    """The columns cannot be told; `why` says why."""

    def __init__(self, why: Message) -> None:
        super().__init__(why.key)
        self.why = why


def query_columns(
    query: Query, builder: SchemaBuilder, entries: Entries, deadline: float, *, last: bool
) -> list[Column]:
    """The columns of a query. Raises `UnknownColumnsError`, and `NotYetError` unless `last`.

    `entries` keeps the tables that were looked up, for the next query.
    """
    if time.monotonic() > deadline:
        raise UnknownColumnsError(say("ddl.query_time_over"))
    if len(query.text) > _LONGEST:
        raise UnknownColumnsError(say("ddl.query_too_long"))
    dialect = builder.profile
    resolver = Resolver(_Declared(builder, entries, query.home, last=last), query.text)
    try:
        query.tree = query.tree or sqlglot.parse_one(query.text, read=dialect.sqlglot)
        if not isinstance(query.tree, exp.Query):
            raise UnknownColumnsError(say("ddl.query_no_select"))
        shown = resolver.query(query.tree, None)
    except (SqlglotError, RecursionError, *_SLIPS) as error:
        raise UnknownColumnsError(say("ddl.query_unknown")) from error
    if not shown.complete:
        absent = next(iter(resolver.findings.tables), None)
        all_of = say("ddl.query_all_of", table=absent) if absent else say("ddl.query_all_unknown")
        raise UnknownColumnsError(all_of)
    return [
        _column(name, source, dialect)
        for name, source in zip(shown.names, shown.sources, strict=True)
    ]


class _Declared:
    """The tables that the file has declared, for the resolver; `home` as in `Query`."""

    def __init__(
        self, builder: SchemaBuilder, entries: Entries, home: Part | None, *, last: bool
    ) -> None:
        self.dialect = builder.profile
        self._builder, self._entries = builder, entries
        self._home, self._last = home, last

    def find(self, name: Name, schema: Name | None) -> list[Entry]:
        front = Part(schema.text, bool(schema.quoted)) if schema else self._home
        draft = self._builder.find(TableName(Part(name.text, bool(name.quoted)), front))
        if draft is None:
            return []
        if draft.query is not None and not self._last:
            raise NotYetError
        if draft.query is not None:
            return [self._entry(draft)]
        if draft.label not in self._entries:
            self._entries[draft.label] = self._entry(draft)
        return [self._entries[draft.label]]

    def _entry(self, draft: Draft) -> Entry:
        table = Table(
            name=draft.label,
            columns=list(draft.columns.values()),
            is_view=draft.is_view,
            quoted=draft.name.quoted,
        )
        return Entry.of(table, self.dialect)


def _column(name: Name, source: Source, dialect: Profile) -> Column:
    """The column that an item of the select list makes, as far as it is known."""
    if isinstance(source, Column):
        return Column(
            name=name.text, type=source.type, nullable=source.nullable, quoted=bool(name.quoted)
        )
    if isinstance(source, exp.ColumnDef):
        kind = source.args.get("kind")
        return Column(name=name.text, type=kind.sql() if isinstance(kind, exp.Expr) else "")
    if source is None or isinstance(source, exp.Alias | exp.Column):
        return Column(name=name.text, type="", quoted=bool(name.quoted))
    return Column(name=name.text or _made_up(source, dialect), type="")


def _made_up(item: exp.Expr, dialect: Profile) -> str:
    """What a database calls an expression that has no alias, more or less."""
    if isinstance(item, exp.Cast):
        return item.this.output_name or item.this.name
    if isinstance(item, exp.Anonymous):
        return item.name.lower()
    if isinstance(item, exp.Func):
        return item.sql_name().lower()
    return item.output_name or item.sql(dialect=dialect.sqlglot)
