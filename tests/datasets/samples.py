"""The samples of rules, as lines of files in which nothing else is wrong."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias, cast

from tests.datasets.files import (
    Line,
    answer,
    chat,
    chats,
    message,
    pairs,
    preferences,
    question,
    reinforcements,
)
from tunesmith.bot.datasets import reading
from tunesmith.bot.datasets.block import check_block
from tunesmith.bot.datasets.findings import RawFinding
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.json_line import BOM
from tunesmith.bot.datasets.rule import (
    CallRule,
    ExampleRule,
    LineRule,
    MessageRule,
    PartRule,
    RolesRule,
    Rule,
    TextRule,
)
from tunesmith.bot.datasets.rules import RULES
from tunesmith.bot.datasets.scan import first_look

SampledRule: TypeAlias = (
    LineRule | ExampleRule | RolesRule | MessageRule | PartRule | CallRule | TextRule
)
_LINES = {
    Format.CHAT: chats,
    Format.PAIRS: pairs,
    Format.PREFERENCE: preferences,
    Format.REINFORCEMENT: reinforcements,
}


def is_sampled(rule: Rule) -> bool:
    """Whether a rule shows in a sample what it finds."""
    return getattr(rule, "bad", None) is not None


SAMPLED: list[SampledRule] = [
    cast("SampledRule", rule) for rule in RULES.values() if is_sampled(rule)
]


def planted(rule: SampledRule, sample: Any) -> tuple[Sequence[Line], int]:
    """Good lines with a sample among them, and the number of its line."""
    good, line = _LINES[format_of(rule)](), _line(rule, sample)
    if isinstance(line, bytes) and line.startswith(BOM):
        return [line, *good], 1
    return [*good[:6], line, *good[6:]], 7


def format_of(rule: Rule) -> Format:
    """The format of the lines in which a rule's sample is planted."""
    return min(rule.formats) if isinstance(rule, ExampleRule) else Format.CHAT


def _line(rule: SampledRule, sample: Any) -> Line:
    match rule:
        case LineRule() | ExampleRule() | CallRule():
            return sample
        case RolesRule():
            return chat(0, *(message(role, f"{role} {n}") for n, role in enumerate(sample)))
        case MessageRule() | PartRule():
            return talk(sample)
        case TextRule():
            return chat(0, message("user", question(1)), message("assistant", sample))


def talk(said: dict[str, Any]) -> dict[str, Any]:
    """An example with a message in it, where its role may stand."""
    if said.get("role") == "assistant":
        return {"messages": [message("user", question(1)), said]}
    return {"messages": [said, message("assistant", answer(1))]}


def found_in(path: Path) -> list[RawFinding]:
    """What the check of a small file finds; lines from 1."""
    block = reading.Block(0, path.stat().st_size)
    result = check_block(first_look(path, "o200k_base"), block)
    return [found.moved(1) for found in result.findings]
