"""Made-up rows: typed, consistent across keys, with the code values that comments name.

They exist so that every answer can be run. The same schema and seed give the same rows.
"""

import zlib
from collections import Counter
from datetime import date, datetime, timedelta

from tunesmith.bot.ddl.dialects.profile import ValueKind
from tunesmith.bot.ddl.words import words_of
from tunesmith.bot.text2sql import data
from tunesmith.bot.text2sql.annotated_schema import AnnotatedSchema, Entity, Field, Link
from tunesmith.bot.text2sql.labels import language_of
from tunesmith.bot.text2sql.roles import Role
from tunesmith.bot.text2sql.sqltree import TODAY
from tunesmith.bot.text2sql.value_kinds import text_length

Cell = int | float | str | bool | date | datetime | None
Rows = dict[str, list[Cell]]  # by column

ROWS = 40
# Only the first ones have children, so that "customers without orders" finds somebody.
_PARENTS = 32
# Days before TODAY: every window that questions ask for holds some rows.
_DAYS_BACK = (0, 1, 2, 4, 5, 9, 12, 20, 26, 33, 48, 75, 110, 190, 260, 340, 395, 430, 500, 610)


def make_rows(annotated: AnnotatedSchema, seed: int) -> dict[str, Rows]:
    """The rows of every table, by table name, then by column."""
    maker = _Maker(annotated, seed)
    return {
        entity.name: {
            name: [maker.cell(entity, name, row) for row in range(ROWS)] for name in entity.fields
        }
        for entity in annotated
    }


class _Maker:
    """Each cell is computed from its place alone; a key follows its relation to the parent."""

    def __init__(self, annotated: AnnotatedSchema, seed: int) -> None:
        self._annotated = annotated
        self._seed = seed
        self._persons = frozenset(data.read("vocabulary")["persons"].split())
        self._words: dict[str, list[str]] = data.read("vocabulary")[_language(annotated)]
        self._links: dict[tuple[str, str], Link] = {}
        for link in annotated.links:
            for column in link.columns:
                self._links.setdefault((link.child, column), link)

    def cell(self, entity: Entity, column: str, row: int, depth: int = 0) -> Cell:
        one = entity.fields[column]
        link = self._links.get((entity.name, column))
        if link and depth < 8:  # a cycle of keys ends in a value of its own
            parent_row = self._parent_row(entity, link, row)
            if parent_row is None and one.column.nullable:
                return None
            target = link.references[link.columns.index(column)]
            return self.cell(self._annotated[link.parent], target, parent_row or 0, depth + 1)
        is_key = column in entity.table.primary_key
        if not is_key and one.column.nullable and one.role is not Role.CODE and row % 8 == 5:
            return None
        return self._value(entity, one, row, is_key=is_key)

    def _parent_row(self, entity: Entity, link: Link, row: int) -> int | None:
        if set(link.columns) >= set(entity.table.primary_key) != set():
            return row  # one to one
        if link.parent == link.child:
            return row // 3 if row else None
        if row % 9 == 8:
            return None
        shift = self._number(f"{link.child}.{link.columns}", 0)
        return (row * 7 + shift) % _PARENTS

    def _value(self, entity: Entity, one: Field, row: int, *, is_key: bool) -> Cell:
        place = f"{entity.name}.{one.name}"
        if one.codes:
            code = list(one.codes)[(row + row // len(one.codes)) % len(one.codes)]
            return int(code) if one.kind in (ValueKind.INTEGER, ValueKind.BIT) else code
        if one.kind in (ValueKind.INTEGER, ValueKind.BIT, ValueKind.DECIMAL):
            return row + 1 if is_key or one.role is Role.KEY else self._figure(one, place, row)
        if one.kind is ValueKind.BOOLEAN:
            return self._number(place, row) % 3 > 0
        if one.role is Role.DATE:
            moment = self._moment(place, row)
            return moment.date() if one.kind is ValueKind.DATE else moment
        return self._text(one, row)

    def _figure(self, one: Field, place: str, row: int) -> int | float:
        number = self._number(place, row)
        if one.kind is ValueKind.DECIMAL:
            return 1 + number % 50000 / 100
        if one.kind is ValueKind.BIT:
            return number % 2
        return 1 + number % (200 if one.role in (Role.AMOUNT, Role.LEVEL) else 9)

    def _text(self, one: Field, row: int) -> str:
        parts = words_of(one.name)
        if one.role in (Role.KEY, Role.REFERENCE):
            text = f"{''.join(part[0] for part in parts if part[0].isalpha()).upper()}{10001 + row}"
        elif one.role is Role.NAME:
            topic = "people" if self._persons.intersection(parts) else "names"
            text = self._words[topic][row % len(self._words[topic])]
        elif one.role is Role.PLACE:
            topic = next((part for part in parts if part in self._words), "names")
            text = self._words[topic][row % min(6, len(self._words[topic]))]
        else:
            text = f"{one.name} {row + 1}"
        limit = text_length(one.column.type)
        return text if limit is None else text[-limit:]  # the end tells keys apart

    def _moment(self, place: str, row: int) -> datetime:
        days = _DAYS_BACK[(row + self._number(place, 0)) % len(_DAYS_BACK)]
        minutes = self._number(place, row) % 1000
        return datetime.fromisoformat(TODAY) - timedelta(days=days) + timedelta(minutes=minutes)

    def _number(self, place: str, row: int) -> int:
        return zlib.crc32(f"{self._seed}:{place}:{row}".encode())


def _language(annotated: AnnotatedSchema) -> str:
    """The language of most comments; made-up names are in it."""
    found = Counter(
        language_of(one.column.described or "")
        for entity in annotated
        for one in entity.fields.values()
    )
    found.pop(None, None)
    return str(max(sorted(found, key=str), key=lambda language: found[language], default="en"))
