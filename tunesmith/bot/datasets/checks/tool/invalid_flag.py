"""parallel_tool_calls that is neither true nor false."""

from tunesmith.bot.datasets.checks.samples import call, calling
from tunesmith.bot.datasets.example_view import ExampleView
from tunesmith.bot.datasets.fields import CONVERSATIONS
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import ExampleRule


def check(example: ExampleView, found: Collector) -> None:
    """null is left to the rule on keys with null."""
    flag = example.holder.get("parallel_tool_calls")
    if flag is not None and not isinstance(flag, bool):
        path = (*example.holder_path, "parallel_tool_calls")
        found.add("invalid_flag", path, str(flag)[:80])


RULE = ExampleRule(
    code="invalid_flag",
    severity=Severity.WARNING,
    formats=CONVERSATIONS,
    check=check,
    bad=calling(call(), parallel_tool_calls="yes"),
    good=calling(call(), parallel_tool_calls=True),
)
