"""function_call and functions, which came before tools."""

from tunesmith.bot.datasets.checks.samples import ANSWER, QUESTION, WEATHER
from tunesmith.bot.datasets.example_view import ExampleView
from tunesmith.bot.datasets.fields import CONVERSATIONS
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import ExampleRule


def check(example: ExampleView, found: Collector) -> None:
    """The declarations, and each message that calls in this way."""
    if example.holder.get("functions") is not None:
        found.add("deprecated_functions", (*example.holder_path, "functions"))
    for at in example.messages:
        if at.message.get("function_call") is not None:
            found.add("deprecated_functions", (*at.path, "function_call"))


RULE = ExampleRule(
    code="deprecated_functions",
    severity=Severity.NOTE,
    formats=CONVERSATIONS,
    check=check,
    bad={"messages": [QUESTION, ANSWER], "functions": [WEATHER["function"]]},
    good={"messages": [QUESTION, ANSWER]},
)
