"""From a phrasing and its slots to a question that a colleague would ask."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tunesmith.bot.text2sql import data, english
from tunesmith.bot.text2sql.korean import with_particle
from tunesmith.bot.text2sql.labels import Label, Labels, language_of


@dataclass(frozen=True, slots=True)
class TableSlot:
    """A table that a question is about."""

    table: str


@dataclass(frozen=True, slots=True)
class ColumnSlot:
    """One or more columns of one table."""

    table: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ValueSlot:
    """A value of the answer's SQL as text, with its meaning where it is a code."""

    value: str
    meaning: str | None = None


Slot = TableSlot | ColumnSlot | ValueSlot

# {slot}, {slot.form} and, in Korean, {slot:particle}.
_PLACE = re.compile(r"\{(\w+)(?:\.(\w+))?(?::(\w+))?\}")
_SEAM = re.compile(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]")
# Chinese labels and values that would run into the words around them.
_WHETHER = ("是否", "有无", "能否")
_YES_NO = frozenset(["是", "否", "不是", "有", "无", "没有"])
_AND = {"en": " and ", "zh": "和", "ko": ", "}
_COMMA = {"en": ", ", "zh": "、", "ko": ", "}


def phrasings(variant: str, language: str) -> list[str]:
    """The phrasings of a kind of question, for example `sum.where`, in one language."""
    return data.read(f"phrasings/{language}")[variant]


def render(phrasing: str, slots: Mapping[str, Slot], labels: Labels) -> str:
    """The question: labels in the phrasing's places, with spaces and particles set right."""
    pieces: list[str] = []
    end = 0
    for place in _PLACE.finditer(phrasing):
        name, form, particle = place.groups()
        pieces.append(phrasing[end : place.start()])
        end = place.end()
        text = _text(slots[name], form or "", labels)
        if particle:
            text = with_particle(text, particle)
        if labels.language == "zh":
            text = _seam("".join(pieces), text) + text + _seam(text, phrasing[end:])
        pieces.append(text)
    pieces.append(phrasing[end:])
    return "".join(pieces)


def quoted_values(slots: Mapping[str, Slot], language: str) -> list[str]:
    """The values as the question writes them; a paraphrase has to keep each."""
    return [_value(slot, language) for slot in slots.values() if isinstance(slot, ValueSlot)]


def full_name(label: Label, language: str) -> str:
    """A table's name with what people call it: `sc_org（组织结构表）`."""
    if language == "ko":  # the particle follows the word in front of the parenthesis
        called = _table_title(label, language)
        return f"{called}({label.name})" if label.text else called
    if not label.title:
        return label.name
    return f"{label.name}（{label.title}）" if language == "zh" else f"{label.name} ({label.title})"


def join_names(names: list[str], language: str) -> str:
    """Several names in a row: a, b and c."""
    if len(names) < 2:
        return "".join(names)
    together = _COMMA[language].join(names[:-1])
    joint = _AND[language]
    if language == "zh":
        joint = _seam(together, joint) + joint + _seam(joint, names[-1])
    return together + joint + names[-1]


def sentence(kind: str, language: str, **parts: object) -> str:
    """A sentence about the schema, for example `key_none`."""
    return data.read(f"phrasings/{language}")["facts"][kind].format(**parts)


def _text(slot: Slot, form: str, labels: Labels) -> str:
    if isinstance(slot, ValueSlot):
        value = _value(slot, labels.language)
        return f'"{value}"' if form == "quoted" else value
    if isinstance(slot, TableSlot):
        return _table(labels.table(slot.table), form, labels.language)
    if form == "name":
        return join_names(list(slot.columns), labels.language)
    found = [labels.column(slot.table, column) for column in slot.columns]
    if len(found) == 1 and (found[0].text or "").startswith(_WHETHER):
        return f"“{found[0].text}”一项"  # 查询“是否删除”一项为“是”的订单
    text = join_names([label.text or label.name for label in found], labels.language)
    if labels.language == "ko" and found[-1].text is None:
        return text + " 컬럼"  # a particle after a Latin name would be a guess
    return text


def _table(label: Label, form: str, language: str) -> str:
    if form == "name":
        return label.name
    if form == "full":
        return full_name(label, language)
    if form == "table":
        return _table_title(label, language)
    if form == "rows":
        return _rows(label, language, many=True)
    row = _rows(label, language, many=False)
    return english.with_article(row) if form == "a" else row


def _table_title(label: Label, language: str) -> str:
    if language == "zh":
        called = label.title or label.text
        if not called:
            return f"{label.name} 表"
        return called if called.endswith("表") else f"{called}表"
    if language == "ko":
        return f"{label.text or label.name} 테이블"
    return f"{english.singular(label.text) if label.text else label.name} table"


def _rows(label: Label, language: str, *, many: bool) -> str:
    if language == "zh":
        return label.text or label.name
    if language == "ko":
        return label.text or f"{label.name} 데이터"
    if label.text is None:
        return f"{label.name} records" if many else f"{label.name} record"
    noun = english.singular(label.text)
    if not english.is_countable(noun):
        return f"{noun} records" if many else f"{noun} record"
    return english.plural(noun) if many else noun


def _value(slot: ValueSlot, language: str) -> str:
    if slot.meaning is None:
        return slot.value
    if language == "zh" and slot.meaning in _YES_NO:
        return f"“{slot.meaning}”"
    if language_of(slot.meaning) in (language, "en", None):
        return slot.meaning
    if language == "zh":
        return f"{slot.value}（{slot.meaning}）"
    return f"{slot.value} ({slot.meaning})"


def _seam(left: str, right: str) -> str:
    """The space that Chinese sets between Latin letters or digits and its own characters."""
    pair = left[-1:] + right[:1]
    return " " if _SEAM.fullmatch(pair) else ""
