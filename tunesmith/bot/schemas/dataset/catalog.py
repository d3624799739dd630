"""A schema made ready for asking: each column's kind, role and codes, each table's relations."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tunesmith.bot.schemas.dataset.kinds import Kind, kind_of, options_of
from tunesmith.bot.schemas.dataset.roles import Role, role_of
from tunesmith.bot.schemas.model import Column, Dialect, Schema, Table
from tunesmith.bot.schemas.dataset._pending import code_list, relations_of


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
    kind: Kind
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
        """The field by which people call a row: its name, else its number, else its key."""
        named = self.having(Role.NAME, Role.REFERENCE)
        keys = [self.fields[name] for name in self.table.primary_key if name in self.fields]
        return (named + keys + list(self.fields.values()))[0]


class Catalog:
    """All entities of a schema by name."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.dialect: Dialect = schema.dialect
        # A partition's rows are its parent's, and a table without columns cannot be asked.
        tables = [table for table in schema.tables if table.columns and not table.partition_of]
        links = [
            link
            for link in _links(schema)
            if _has(tables, link.child, link.columns) and _has(tables, link.parent, link.references)
        ]
        self.entities = {table.name: _entity(table, links, schema) for table in tables}
        for link in links:
            self.entities[link.child].parents.append(link)
            self.entities[link.parent].children.append(link)

    def __iter__(self) -> Iterator[Entity]:
        return iter(self.entities.values())

    def __getitem__(self, table: str) -> Entity:
        return self.entities[table]

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
    kind = kind_of(declared, schema.dialect)
    codes = {value: value for value in options_of(declared)} or _codes(column, kind)
    if codes:
        kind = kind if kind is Kind.INTEGER else Kind.TEXT
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


def _codes(column: Column, kind: Kind) -> dict[str, str]:
    found = dict(code_list(column.described))
    if kind in (Kind.INTEGER, Kind.BIT):
        whole = {value: meaning for value, meaning in found.items() if value.lstrip("-").isdigit()}
        return whole if len(whole) == len(found) else {}
    return found if kind is Kind.TEXT else {}


def _links(schema: Schema) -> list[Link]:
    return [
        Link(r.table, tuple(r.columns), r.parent, tuple(r.references), r.declared)
        for r in relations_of(schema)
    ]


def _has(tables: list[Table], name: str, columns: tuple[str, ...]) -> bool:
    found = next((table for table in tables if table.name == name), None)
    if not columns or found is None:
        return False
    return {column.name for column in found.columns}.issuperset(columns)
