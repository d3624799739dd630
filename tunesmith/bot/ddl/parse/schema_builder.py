"""What the file has made so far, as a database would hold it: found by name, changed in place."""

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field

from sqlglot import exp

from tunesmith.bot.ddl.dialects import Dialect
from tunesmith.bot.ddl.model import Column, ForeignKey, Schema, Table, Unparsed
from tunesmith.bot.ddl.parse.cursor import Part, TableName
from tunesmith.bot.messages import Message, say

_SHOWN = 200  # characters of a piece that was not understood


@dataclass(slots=True)
class Key:
    """A primary or unique key; `columns` are keys of `Draft.columns`."""

    name: str | None
    columns: list[str]
    offset: int

    def copy(self) -> "Key":
        """The same key for another table."""
        return Key(self.name, list(self.columns), self.offset)


@dataclass(slots=True)
class Reference:
    """A foreign key whose target is looked up when the whole file is read."""

    name: str | None
    columns: list[str]
    target: TableName
    to: list[Part]
    offset: int


@dataclass(slots=True)
class Query:
    """The query a view or table is made from, and the names it gives to its columns.

    `home` is the schema of the names without one, as in `SchemaBuilder`.
    """

    text: str
    names: list[Part]
    offset: int
    home: Part | None
    tree: exp.Expr | None = None  # once it is parsed


@dataclass(slots=True)
class Draft:
    """A table or view as far as it is known. `columns` is keyed by folded name."""

    name: Part
    schema: Part | None
    schema_key: str
    schema_shown: bool
    columns: dict[str, Column] = field(default_factory=dict[str, Column])
    primary: Key | None = None
    unique: list[Key] = field(default_factory=list[Key])
    references: list[Reference] = field(default_factory=list[Reference])
    comment: str | None = None
    remark: str | None = None
    query: Query | None = None
    # Comments that wait until the query's columns are known.
    column_comments: dict[str, str] = field(default_factory=dict[str, str])
    is_view: bool = False
    temporary: bool = False
    partition_of: "Draft | None" = None

    def drop_primary(self) -> None:
        """Take the primary key away; its columns stay mandatory."""
        for name in self.primary.columns if self.primary else ():
            if name in self.columns:
                self.columns[name].nullable = False
        self.primary = None

    @property
    def label(self) -> str:
        """The name as it is shown."""
        return str(TableName(self.name, self.schema if self.schema_shown else None))


class SchemaBuilder:
    """Tables by name, under the rules of the dialect for the case of names."""

    def __init__(self, text: str, dialect: Dialect) -> None:
        self.text, self.dialect, self.profile = text, dialect, dialect.profile
        self.types: dict[str, str] = {}
        self.mandatory_types: set[str] = set()
        self.ignored: Counter[str] = Counter()
        self.unparsed: list[Unparsed] = []
        self.home: Part | None = None  # where names without a schema go from here on
        self.home_shown = False
        self.unique_indexes: dict[str, list[str]] = {}
        self.drafts: list[Draft] = []  # in the order of the file
        self._by_name: dict[str, list[Draft]] = {}
        self._line_starts: list[int] | None = None

    # --- names

    def fold(self, part: Part) -> str:
        """A name as the database compares it."""
        return self.profile.fold(part.text, quoted=part.quoted)

    def fold_or_none(self, part: Part | None) -> str | None:
        """The same for a name that may be missing."""
        return self.fold(part) if part else None

    def _schema_key(self, schema: Part | None) -> str:
        if schema is not None:
            return self.fold(schema)
        return self.fold(self.home) if self.home else self.profile.home

    def placed(self, name: TableName) -> TableName:
        """The name with the schema it has at this place of the file."""
        return name if name.schema or self.home is None else TableName(name.last, self.home)

    # --- tables

    def create(self, name: TableName) -> Draft | None:
        """A new, empty table; None if there is one of that name."""
        key, schema_key = self.fold(name.last), self._schema_key(name.schema)
        if any(draft.schema_key == schema_key for draft in self._by_name.get(key, ())):
            return None
        draft = Draft(
            name.last,
            name.schema or self.home,
            schema_key,
            name.schema is not None or self.home_shown,
        )
        self.drafts.append(draft)
        self._by_name.setdefault(key, []).append(draft)
        return draft

    def find(self, name: TableName) -> Draft | None:
        """The table of that name. A name without a schema finds the only one, wherever it is."""
        drafts = self._by_name.get(self.fold(name.last), [])
        schema_key = self._schema_key(name.schema)
        for draft in drafts:
            if draft.schema_key == schema_key:
                return draft
        if len(drafts) == 1 and (name.schema is None or not drafts[0].schema_shown):
            return drafts[0]
        return None

    def drop(self, draft: Draft) -> None:
        """Forget a table."""
        self.drafts = [other for other in self.drafts if other is not draft]
        self._unname(draft)

    def _unname(self, draft: Draft) -> None:
        drafts = self._by_name[self.fold(draft.name)]
        drafts[:] = [other for other in drafts if other is not draft]

    def drop_schema(self, schema: Part) -> None:
        """Forget the tables of a schema."""
        for draft in [draft for draft in self.drafts if draft.schema_key == self.fold(schema)]:
            self.drop(draft)

    def rename(self, draft: Draft, new: TableName) -> None:
        """Give a table another name; references to it follow."""
        pointing = self._pointing_at(draft)
        self._unname(draft)
        draft.name = new.last
        if new.schema is not None:
            draft.schema, draft.schema_key = new.schema, self.fold(new.schema)
            draft.schema_shown = True
        self._by_name.setdefault(self.fold(draft.name), []).append(draft)
        for reference in pointing:
            reference.target = TableName(draft.name, draft.schema if draft.schema_shown else None)

    def _pointing_at(self, draft: Draft) -> list[Reference]:
        references = (ref for other in self.drafts for ref in other.references)
        return [ref for ref in references if self.find(ref.target) is draft]

    def set_primary(self, draft: Draft, key: Key) -> None:
        """Give a table its primary key. A second, different one is named as not understood."""
        if draft.primary is None:
            draft.primary = key
        elif draft.primary.columns != key.columns:
            text = f"{draft.label} ({', '.join(key.columns)})"
            self.note(key.offset, text, say("ddl.second_primary"))

    # --- columns

    def column(self, draft: Draft, part: Part) -> Column | None:
        """The column of that name."""
        return draft.columns.get(self.fold(part))

    def rename_column(self, draft: Draft, old: Part, new: Part) -> bool:
        """Give a column another name; keys and references follow. False if it isn't there."""
        before, after = self.fold(old), self.fold(new)
        if before not in draft.columns:
            return False
        draft.columns[before].name, draft.columns[before].quoted = new.text, new.quoted
        if before == after:
            return True
        draft.columns = {
            after if key == before else key: column for key, column in draft.columns.items()
        }
        keys = [*draft.unique, *([draft.primary] if draft.primary else [])]
        for key in [*keys, *draft.references]:
            key.columns = [after if name == before else name for name in key.columns]
        for ref in self._pointing_at(draft):
            ref.to = [new if self.fold(part) == before else part for part in ref.to]
        return True

    def drop_column(self, draft: Draft, part: Part) -> bool:
        """Take a column away with the keys it is part of. False if it isn't there."""
        gone = self.fold(part)
        if draft.columns.pop(gone, None) is None:
            return False
        if draft.primary and gone in draft.primary.columns:
            draft.primary = None
        draft.unique = [key for key in draft.unique if gone not in key.columns]
        draft.references = [ref for ref in draft.references if gone not in ref.columns]
        return True

    def is_mandatory(self, type_text: str) -> bool:
        """Whether the file makes this type one that is never null."""
        return bool(self.mandatory_types) and self.type_key(type_text) in self.mandatory_types

    @staticmethod
    def type_key(type_text: str) -> str:
        """A type's own name, without its schema and quotes."""
        return type_text.rsplit(".", 1)[-1].strip('"').lower()

    # --- what was not understood

    def note(self, offset: int, text: str, reason: Message) -> None:
        """Remember a piece that was not understood; `offset` is where it stands in the file."""
        if self._line_starts is None:
            self._line_starts = [0]
            at = self.text.find("\n")
            while at >= 0:
                self._line_starts.append(at + 1)
                at = self.text.find("\n", at + 1)
        line = bisect_right(self._line_starts, offset)
        shown = " ".join(text[: 4 * _SHOWN].split())
        if len(shown) > _SHOWN:
            shown = shown[: _SHOWN - 1] + "…"
        self.unparsed.append(Unparsed(line=line, text=shown, reason=reason))

    # --- the result

    def finish(self, confidence: float) -> Schema:
        """All that is known, with every reference resolved."""
        drafts = [draft for draft in self.drafts if not draft.temporary]
        # MySQL: with several databases, or some names that have theirs, all names have it.
        several = len({draft.schema_key for draft in drafts}) > 1
        shown = {draft.schema_key for draft in drafts if draft.schema_shown}
        for draft in drafts:
            draft.schema_shown = draft.schema is not None and (several or draft.schema_key in shown)
        for draft in drafts:
            self._settle_keys(draft)
        for draft in drafts:
            self._inherit_from_parent(draft)
        return Schema(
            dialect=self.dialect,
            confidence=confidence,
            tables=[self._table(draft) for draft in drafts],
            types=self.types,
            ignored=dict(self.ignored.most_common()),
            unparsed=sorted(self.unparsed, key=lambda item: item.line),
        )

    def _settle_keys(self, draft: Draft) -> None:
        """Keys whose columns exist stay, the others are named as not understood."""
        for key in [*draft.unique, *([draft.primary] if draft.primary else [])]:
            missing = [name for name in key.columns if name not in draft.columns]
            if missing:
                reason = say("ddl.key_columns_missing", columns=missing, table=draft.label)
                self.note(key.offset, f"{draft.label} ({', '.join(key.columns)})", reason)
                key.columns = []
        if draft.primary and not draft.primary.columns:
            draft.primary = None
        if draft.primary:
            for name in draft.primary.columns:
                draft.columns[name].nullable = False

    def _inherit_from_parent(self, draft: Draft) -> None:
        """A partition has the keys and references of its table."""
        parent = draft.partition_of
        if parent is None:
            return
        whole = parent.primary and set(parent.primary.columns) <= set(draft.columns)
        if draft.primary is None and parent.primary is not None and whole:
            draft.primary = parent.primary
            for name in draft.primary.columns:
                draft.columns[name].nullable = False
        known = {(tuple(ref.columns), self.fold(ref.target.last)) for ref in draft.references}
        draft.references += [
            ref
            for ref in parent.references
            if (tuple(ref.columns), self.fold(ref.target.last)) not in known
        ]

    def _table(self, draft: Draft) -> Table:
        def shown(keys: list[str]) -> list[str]:
            return [draft.columns[key].name for key in keys]

        unique = {tuple(key.columns): shown(key.columns) for key in draft.unique if key.columns}
        return Table(
            name=draft.label,
            comment=draft.comment,
            columns=list(draft.columns.values()),
            primary_key=shown(draft.primary.columns) if draft.primary else [],
            foreign_keys=[
                key for ref in draft.references if (key := self._foreign_key(draft, ref))
            ],
            unique=list(unique.values()),
            is_view=draft.is_view,
            partition_of=draft.partition_of.label if draft.partition_of else None,
            remark=draft.remark,
            quoted=draft.name.quoted,
        )

    def _foreign_key(self, draft: Draft, ref: Reference) -> ForeignKey | None:
        missing = [name for name in ref.columns if name not in draft.columns]
        target = self.find(ref.target)
        to = [self.fold(part) for part in ref.to]
        if target and not to and target.primary:
            to = target.primary.columns
        lost = [name for name in to if target and name not in target.columns]
        text = f"{draft.label} ({', '.join(ref.columns)}) → {ref.target}"
        if missing or lost:
            self.note(
                ref.offset, text, say("ddl.reference_columns_missing", columns=missing + lost)
            )
            return None
        columns = [draft.columns[name].name for name in ref.columns]
        if target is None:
            written = [part.text for part in ref.to]
            return ForeignKey(columns=columns, table=str(ref.target), references=written)
        if len(to) != len(columns):
            self.note(ref.offset, text, say("ddl.reference_counts_differ"))
            return None
        references = [target.columns[name].name for name in to]
        return ForeignKey(columns=columns, table=target.label, references=references)
