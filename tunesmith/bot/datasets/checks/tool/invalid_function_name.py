"""A declared function whose name the provider refuses."""

import re

from tunesmith.bot.datasets.checks.samples import ANSWER, QUESTION, WEATHER
from tunesmith.bot.datasets.example_view import ExampleView
from tunesmith.bot.datasets.fields import CONVERSATIONS
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.datasets.rule import ExampleRule

# The reference of chat completions, tools.function.name: letters, digits, _ and -, at most 64.
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def check(example: ExampleView, found: Collector) -> None:
    """Calls must have the name of the declaration anyway."""
    for tool in example.tools:
        if tool.name is not None and not _NAME.fullmatch(tool.name):
            found.add("invalid_function_name", (*tool.path, "name"), name=quoted(tool.name))


RULE = ExampleRule(
    code="invalid_function_name",
    severity=Severity.WARNING,
    formats=CONVERSATIONS,
    check=check,
    bad={
        "messages": [QUESTION, ANSWER],
        "tools": [{"type": "function", "function": {"name": "get weather"}}],
    },
    good={"messages": [QUESTION, ANSWER], "tools": [WEATHER]},
)
