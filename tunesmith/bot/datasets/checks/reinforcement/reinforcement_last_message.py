"""A conversation that does not end with the question."""

from tunesmith.bot.datasets.checks.samples import ANSWER, QUESTION
from tunesmith.bot.datasets.example_view import ExampleView, role_name
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.rule import ExampleRule


def check(example: ExampleView, found: Collector) -> None:
    """The model writes the answer during training."""
    roles = example.roles
    if roles and roles[-1] != "user":
        path = ("messages", len(roles) - 1)
        found.add("reinforcement_last_message", path, role=role_name(roles[-1]))


RULE = ExampleRule(
    code="reinforcement_last_message",
    severity=Severity.WARNING,
    formats=frozenset({Format.REINFORCEMENT}),
    check=check,
    bad={"messages": [ANSWER], "reference_answer": "18 degrees"},
    good={"messages": [QUESTION], "reference_answer": "18 degrees"},
)
