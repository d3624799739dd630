"""A prompt or a completion that is no text."""

from tunesmith.bot.datasets.example_view import ExampleView
from tunesmith.bot.datasets.findings import Collector, Severity, kind_of
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.rule import ExampleRule


def check(example: ExampleView, found: Collector) -> None:
    """Each of them."""
    for name in ("prompt", "completion"):
        key = example.pair_keys.get(name)
        if key is not None and not isinstance(value := example.value[key], str):
            found.add("pair_not_text", (key,), key=name, kind=kind_of(value))


RULE = ExampleRule(
    code="pair_not_text",
    severity=Severity.WARNING,
    formats=frozenset({Format.PAIRS}),
    check=check,
    bad={"prompt": "q\n\n###\n\n", "completion": 7},
    good={"prompt": "q\n\n###\n\n", "completion": " a END"},
)
