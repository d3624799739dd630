"""Which table points at which: as declared, and as names tell where nothing is declared."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from tunesmith.bot.ddl.model import Column, Schema, Table

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_A-Za-z]+")
_KINDS = {
    "number": ("int", "serial", "num", "dec", "long", "float", "double", "real", "money"),
    "text": ("char", "text", "clob", "string"),
    "uuid": ("uuid", "uniqueidentifier", "guid", "raw", "binary", "bytea", "blob"),
}
# No name of a person's has more words, and a word that more tables end in tells none of them.
_MOST_WORDS = 20
_MOST_ALIKE = 1_000
# Endings of plurals, the longest first: (ending, singular's ending).
_PLURALS = (("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"), ("ies", "y"))


@dataclass(frozen=True, slots=True)
class Relation:
    """`table.columns[i]` points at `target.references[i]`. All names are as in the schema.

    `declared` is False where the relation is inferred from names.
    """

    table: str
    columns: list[str]
    target: str
    references: list[str]
    declared: bool


def relations(schema: Schema) -> list[Relation]:
    """The relations between the tables of the file, declared ones first within each table.

    A relation is inferred for a column that ends in `id`, from the table that its other words name
    (`product_id` → `pms_product`), from the only primary key of the same name in a table of a like
    name (`order_id` → `order_master`), or, for `parent_id`, from its own table. Where two tables
    fit equally well, nothing is inferred. Partitions and views have none.
    """
    tables = [table for table in schema.tables if not table.is_view and not table.partition_of]
    names = {table.name for table in tables}
    index = _Index(tables)
    found: list[Relation] = []
    for table in tables:
        declared = [
            Relation(table.name, key.columns, key.table, key.references, declared=True)
            for key in table.foreign_keys
            if key.table in names and key.references
        ]
        found += declared
        known = {column for relation in declared for column in relation.columns}
        for column in table.columns:
            target = index.target(table, column) if column.name not in known else None
            if target is not None:
                reference = target.primary_key
                found.append(
                    Relation(table.name, [column.name], target.name, reference, declared=False)
                )
    return found


class _Index:
    """Tables with a primary key of one column, found by their words and by that column."""

    def __init__(self, tables: list[Table]) -> None:
        self._words = {table.name: words_of(table.name.rpartition(".")[2]) for table in tables}
        first_words = Counter(words[0] for words in self._words.values() if words)
        self._families = {word for word, times in first_words.items() if times > 2}
        self._named_words = {tuple(words) for words in self._words.values()}
        self._by_key: dict[str, list[Table]] = defaultdict(list)
        self._by_last: dict[str, list[Table]] = defaultdict(list)
        for table in tables:
            if len(table.primary_key) == 1 and self._words[table.name]:
                self._by_key[table.primary_key[0].lower()].append(table)
                self._by_last[self._words[table.name][-1]].append(table)

    def target(self, table: Table, column: Column) -> Table | None:
        """The one table that a column of `table` points at; None if there is none or several."""
        words = words_of(column.name)
        if not 2 <= len(words) <= _MOST_WORDS or words[-1] != "id":
            return None
        own_key = table.primary_key == [column.name]
        found = [self._named(table, column, words[:-1], own_key=own_key)]
        if not own_key:
            found.append(self._keyed(table, column, words[-2]))
        if words == ["parent", "id"]:
            found.append(
                table if len(table.primary_key) == 1 and _same_kind(column, table) else None
            )
        names = {other.name: other for other in found if other is not None}
        return next(iter(names.values())) if len(names) == 1 else None

    def _named(
        self, table: Table, column: Column, stem: list[str], *, own_key: bool
    ) -> Table | None:
        """The table that the stem names; failing that, the stem without its first words.

        The second makes `billing_address_id` point at `address`, and `parent_category_id` at its
        own table.
        """
        for start in range(1 if own_key else len(stem)):
            extra: dict[int, list[Table]] = defaultdict(list)
            for other in _few(self._by_last[stem[-1]]):
                words = self._words[other.name]
                before = words[: len(words) - len(stem) + start]
                fits = words[len(before) :] == stem[start:] and self._is_prefix(before, table)
                if fits and (start or other is not table) and _fits(column, other):
                    extra[len(before)].append(other)
            nearest = extra[min(extra)] if extra else []
            if nearest or tuple(stem[start:]) in self._named_words:  # it names a table, fit or not
                return nearest[0] if len(nearest) == 1 else None
        return None

    def _is_prefix(self, before: list[str], table: Table) -> bool:
        """Whether the words before the stem are a family's (`pms_…`) or the table's own."""
        family = len(before) == 1 and (len(before[0]) <= 3 or before[0] in self._families)
        return not before or family or set(before) <= set(self._words[table.name])

    def _keyed(self, table: Table, column: Column, word: str) -> Table | None:
        """The only table with a primary key of the same name and the word in its own name."""
        fitting = [
            other
            for other in _few(self._by_key[column.name.lower()])
            if other is not table and word in other.name.lower() and _fits(column, other)
        ]
        return fitting[0] if len(fitting) == 1 else None


def _few(tables: list[Table]) -> list[Table]:
    """The tables, or none where there are too many to tell one from the others."""
    return tables if len(tables) <= _MOST_ALIKE else []


def _fits(column: Column, target: Table) -> bool:
    """Whether the column can hold the target's key: its name and its kind of type agree."""
    key = words_of(target.primary_key[0])
    return (key == ["id"] or key[-2:] == words_of(column.name)[-2:]) and _same_kind(column, target)


def _same_kind(column: Column, target: Table) -> bool:
    key = next(one for one in target.columns if one.name == target.primary_key[0])
    return len({kind_of(column.type), kind_of(key.type)} - {""}) <= 1


def kind_of(type_text: str) -> str:
    """`number`, `text`, `uuid`, or an empty string for any other type."""
    name = type_text.partition("(")[0].lower()
    return next((kind for kind, parts in _KINDS.items() if any(p in name for p in parts)), "")


def words_of(name: str) -> list[str]:
    """The words of a name in lower case and singular: `OrderItems`, `order_item` → order, item."""
    return [singular(word.lower()) for word in _WORD.findall(name)]


def singular(word: str) -> str:
    """An English plural's singular, by its ending; any other word as it is."""
    for ending, replacement in _PLURALS:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word.removesuffix(ending) + replacement
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 2:
        return word[:-1]
    return word
