"""A tool message that answers no call."""

from tunesmith.bot.datasets.checks.samples import call, calling
from tunesmith.bot.datasets.example_view import ExampleView
from tunesmith.bot.datasets.fields import CONVERSATIONS
from tunesmith.bot.datasets.findings import Collector, Severity, kind_of
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.datasets.rule import ExampleRule


def check(example: ExampleView, found: Collector) -> None:
    """Each such message."""
    for exchange in example.exchanges:
        for path, call_id in exchange.unasked:
            shown = call_id if isinstance(call_id, str) else ""
            named = quoted(call_id) if isinstance(call_id, str) else kind_of(call_id)
            found.add("tool_message_without_call", path, shown, id=named)


RULE = ExampleRule(
    code="tool_message_without_call",
    severity=Severity.WARNING,
    formats=CONVERSATIONS,
    check=check,
    bad=calling(call(), answers=("call_1", "call_2")),
    good=calling(call()),
)
