"""A message that is no object."""

from tunesmith.bot.datasets.checks.samples import ANSWER, QUESTION
from tunesmith.bot.datasets.example_view import ExampleView
from tunesmith.bot.datasets.fields import CONVERSATIONS
from tunesmith.bot.datasets.findings import Collector, Severity, kind_of
from tunesmith.bot.datasets.rule import ExampleRule


def check(example: ExampleView, found: Collector) -> None:
    """Each of them, in every list."""
    for path, messages in example.lists:
        for index, message in enumerate(messages):
            if not isinstance(message, dict):
                found.add("message_data_type", (*path, index), kind=kind_of(message))


RULE = ExampleRule(
    code="message_data_type",
    severity=Severity.ERROR,
    formats=CONVERSATIONS,
    check=check,
    bad={"messages": ["hello", ANSWER]},
    good={"messages": [QUESTION, ANSWER]},
)
