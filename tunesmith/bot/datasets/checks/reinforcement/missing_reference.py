"""An example with nothing for the grader to compare the answer with."""

from tunesmith.bot.datasets.checks.samples import QUESTION
from tunesmith.bot.datasets.example_view import ExampleView
from tunesmith.bot.datasets.fields import EXAMPLE_KEYS
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.rule import ExampleRule


def check(example: ExampleView, found: Collector) -> None:
    """Any key that chat examples do not have is a reference."""
    if example.lists and not any(key not in EXAMPLE_KEYS[Format.CHAT] for key in example.value):
        found.add("missing_reference")


RULE = ExampleRule(
    code="missing_reference",
    severity=Severity.WARNING,
    formats=frozenset({Format.REINFORCEMENT}),
    check=check,
    bad={"messages": [QUESTION]},
    good={"messages": [QUESTION], "reference_answer": "18 degrees"},
)
