"""Random queries that are right by construction, and the same with one name replaced.

They are written in what all five dialects share. Every name that refers to the schema is marked,
so that a test can put an invented one in its place.
"""

import random
import re
from dataclasses import dataclass, field

from tunesmith.bot.ddl.dialects import Dialect
from tunesmith.bot.ddl.model import Column, Schema, Table

INVENTED = "zz_invented"
_MARK = re.compile("\x01([ct])(\\w+)\x02")
_TABLES = {
    "customer": "id name_code city_code level_no joined_on",
    "purchase": "id customer_id total status note_code created_on",
    "purchase_line": "id purchase_id product_id quantity price",
    "product": "id category_id label_code price stock",
    "category": "id parent_id title_code",
}


def schema(dialect: Dialect) -> Schema:
    """The schema that the queries are about."""
    tables = [
        Table(name=name, columns=[Column(name=column, type="int") for column in columns.split()])
        for name, columns in _TABLES.items()
    ]
    return Schema(dialect=dialect, confidence=1, tables=tables)


def ddl() -> str:
    """The same schema as statements."""
    return "".join(
        f"CREATE TABLE {name} ({', '.join(f'{column} int' for column in columns.split())});\n"
        for name, columns in _TABLES.items()
    )


@dataclass(frozen=True, slots=True)
class Query:
    """A query's text with its marks."""

    marked: str

    @property
    def sql(self) -> str:
        """The query as it is right."""
        return _MARK.sub(r"\2", self.marked)

    def wrong(self, chance: random.Random) -> tuple[str, str]:
        """The query with one name replaced, and whether that is a "c"olumn's or a "t"able's."""
        mark = chance.choice(list(_MARK.finditer(self.marked)))
        text = self.marked[: mark.start()] + INVENTED + self.marked[mark.end() :]
        return _MARK.sub(r"\2", text), mark[1]


@dataclass(slots=True)
class _Source:
    alias: str
    columns: list[str]


@dataclass(slots=True)
class Builder:
    """Builds queries from one source of chance."""

    chance: random.Random
    ctes: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    _names: int = 0

    def query(self) -> Query:
        """One statement."""
        parts: list[str] = []
        for _ in range(self.chance.choice([0, 0, 1, 2])):
            name = self._name("cte")
            text, columns = self._select(2, [])
            parts.append(f"{name} AS ({text})")
            self.ctes[name] = columns
        text, columns = self._select(3, [])
        if self.chance.random() < 0.2:
            text = self._union(text, len(columns))
        if self.chance.random() < 0.4:
            text += f" ORDER BY {self._column(self.chance.choice(columns))}"
        return Query(f"WITH {', '.join(parts)} {text}" if parts else text)

    def _union(self, text: str, width: int) -> str:
        source = _Source(self._name("u"), ["id"])
        columns = ", ".join(f"{source.alias}.{self._column('id')}" for _ in range(width))
        return f"{text} UNION ALL SELECT {columns} FROM {self._table('product')} {source.alias}"

    def _select(self, depth: int, outer: list[_Source]) -> tuple[str, list[str]]:
        sources, from_clause = self._from(depth)
        where = self._where(depth, sources, outer)
        if self.chance.random() < 0.3:
            return self._grouped(sources, from_clause, where)
        items: list[str] = []
        columns: list[str] = []
        for _ in range(self.chance.randint(1, 4)):
            alias = self._name("x")
            items.append(f"{self._value(depth, sources, outer)} AS {alias}")
            columns.append(alias)
        distinct = self.chance.choice(["", "", "DISTINCT "])
        return f"SELECT {distinct}{', '.join(items)} FROM {from_clause}{where}", columns

    def _grouped(
        self, sources: list[_Source], from_clause: str, where: str
    ) -> tuple[str, list[str]]:
        key = self._reference(sources, whole=True)
        alias, total = self._name("k"), self._name("n")
        measured = self._reference(sources, whole=True)
        function = self.chance.choice(["SUM", "MIN", "MAX", "COUNT"])
        having = f" HAVING COUNT(*) > {self.chance.randint(0, 9)}"
        text = (
            f"SELECT {key} AS {alias}, {function}({measured}) AS {total} FROM {from_clause}{where}"
            f" GROUP BY {key}{having if self.chance.random() < 0.5 else ''}"
        )
        return text, [alias, total]

    def _from(self, depth: int) -> tuple[list[_Source], str]:
        first, text = self._source(depth)
        sources = [first]
        for _ in range(self.chance.choice([0, 0, 1, 1, 2])):
            joined, joined_text = self._source(depth)
            sources.append(joined)
            kind = self.chance.choice(["JOIN", "LEFT JOIN", "INNER JOIN"])
            left, right = self._reference(sources[:-1]), self._reference([joined])
            text += f" {kind} {joined_text} ON {left} = {right}"
        return sources, text

    def _source(self, depth: int) -> tuple[_Source, str]:
        alias = self._name("t")
        if depth > 1 and self.chance.random() < 0.25:
            text, columns = self._select(depth - 1, [])
            return _Source(alias, columns), f"({text}) {alias}"
        if self.ctes and self.chance.random() < 0.5:
            name = self.chance.choice(list(self.ctes))
            return _Source(alias, self.ctes[name]), f"{self._table(name)} {alias}"
        name = self.chance.choice(list(_TABLES))
        return _Source(alias, _TABLES[name].split()), f"{self._table(name)} {alias}"

    def _where(self, depth: int, sources: list[_Source], outer: list[_Source]) -> str:
        kind = self.chance.random()
        if kind < 0.3:
            return ""
        left = self._reference(sources, whole=True)
        if kind < 0.6 or depth == 0:
            right = self._reference(sources + outer)
            return f" WHERE {left} > {right} AND {left} IS NOT NULL"
        if kind < 0.8:
            inner, from_clause = self._from(0)
            condition = f"{self._reference(inner)} = {self._reference(sources)}"
            return f" WHERE EXISTS (SELECT 1 FROM {from_clause} WHERE {condition})"
        inner, from_clause = self._from(0)
        return f" WHERE {left} IN (SELECT {self._reference(inner)} FROM {from_clause})"

    def _value(self, depth: int, sources: list[_Source], outer: list[_Source]) -> str:
        left = self._reference(sources, whole=True)
        right = self._reference(sources + outer, whole=not outer)
        kind = self.chance.random()
        if kind < 0.5:
            return left
        if kind < 0.65:
            return f"{left} + {right} * 2"
        if kind < 0.8:
            return f"CASE WHEN {left} > 3 THEN {right} ELSE 0 END"
        if kind < 0.9:
            return f"ROW_NUMBER() OVER (PARTITION BY {left} ORDER BY {right})"
        inner, from_clause = self._from(0)
        condition = f"{self._reference(inner)} = {self._reference(sources)}"
        return f"(SELECT MAX({self._reference(inner)}) FROM {from_clause} WHERE {condition})"

    def _reference(self, sources: list[_Source], *, whole: bool = False) -> str:
        """A column; at times a bare one, where `sources` is the whole of a scope and but one."""
        source = self.chance.choice(sources)
        column = self.chance.choice(source.columns)
        alone = whole and len(sources) == 1 and self.chance.random() < 0.5
        return self._column(column) if alone else f"{source.alias}.{self._column(column)}"

    def _name(self, prefix: str) -> str:
        self._names += 1
        return f"{prefix}{self._names}"

    @staticmethod
    def _column(name: str) -> str:
        return f"\x01c{name}\x02"

    @staticmethod
    def _table(name: str) -> str:
        return f"\x01t{name}\x02"
