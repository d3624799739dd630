"""A function that is declared twice."""

from tunesmith.bot.datasets.checks.samples import WEATHER, call, calling
from tunesmith.bot.datasets.example_view import ExampleView
from tunesmith.bot.datasets.fields import CONVERSATIONS
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.datasets.rule import ExampleRule


def check(example: ExampleView, found: Collector) -> None:
    """The second declaration."""
    seen: set[str] = set()
    for tool in example.tools:
        if tool.name in seen:
            found.add("duplicate_tool", (*tool.path, "name"), function=quoted(tool.name))
        if tool.name is not None:
            seen.add(tool.name)


RULE = ExampleRule(
    code="duplicate_tool",
    severity=Severity.WARNING,
    formats=CONVERSATIONS,
    check=check,
    bad=calling(call(), tools=[WEATHER, WEATHER]),
    good=calling(call()),
)
