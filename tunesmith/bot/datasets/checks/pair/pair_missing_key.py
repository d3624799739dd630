"""A pair without a prompt or a completion."""

from tunesmith.bot.datasets.example_view import ExampleView
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.rule import ExampleRule


def check(example: ExampleView, found: Collector) -> None:
    """In any case."""
    for name in ("prompt", "completion"):
        if name not in example.pair_keys:
            found.add("pair_missing_key", (name,), key=name)


RULE = ExampleRule(
    code="pair_missing_key",
    severity=Severity.ERROR,
    formats=frozenset({Format.PAIRS}),
    check=check,
    bad={"prompt": "q\n\n###\n\n"},
    good={"prompt": "q\n\n###\n\n", "completion": " a END"},
)
