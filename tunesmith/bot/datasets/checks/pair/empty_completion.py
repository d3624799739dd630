"""A completion with nothing in it."""

from tunesmith.bot.datasets.example_view import ExampleView
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.rule import ExampleRule


def check(example: ExampleView, found: Collector) -> None:
    """White space is nothing too."""
    key = example.pair_keys.get("completion", "completion")
    if isinstance(text := example.value.get(key), str) and not text.strip():
        found.add("empty_completion", (key,))


RULE = ExampleRule(
    code="empty_completion",
    severity=Severity.WARNING,
    formats=frozenset({Format.PAIRS}),
    check=check,
    bad={"prompt": "q\n\n###\n\n", "completion": ""},
    good={"prompt": "q\n\n###\n\n", "completion": " a END"},
)
