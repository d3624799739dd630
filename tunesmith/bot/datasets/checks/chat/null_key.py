"""A key with null that may only be left out."""

from collections.abc import Iterator

from tunesmith.bot.datasets.checks.samples import ANSWER, QUESTION
from tunesmith.bot.datasets.example_view import ExampleView
from tunesmith.bot.datasets.fields import CONVERSATIONS
from tunesmith.bot.datasets.findings import Collector, JsonObject, Path, Severity
from tunesmith.bot.datasets.rule import ExampleRule

# Of the example; of its messages. The references know no null for them.
_OF_EXAMPLE = frozenset({"tools", "functions", "parallel_tool_calls"})
_OF_MESSAGE = frozenset({"name", "weight", "tool_calls"})


def check(example: ExampleView, found: Collector) -> None:
    """Exports of whole objects write them for what is not there."""
    for path, holder, keys in _holders(example):
        if nulls := _nulls(holder, keys):
            found.add("null_key", (*path, nulls[0]), keys=nulls)


def fix(example: ExampleView) -> bool:
    """They are left out, which means the same."""
    fixed = False
    for _, holder, keys in _holders(example):
        for key in _nulls(holder, keys):
            del holder[key]
            fixed = True
    return fixed


def _holders(example: ExampleView) -> Iterator[tuple[Path, JsonObject, frozenset[str]]]:
    """What may have such keys, with its path."""
    yield example.holder_path, example.holder, _OF_EXAMPLE
    for at in example.messages:
        if None in at.message.values():
            yield at.path, at.message, _OF_MESSAGE


def _nulls(holder: JsonObject, keys: frozenset[str]) -> list[str]:
    return [key for key, value in holder.items() if value is None and key in keys]


RULE = ExampleRule(
    code="null_key",
    severity=Severity.WARNING,
    formats=CONVERSATIONS,
    check=check,
    fix=fix,
    bad={"messages": [QUESTION, {**ANSWER, "tool_calls": None}]},
    good={"messages": [QUESTION, {**ANSWER, "refusal": None}]},
)
