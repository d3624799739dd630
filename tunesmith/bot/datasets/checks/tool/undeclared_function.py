"""A call of a function that is not declared."""

from tunesmith.bot.datasets.checks.samples import call, calling
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.datasets.rule import CallRule
from tunesmith.bot.datasets.tool_calls import Call


def check(call: Call, found: Collector) -> None:
    """By its name."""
    if call.schema is None:
        found.add("undeclared_function", (*call.path, "name"), function=quoted(call.name))


RULE = CallRule(
    code="undeclared_function",
    severity=Severity.WARNING,
    check=check,
    bad=calling(call(name="get_time")),
    good=calling(call()),
)
