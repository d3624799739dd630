"""A call after which the conversation goes on without an answer."""

from tunesmith.bot.datasets.checks.samples import call, calling
from tunesmith.bot.datasets.example_view import ExampleView
from tunesmith.bot.datasets.fields import CONVERSATIONS
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.datasets.rule import ExampleRule


def check(example: ExampleView, found: Collector) -> None:
    """Each such call."""
    for exchange in example.exchanges:
        for path, call_id in exchange.unanswered:
            found.add("tool_call_unanswered", path, id=quoted(call_id))


RULE = ExampleRule(
    code="tool_call_unanswered",
    severity=Severity.WARNING,
    formats=CONVERSATIONS,
    check=check,
    bad=calling(call(), answers=()),
    good=calling(call()),
)
