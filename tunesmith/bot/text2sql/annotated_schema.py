"""A schema made ready for asking: each column's kind, role and codes, each table's relations."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tunesmith.bot.ddl.codes import code_list
from tunesmith.bot.ddl.dialects.profile import Profile, ValueKind
from tunesmith.bot.ddl.model import Column, Schema, Table
from tunesmith.bot.ddl.relations import relations
from tunesmith.bot.ddl.words import words_of
from tunesmith.bot.text2sql.create_table import create_table
from tunesmith.bot.text2sql.roles import Role, role_of, says
from tunesmith.bot.text2sql.value_kinds import kind_of, options_of

# What a row's own name is called beside the words of its table.
_NAMING = frozenset(
    ["name", "title", "subject", "nm", "sj", "last", "full", "user", "nick", "username"]
)
_NUMBERING = frozenset(["no", "number", "sn", "code"])


@dataclass(frozen=True, slots=True)
class Link:
    """A relation: `columns[i]` of `child` point at `references[i]` of `parent`."""

    child: str
    columns: tuple[str, ...]
    parent: str
    references: tuple[str, ...]
    declared: bool


@dataclass(slots=True)
class Field:
    """A column with what it is for. `codes` maps each code value to its meaning."""

    column: Column
    kind: ValueKind
    role: Role
    codes: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def name(self) -> str:
        """The column's name."""
        return self.column.name


@dataclass(slots=True)
class Entity:
    """A table or view with its fields; `parents` are the relations that leave it."""

    table: Table
    fields: dict[str, Field]
    parents: list[Link] = field(default_factory=list[Link])
    children: list[Link] = field(default_factory=list[Link])

    @property
    def name(self) -> str:
        """The table's name."""
        return self.table.name

    def having(self, *roles: Role) -> list[Field]:
        """The fields of the given roles, in the order of the roles, then of the columns."""
        return [one for role in roles for one in self.fields.values() if one.role is role]

    def display(self) -> Field:
        """The field by which people call a row: its own name, else its number, else its key."""
        named = self.having(Role.NAME, Role.PLACE)
        own = [one for one in named if self._is_own_name(one)]
        numbers = [one for one in self.having(Role.REFERENCE) if self._is_own_name(one)]
        keys = [self.fields[name] for name in self.table.primary_key if name in self.fields]
        rest = self.having(Role.NAME) + list(self.fields.values())
        return (own + numbers + (keys if len(keys) == 1 else []) + rest)[0]

    def events(self) -> list[Field]:
        """The dates on which something happened: not birthdays, deadlines or last changes."""
        return [one for one in self.recent() if not says("touched", one.column)]

    def recent(self) -> list[Field]:
        """The dates by which rows are recent: events first, then last changes."""
        dates = [one for one in self.having(Role.DATE) if not says("planned", one.column)]
        return sorted(dates, key=lambda one: says("touched", one.column))

    def _is_own_name(self, one: Field) -> bool:
        """Whether a name is the row's own: goods_name of goods, but not receiver_name of orders."""
        table = self.name.rpartition(".")[2].replace("_", "").lower()
        return all(
            word in _NAMING or word in _NUMBERING or word in table for word in words_of(one.name)
        )


class AnnotatedSchema:
    """All entities of a schema by name."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        # A partition's rows are its parent's, and a table without columns cannot be asked.
        tables = [table for table in schema.tables if table.columns and not table.partition_of]
        links = [
            link
            for link in _links(schema)
            if _has(tables, link.child, link.columns) and _has(tables, link.parent, link.references)
        ]
        self.entities = {table.name: _entity(table, links, schema) for table in tables}
        self._ddl: dict[str, str] = {}
        self._by_last_name: dict[str, list[Table]] = {}
        for table in schema.tables:
            last = table.name.rpartition(".")[2].casefold()
            self._by_last_name.setdefault(last, []).append(table)
        for link in links:
            self.entities[link.child].parents.append(link)
            self.entities[link.parent].children.append(link)

    @property
    def dialect(self) -> Profile:
        """The schema's dialect."""
        return self.schema.dialect.profile

    def __iter__(self) -> Iterator[Entity]:
        """The entities in the order of the file."""
        return iter(self.entities.values())

    def __getitem__(self, table: str) -> Entity:
        """The entity of a table's name."""
        return self.entities[table]

    def ddl(self, table: str) -> str:
        """The CREATE TABLE statement of a table."""
        if table not in self._ddl:
            self._ddl[table] = create_table(self[table].table, self.dialect)
        return self._ddl[table]

    def around(self, tables: tuple[str, ...]) -> Schema:
        """The part of the schema in which a query on these tables means the same as in the whole.

        It holds their namesakes in other database schemas too. To check a query against 500
        tables takes forty times as long.
        """
        lasts = {table.rpartition(".")[2].casefold() for table in tables}
        chosen = [table for last in sorted(lasts) for table in self._by_last_name[last]]
        return self.schema.model_copy(update={"tables": chosen})

    @property
    def links(self) -> list[Link]:
        """All relations, in the order of the tables they leave."""
        return [link for entity in self for link in entity.parents]

    @property
    def codes(self) -> dict[tuple[str, str], list[str]]:
        """The code values by (table, column)."""
        return {
            (entity.name, one.name): list(one.codes)
            for entity in self
            for one in entity.fields.values()
            if one.codes
        }


def _entity(table: Table, links: list[Link], schema: Schema) -> Entity:
    keys = set(table.primary_key if len(table.primary_key) == 1 else ())
    for link in links:
        if link.child == table.name:
            keys.update(link.columns)
        if link.parent == table.name:
            keys.update(link.references)
    return Entity(table, {column.name: _field(column, keys, schema) for column in table.columns})


def _field(column: Column, keys: set[str], schema: Schema) -> Field:
    declared = _resolved(column.type, schema.types)
    kind = kind_of(declared, schema.dialect.profile)
    codes = {value: value for value in options_of(declared)} or _codes(column, kind)
    if codes:
        kind = kind if kind is ValueKind.INTEGER else ValueKind.TEXT
    role = role_of(column, kind, is_key=column.name in keys, has_codes=bool(codes))
    return Field(column, kind, role, codes if role is Role.CODE else {})


def _resolved(declared: str, types: dict[str, str]) -> str:
    """The type behind a type that the file itself makes (a domain or an enum)."""
    for _ in range(5):  # a domain over a domain
        name = declared.replace('"', "").replace("[", "").replace("]", "").strip()
        behind = types.get(name) or types.get(name.rpartition(".")[2])
        if behind is None:
            return declared
        declared = behind
    return declared


def _codes(column: Column, kind: ValueKind) -> dict[str, str]:
    found = dict(code_list(column.described))
    if kind in (ValueKind.INTEGER, ValueKind.BIT):
        whole = {value: meaning for value, meaning in found.items() if value.lstrip("-").isdigit()}
        return whole if len(whole) == len(found) else {}
    return found if kind is ValueKind.TEXT else {}


def _links(schema: Schema) -> list[Link]:
    links = [
        Link(
            one.table, tuple(one.columns), one.target, tuple(one.references), declared=one.declared
        )
        for one in relations(schema)
    ]
    declared = {(link.parent, link.references, link.child) for link in links if link.declared}
    # What a declared key says in one direction, names alone do not say in the other.
    return [
        link
        for link in links
        if link.declared or (link.child, link.columns, link.parent) not in declared
    ]


def _has(tables: list[Table], name: str, columns: tuple[str, ...]) -> bool:
    found = next((table for table in tables if table.name == name), None)
    if not columns or found is None:
        return False
    return {column.name for column in found.columns}.issuperset(columns)
