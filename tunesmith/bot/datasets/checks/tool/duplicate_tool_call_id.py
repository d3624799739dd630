"""Two calls with the same id."""

from tunesmith.bot.datasets.checks.samples import call, calling
from tunesmith.bot.datasets.example_view import ExampleView
from tunesmith.bot.datasets.fields import CONVERSATIONS
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.datasets.rule import ExampleRule


def check(example: ExampleView, found: Collector) -> None:
    """The second one."""
    for exchange in example.exchanges:
        for path, call_id in exchange.repeated:
            found.add("duplicate_tool_call_id", path, id=quoted(call_id))


RULE = ExampleRule(
    code="duplicate_tool_call_id",
    severity=Severity.WARNING,
    formats=CONVERSATIONS,
    check=check,
    bad=calling(call(), call()),
    good=calling(call(), call(call_id="call_2"), answers=("call_1", "call_2")),
)
