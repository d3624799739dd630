"""A question's answer before it is put into words: a syntax tree and what the words speak of."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from tunesmith.bot.ddl.dialects.profile import ValueKind
from tunesmith.bot.text2sql import sqltree
from tunesmith.bot.text2sql.annotated_schema import AnnotatedSchema, Entity, Field, Link
from tunesmith.bot.text2sql.rendering import ColumnSlot, Slot, TableSlot, ValueSlot
from tunesmith.bot.text2sql.roles import Role
from tunesmith.bot.text2sql.synthetic import Cell, Rows


@dataclass(frozen=True, slots=True)
class Query:
    """One answer in SQL. `variant` names its phrasings; its first word is the intent."""

    variant: str
    tree: exp.Select
    slots: Mapping[str, Slot]
    links: tuple[Link, ...] = ()
    # Code values that the question names: table, column, value.
    codes: tuple[tuple[str, str, str], ...] = ()

    @property
    def intent(self) -> str:
        """What the question wants: list, count, filter and so on."""
        return self.variant.partition(".")[0]

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables asked, each once."""
        found = (slot.table for slot in self.slots.values() if isinstance(slot, TableSlot))
        return tuple(dict.fromkeys(found))

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """The columns that the question names, as (table, column), each once."""
        found = (slot for slot in self.slots.values() if isinstance(slot, ColumnSlot))
        return tuple(dict.fromkeys((slot.table, name) for slot in found for name in slot.columns))


class Source:
    """A table in a FROM clause: makes its columns' nodes and its words' slots."""

    def __init__(
        self, entity: Entity, annotated: AnnotatedSchema, alias: str | None = None
    ) -> None:
        self.entity = entity
        self.alias = alias
        self._dialect = annotated.dialect

    @property
    def slot(self) -> TableSlot:
        """The table as the question names it."""
        return TableSlot(self.entity.name)

    def node(self) -> exp.Table:
        """The table as it stands after FROM."""
        return sqltree.table_name(self.entity.table, self._dialect, self.alias)

    def column(self, one: Field) -> exp.Column:
        """A column of it, with the alias in front where there is one."""
        node = exp.Column(this=sqltree.column_name(one.column, self._dialect))
        if self.alias:
            node.set("table", exp.to_identifier(self.alias))
        return node

    def select(self, *expressions: exp.Expr) -> exp.Select:
        """SELECT these FROM it; without any, every column."""
        chosen = list(expressions) or [exp.Star()]
        return exp.Select(expressions=chosen).from_(self.node(), copy=False)

    def words(self, *fields: Field) -> ColumnSlot:
        """Columns of it as the question names them."""
        return ColumnSlot(self.entity.name, tuple(one.name for one in fields))


@dataclass(slots=True)
class Ground:
    """What queries about one entity are made from."""

    annotated: AnnotatedSchema
    entity: Entity
    rows: dict[str, Rows]
    chance: random.Random

    def source(self, alias: str | None = None) -> Source:
        """The entity itself as a source."""
        return Source(self.entity, self.annotated, alias)

    def cells(self, one: Field) -> list[Cell]:
        """The made-up values of a column that are not NULL."""
        return [cell for cell in self.rows[self.entity.name][one.name] if cell is not None]

    @property
    def nulls_are_small(self) -> bool:
        """Whether the dialect sorts NULL before every value."""
        return self.annotated.dialect.writing.nulls_sort_first

    def order(self, key: exp.Expr, one: Field | None, *, descending: bool) -> exp.Ordered:
        """A sort key; in descending order a column's NULLs come last in every dialect."""
        nulls_first = descending != self.nulls_are_small
        if descending and one is not None and one.column.nullable:
            nulls_first = False
        return exp.Ordered(this=key, desc=descending, nulls_first=nulls_first)

    @property
    def measures(self) -> list[Field]:
        """Numbers that can be averaged and compared."""
        return self.entity.having(Role.AMOUNT, Role.LEVEL)

    @property
    def groups(self) -> list[Field]:
        """Columns with few values that many rows share."""
        return self.entity.having(Role.CODE, Role.PLACE)


def equals(source: Source, one: Field, value: str) -> exp.Expr:
    """`column = value`, the value written as the column's kind asks."""
    is_number = one.kind in (ValueKind.INTEGER, ValueKind.BIT, ValueKind.DECIMAL)
    node = exp.Literal.number(value) if is_number else sqltree.literal(value)
    return exp.EQ(this=source.column(one), expression=node)


def code_slot(one: Field, value: str) -> ValueSlot:
    """A code value as the question names it."""
    meaning = one.codes.get(value)
    is_clear = list(one.codes.values()).count(str(meaning)) == 1 and meaning != value
    return ValueSlot(value, meaning if is_clear else None)


def count_all() -> exp.Count:
    """COUNT(*)."""
    return exp.Count(this=exp.Star())


def named(expression: exp.Expr, alias: str) -> exp.Alias:
    """`expression AS alias`."""
    return exp.Alias(this=expression, alias=exp.to_identifier(alias))


def number(value: int) -> ValueSlot:
    """A plain number in a question."""
    return ValueSlot(str(value))
