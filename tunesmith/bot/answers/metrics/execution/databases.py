"""Made-up databases for two queries: typed, keyed, and with what their conditions ask for.

Every database has another shape: few rows or many, values that repeat or hardly do, NULLs or none.
In each table some rows are hits (they satisfy what the queries ask of every column), some are near
misses (all columns but one), the rest are any rows. The same queries and schema give the same
databases.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from tunesmith.bot.answers.metrics.execution.constants import Place, wanted_by
from tunesmith.bot.answers.metrics.execution.statements import Statement
from tunesmith.bot.answers.metrics.execution.values import NUMBERS, Pool, Value, pool_of
from tunesmith.bot.ddl.model import Schema, Table
from tunesmith.bot.text2sql.annotated_schema import AnnotatedSchema, Entity, Link

Row = dict[str, Value]
_ROWS = (8, 25, 4, 14, 40)
_NULLS = (0.0, 0.15, 0.4)
_TRIES = 12
_NEAR = 0.3  # how often any value is one beside what a query asks for
_MOST_ROWS = 150
# How many parents a child that is no hit chooses among prefers the first: some have many children.
_SKEW = 2


@dataclass(frozen=True)
class Database:
    """The rows of each table that the queries read."""

    number: int
    rows: dict[str, list[Row]]


class Maker:
    """Makes databases for some queries over one schema."""

    def __init__(self, schema: Schema, statements: list[Statement]) -> None:
        tables = {table.name: table for one in statements for table in one.tables}
        # A view is a table here: its rows need not be those of the tables behind it.
        plain = [table.model_copy(update={"is_view": False}) for table in tables.values()]
        self._annotated = AnnotatedSchema(schema.model_copy(update={"tables": plain}))
        self._wanted = [wanted_by(one) for one in statements]
        self._links = {entity.name: self._links_of(entity) for entity in self._annotated}
        self._sizes = sorted({size for one in self._wanted for size in one.sizes})

    @property
    def entities(self) -> list[Entity]:
        """The tables of each database."""
        return list(self._annotated)

    def databases(self, count: int) -> Iterator[Database]:
        """That many databases, each of another shape."""
        for number in range(count):
            yield Database(number, _Filling(self, number).rows)

    def pools(self, entity: Entity, number: int) -> dict[str, Pool]:
        """What the columns of a table hold: what one query wants, the other, or both."""
        wanted = [self._wanted, self._wanted[:1], self._wanted[1:] or self._wanted][number % 3]
        return {
            name: pool_of((entity.name, name), one, wanted) for name, one in entity.fields.items()
        }

    def links(self, entity: Entity) -> list[Link]:
        """The relations of a table to tables whose rows are made before, or to itself."""
        return self._links[entity.name]

    def chance(self, number: int) -> random.Random:
        """The same numbers for the same database."""
        return random.Random(number)

    def count(self, entity: Entity, number: int) -> int:
        """How many rows a table gets."""
        rows = _ROWS[number % len(_ROWS)]
        is_parent = any(
            link.parent == entity.name != link.child
            for links in self._links.values()
            for link in links
        )
        if self._sizes and number % 2:
            return 3 if is_parent else min(3 * self._sizes[-1] + 3, _MOST_ROWS)
        return max(2, rows // 3) if is_parent and number % 3 == 0 else rows

    def _links_of(self, entity: Entity) -> list[Link]:
        """Keys first; then columns that a query sets equal, where no key says so."""
        links = list(entity.parents)
        keyed = {column for link in links for column in link.columns}
        order = [one.name for one in self._annotated]
        for wanted in self._wanted:
            for pair in wanted.equal:
                for child, parent in (pair, pair[::-1]):
                    if self._follows(child, parent, entity, order) and child[1] not in keyed:
                        keyed.add(child[1])
                        links.append(_link(child, parent))
        return links

    def _follows(self, child: Place, parent: Place, entity: Entity, order: list[str]) -> bool:
        known = {name for name in (child[0], parent[0]) if name in order}
        if child[0] != entity.name or len(known) < 2:
            return False
        if any(link.child == parent[0] and parent[1] in link.columns for link in entity.children):
            return False
        return order.index(parent[0]) < order.index(child[0])


def _link(child: Place, parent: Place) -> Link:
    return Link(child[0], (child[1],), parent[0], (parent[1],), declared=False)


class _Filling:
    """The rows of one database, table by table, parents first."""

    def __init__(self, maker: Maker, number: int) -> None:
        self._maker = maker
        self._number = number
        self._chance = maker.chance(number)
        self._few = number % 2 == 1
        self._nulls = _NULLS[number % len(_NULLS)]
        self.rows: dict[str, list[Row]] = {}
        for entity in maker.entities:
            self._fill(entity, frozenset())

    def _fill(self, entity: Entity, above: frozenset[str]) -> None:
        if entity.name in self.rows or entity.name in above:
            return
        by_name = {one.name: one for one in self._maker.entities}
        for link in self._maker.links(entity):
            self._fill(by_name[link.parent], above | {entity.name})
        pools = self._maker.pools(entity, self._number)
        rows = self.rows.setdefault(entity.name, [])
        taken: list[tuple[tuple[str, ...], set[tuple[Value, ...]]]] = [
            (columns, set()) for columns in _unique(entity.table)
        ]
        for place in range(self._maker.count(entity, self._number)):
            for attempt in range(_TRIES):
                row = self._row(entity, pools, place, attempt)
                keys = [tuple(row[name] for name in columns) for columns, _ in taken]
                if all(key not in seen for key, (_, seen) in zip(keys, taken, strict=True)):
                    for key, (_, seen) in zip(keys, taken, strict=True):
                        if None not in key:
                            seen.add(key)
                    rows.append(row)
                    break

    def _row(self, entity: Entity, pools: dict[str, Pool], place: int, attempt: int) -> Row:
        """Hits come first, then near misses, then any rows; a hit that is taken becomes any."""
        kind = place % 4 if attempt < _TRIES // 2 else 3
        missed = self._chance.choice(list(pools)) if kind == 2 else ""
        row: Row = {}
        for link in self._maker.links(entity):
            self._follow(entity, link, row, is_hit=kind < 3)
        for name, pool in pools.items():
            if name not in row:
                row[name] = self._value(entity, name, pool, kind, is_missed=name == missed)
        if place % 5 == 4 and self._few and self.rows[entity.name]:
            row = self._repeated(entity, row)
        return row

    def _value(self, entity: Entity, name: str, pool: Pool, kind: int, *, is_missed: bool) -> Value:
        value = self._any_value(entity, name, pool, kind, is_missed=is_missed)
        if value is None and not pool.field.column.nullable:
            return pool.other(self._chance, few=self._few)
        return value

    def _any_value(
        self, entity: Entity, name: str, pool: Pool, kind: int, *, is_missed: bool
    ) -> Value:
        chance = self._chance
        if kind < 3 and not is_missed and pool.hits:
            return chance.choice(pool.hits)
        if pool.near and (is_missed or chance.random() < _NEAR):
            return chance.choice(pool.near)
        if [name] == entity.table.primary_key and pool.field.kind in NUMBERS:
            return len(self.rows[entity.name]) + 1
        if chance.random() < self._nulls:
            return None
        return pool.other(chance, few=self._few and not _is_key(entity.table, name))

    def _follow(self, entity: Entity, link: Link, row: Row, *, is_hit: bool) -> None:
        """Take a key from a parent's row; hits have hits above them."""
        if any(column in row for column in link.columns):
            return
        parents = self.rows.get(link.parent, [])
        nullable = all(entity.fields[column].column.nullable for column in link.columns)
        if nullable and (not parents or (not is_hit and self._chance.random() < self._nulls)):
            row.update(dict.fromkeys(link.columns))
        elif parents:
            place = int(len(parents) * self._chance.random() ** _SKEW)
            parent = parents[place - place % 4 if is_hit else place]
            for column, reference in zip(link.columns, link.references, strict=True):
                row[column] = parent[reference]

    def _repeated(self, entity: Entity, row: Row) -> Row:
        """The row before once more, but for what has to be unique."""
        unique = {name for columns in _unique(entity.table) for name in columns}
        before = self.rows[entity.name][-1]
        return {name: row[name] if name in unique else before[name] for name in row}


def _unique(table: Table) -> list[tuple[str, ...]]:
    names = {column.name for column in table.columns}
    return [
        tuple(columns)
        for columns in (table.primary_key, *table.unique)
        if columns and names.issuperset(columns)
    ]


def _is_key(table: Table, name: str) -> bool:
    return any(name in columns for columns in _unique(table))
