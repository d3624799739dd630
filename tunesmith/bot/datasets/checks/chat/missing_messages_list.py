"""An example without messages."""

from tunesmith.bot.datasets.checks.samples import ANSWER, QUESTION
from tunesmith.bot.datasets.example_view import ExampleView
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.rule import ExampleRule


def check(example: ExampleView, found: Collector) -> None:
    """An empty list is none."""
    if not example.lists:
        found.add("missing_messages_list", ("messages",))


RULE = ExampleRule(
    code="missing_messages_list",
    severity=Severity.ERROR,
    formats=frozenset({Format.CHAT, Format.REINFORCEMENT}),
    check=check,
    bad={"messages": []},
    good={"messages": [QUESTION, ANSWER]},
)
