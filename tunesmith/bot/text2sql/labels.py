"""What people call the tables and columns: from comments, else from the identifiers.

A label is used only where it is clear: two tables (or two columns of a table) that would be
called the same are called by their names instead, so that no two questions can mean different
things.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tunesmith.bot.ddl.model import Column, Schema, Table
from tunesmith.bot.ddl.words import glossary, words_of
from tunesmith.bot.text2sql.english import singular
from tunesmith.bot.text2sql.sqltree import spoken_name

LANGUAGES = ("en", "zh", "ko")

_HAN = re.compile(r"[\u4e00-\u9fff]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_LATIN = re.compile(r"[A-Za-z]")
_TABLE_CUT = re.compile(r"[：:;；,，。(（\[【\n]")
_COLUMN_CUT = re.compile(r"[：:;；,，。(（\[【\n]|\s[-–]\s|->|=")
_TABLE_ENDINGS = {
    "zh": ("主表", "的表", "表", "记录"),
    "ko": (" 테이블", "테이블"),
    "en": (" table",),
}
_TECHNICAL = re.compile(r"\b(?:primary|foreign|key|pk|fk|auto|increment\w*)\b", re.IGNORECASE)
_EMPTY_WORDS = frozenset({"master", "table", "tbl"})  # order_master holds the orders
_MODULE_PREFIXES = frozenset({"t", "tb", "tbl"})
_LONGEST = {"en": 32, "zh": 16, "ko": 24}


@dataclass(frozen=True, slots=True)
class Label:
    """A name and what people say for it.

    `text` is None where only the name is clear. `title` is the comment that `text` comes from,
    without what follows its first words.
    """

    name: str
    text: str | None = None
    title: str | None = None


class Labels:
    """The labels of every table and column in one language."""

    def __init__(
        self, schema: Schema, language: str, codes: Mapping[tuple[str, str], Iterable[str]]
    ) -> None:
        """`codes`: the code values of columns by (table, column); a label ends before them."""
        self.language = language
        self._tables = _table_labels(schema.tables, language)
        self._columns = {
            table.name: _column_labels(table, language, codes) for table in schema.tables
        }

    def table(self, table: str) -> Label:
        """The label of a table by its name."""
        return self._tables[table]

    def column(self, table: str, column: str) -> Label:
        """The label of a column."""
        return self._columns[table][column]


def language_of(text: str) -> str | None:
    """The language a text is written in, as far as its script tells: ko, zh, en or None."""
    if _HANGUL.search(text):
        return "ko"
    if _HAN.search(text):
        return "zh"
    return "en" if _LATIN.search(text) else None


def translate(words: list[str], language: str) -> str | None:
    """A label from an identifier's words; None where the glossary does not know all of them."""
    known = glossary(language)
    if language == "en":
        if any(_is_cryptic(word) for word in words) or words[:1] in (["is"], ["has"]):
            return None  # "whose is deleted is 1" is no English; is_deleted says more
        if len(words) > 1 and words[-1] == "at":
            words = [*words[:-1], "time"]
        spelled = " ".join(known.get(one, one) for one in words)
        return known.get("_".join(words)) or spelled or None
    whole = known.get("_".join(words))
    if whole:
        return whole
    if not words or len(words) > 4 or not all(word in known for word in words):
        return None
    return ("" if language == "zh" else " ").join(known[word] for word in words)


def _table_labels(tables: list[Table], language: str) -> dict[str, Label]:
    prefixes = _module_prefixes(tables)
    labels: dict[str, Label] = {}
    for table in tables:
        words = words_of(table.name.rpartition(".")[2])
        short = words[1:] if len(words) > 1 and words[0] in prefixes else words
        if len(short) > 1 and short[-1] in _EMPTY_WORDS:
            short = short[:-1]
        title = _from_comment(table.described, language, _TABLE_CUT)
        text = _without_ending(title, language) if title else translate(short, language)
        labels[table.name] = Label(spoken_name(table.name), text, title)
    return _only_clear(labels)


def _column_labels(
    table: Table, language: str, codes: Mapping[tuple[str, str], Iterable[str]]
) -> dict[str, Label]:
    labels: dict[str, Label] = {}
    for column in table.columns:
        text = _column_text(column, language, codes.get((table.name, column.name), ()))
        text = text or translate(words_of(column.name), language)
        labels[column.name] = Label(column.name, text)
    return _only_clear(labels)


def _column_text(column: Column, language: str, codes: Iterable[str]) -> str | None:
    comment = column.described
    first_code = next(iter(codes), None)
    if comment and first_code is not None:
        comment = comment.partition(first_code)[0].rstrip(" -_/·、")
    return _from_comment(comment, language, _COLUMN_CUT)


def _from_comment(comment: str | None, language: str, cut: re.Pattern[str]) -> str | None:
    if not comment:
        return None
    text = cut.split(comment.strip(), maxsplit=1)[0].strip(" \t'\"`、.")
    if not text or language_of(text) != language or len(text) > _LONGEST[language]:
        return None
    if language != "en":
        return text
    if len(text.split()) > 4 or comment.rstrip().endswith(".") or _TECHNICAL.search(text):
        return None
    return " ".join(word if word[1:] != word[1:].lower() else word.lower() for word in text.split())


def _without_ending(text: str, language: str) -> str:
    for ending in _TABLE_ENDINGS[language]:
        if text.endswith(ending) and len(text) > len(ending):
            return text.removesuffix(ending).strip()
    return text


def _module_prefixes(tables: list[Table]) -> frozenset[str]:
    """First words such as `oms` in oms_order, oms_cart: at most three letters, never alone."""
    first_words = [words_of(table.name.rpartition(".")[2]) for table in tables]
    counts = Counter(words[0] for words in first_words if words)
    alone = {words[0] for words in first_words if len(words) == 1}
    shared = {word for word, count in counts.items() if count > 1 and len(word) <= 3}
    return frozenset((shared | _MODULE_PREFIXES) - alone)


def _is_cryptic(word: str) -> bool:
    """Whether a word is no English one, such as comtnadbk: too long or too few vowels."""
    vowels = sum(letter in "aeiouy" for letter in word)
    return len(word) > 18 or (len(word) > 7 and vowels / len(word) < 0.2)


def _only_clear(labels: dict[str, Label]) -> dict[str, Label]:
    counts = Counter(_key(label) for label in labels.values())
    return {
        name: label if counts[_key(label)] == 1 else Label(label.name)
        for name, label in labels.items()
    }


def _key(label: Label) -> str:
    return singular((label.text or label.name).casefold()).replace(" ", "")
