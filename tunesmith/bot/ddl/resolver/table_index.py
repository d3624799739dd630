"""A schema's tables, found the way a statement writes them."""

from dataclasses import dataclass
from functools import cache
from typing import Protocol

from tunesmith.bot.ddl.dialects import every_profile
from tunesmith.bot.ddl.dialects.profile import Profile
from tunesmith.bot.ddl.model import Schema, Table
from tunesmith.bot.ddl.resolver.names import Name, real_names
from tunesmith.bot.ddl.resolver.scope import Columns

# Where a statement without a schema's name looks first.
DEFAULT_SCHEMAS = frozenset(profile.home for profile in every_profile()) - {""}


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One table of the schema with its column names made ready for look-ups."""

    table: Table
    schema: Name | None
    name: Name
    columns: Columns
    hidden: frozenset[str]

    @staticmethod
    def of(table: Table, dialect: Profile) -> "Entry":
        """The entry of a table; its schema is what stands in front of its name."""
        front, _, last = table.name.rpartition(".")
        columns = Columns(
            (Name(column.name, column.quoted) for column in table.columns),
            dialect,
            # A table whose columns could not be read must not make true answers look false.
            complete=bool(table.columns),
            sources=table.columns,
        )
        return Entry(
            table,
            Name(front.rpartition(".")[2]) if front else None,
            Name(last, table.quoted),
            columns,
            frozenset() if table.is_view else _hidden(dialect),
        )


@cache
def _hidden(dialect: Profile) -> frozenset[str]:
    return frozenset(
        real for word in dialect.query.hidden for real in real_names(Name(word, False), dialect)
    )


class Tables(Protocol):
    """Where the resolver finds tables."""

    @property
    def dialect(self) -> Profile:
        """The dialect of the names."""
        ...

    def find(self, name: Name, schema: Name | None) -> list[Entry]:
        """The tables `schema.name` may mean: none, one, or several where only the schema tells."""
        ...


class TableIndex:
    """The tables of one schema by real name."""

    def __init__(self, schema: Schema, dialect: Profile) -> None:
        self.dialect = dialect
        self.entries = [Entry.of(table, dialect) for table in schema.tables]
        self._by_name: dict[str, list[Entry]] = {}
        for entry in self.entries:
            for real in real_names(entry.name, dialect):
                self._by_name.setdefault(real, []).append(entry)

    def find(self, name: Name, schema: Name | None) -> list[Entry]:
        """The tables `schema.name` may mean: none, one, or several where only the schema tells."""
        found = self._named(name)
        if schema is not None:
            wanted = real_names(schema, self.dialect)
            exact = [e for e in found if e.schema and real_names(e.schema, self.dialect) & wanted]
            other_file = schema.text.lower() not in DEFAULT_SCHEMAS
            if self.dialect.query.other_schemas_are_other_files and other_file:
                return exact
            # A DDL file need not name the schema or database that its tables end up in.
            return exact or [e for e in found if e.schema is None]
        if len(found) > 1:
            first = [
                e for e in found if e.schema is None or e.schema.text.lower() in DEFAULT_SCHEMAS
            ]
            return first or found
        return found

    def _named(self, name: Name) -> list[Entry]:
        unique: dict[int, Entry] = {}
        for real in real_names(name, self.dialect):
            for entry in self._by_name.get(real, ()):
                unique[id(entry)] = entry
        return list(unique.values())
