"""Fixing one line: the fixes of the chosen rules, until there is nothing left for them to do.

A line that no fix changes is not written anew. Numbers, the order of keys and the way of writing
stay as they are; so does a line with a repeated key, of which only one value could be kept.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias, TypeVar

from tunesmith.bot.datasets import formats
from tunesmith.bot.datasets.as_chat import as_chat
from tunesmith.bot.datasets.example_view import ExampleView, MessageView
from tunesmith.bot.datasets.fields import CONVERSATIONS
from tunesmith.bot.datasets.findings import Json, JsonObject
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.json_line import BOM, JsonLine
from tunesmith.bot.datasets.json_text import read_exact, write_like
from tunesmith.bot.datasets.pair_style import PairStyle
from tunesmith.bot.datasets.rule import (
    CallRule,
    ExampleRule,
    FileRule,
    LineRule,
    MessageRule,
    Rule,
    TextRule,
)
from tunesmith.bot.datasets.rules import RULES
from tunesmith.bot.datasets.tool_calls import Call

_Target = TypeVar("_Target")
_Fix: TypeAlias = tuple[str, Callable[[_Target], bool]]
# One fix may make another possible, but no two undo each other.
_MAX_ROUNDS = 10


class FixPlan(NamedTuple):
    """What is done to the lines of a file: the codes whose fixes are applied, its format and style.

    `to_chat` tells that pairs become chat examples.
    """

    codes: frozenset[str]
    format: Format
    style: PairStyle | None
    to_chat: bool


def fix_line(line: JsonLine, plan: FixPlan, done: Counter[str]) -> bytes:
    """The fixed line, empty where nothing of it is left; counts in `done` what was fixed."""
    fixes = _fixes(plan.codes)
    for code, fix in fixes.lines:
        done[code] += fix(line)
    raw = (BOM if line.marked else b"") + line.raw
    if line.example is None or (line.refusal is not None and not line.refusal.unexplained):
        return raw
    if not _fix_value(line.example, line.raw, plan, Counter()):
        return raw
    exact = read_exact(line.raw)
    if exact.has_repeated_keys or not isinstance(exact.value, dict):
        return raw
    fixed = _fix_value(exact.value, line.raw, plan, done)
    return write_like(line.raw, fixed) if fixed is not None else raw


class _Fixes(NamedTuple):
    lines: Sequence[_Fix[JsonLine]]
    examples: dict[Format, Sequence[_Fix[ExampleView]]]
    messages: dict[Format, Sequence[_Fix[MessageView]]]
    calls: Sequence[_Fix[Call]]
    texts: Sequence[tuple[str, Callable[[str], str]]]


@lru_cache
def _fixes(codes: frozenset[str]) -> _Fixes:
    """The fixes of some rules, by what they change."""
    chosen: list[Rule] = [RULES[code] for code in sorted(codes)]
    of_lines = [rule for rule in chosen if isinstance(rule, LineRule | FileRule)]
    of_examples = [rule for rule in chosen if isinstance(rule, ExampleRule)]
    of_messages = [rule for rule in chosen if isinstance(rule, MessageRule)]
    return _Fixes(
        [(rule.code, rule.fix) for rule in of_lines if rule.fix],
        {
            kind: [(r.code, r.fix) for r in of_examples if r.fix and kind in r.formats]
            for kind in Format
        },
        {
            kind: [(r.code, r.fix) for r in of_messages if r.fix and kind in r.formats]
            for kind in Format
        },
        [(rule.code, rule.fix) for rule in chosen if isinstance(rule, CallRule) and rule.fix],
        [(rule.code, rule.fix) for rule in chosen if isinstance(rule, TextRule) and rule.fix],
    )


def _fix_value(
    value: JsonObject, raw: bytes, plan: FixPlan, done: Counter[str]
) -> JsonObject | None:
    """The fixed example; None where there was nothing to fix, or its format is unknown."""
    kind = formats.recognise(value, plan.format)
    if kind is None:
        return None
    before, fixes = done.total(), _fixes(plan.codes)
    if fixes.texts and (not raw.isascii() or rb"\u" in raw):
        _fix_texts(value, fixes, done)
    # A pair among other rows may be one of them that lacks a key: its keys may mean something.
    if kind is plan.format or kind in CONVERSATIONS:
        _fix_example(value, kind, plan, fixes, done)
    if kind is plan.format is Format.PAIRS and plan.to_chat:
        chat = as_chat(value, plan.style or PairStyle())
        if chat is not value:
            done["format_not_trained"] += 1
            value = chat
            _fix_example(value, Format.CHAT, plan, fixes, done)
    return value if done.total() > before else None


def _fix_example(
    value: JsonObject, kind: Format, plan: FixPlan, fixes: _Fixes, done: Counter[str]
) -> None:
    """Fix what the rules of a format find, in rounds until they find nothing."""
    style = None if plan.to_chat else plan.style
    for _ in range(_MAX_ROUNDS):
        before, view = done.total(), ExampleView(value, kind, style)
        for code, fix in fixes.examples[kind]:
            done[code] += fix(view)
        for at in view.messages:
            for code, fix in fixes.messages[kind]:
                done[code] += fix(at)
        if fixes.calls:
            for call in view.calls:
                for code, fix in fixes.calls:
                    done[code] += fix(call)
        if done.total() == before:
            return


def _fix_texts(value: Json, fixes: _Fixes, done: Counter[str]) -> None:
    """Fix every text below a value."""
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, str):
                value[key] = _fixed_text(item, fixes, done)
            else:
                _fix_texts(item, fixes, done)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, str):
                value[index] = _fixed_text(item, fixes, done)
            else:
                _fix_texts(item, fixes, done)


def _fixed_text(text: str, fixes: _Fixes, done: Counter[str]) -> str:
    for code, fix in fixes.texts:
        fixed = fix(text)
        done[code] += fixed != text
        text = fixed
    return text
