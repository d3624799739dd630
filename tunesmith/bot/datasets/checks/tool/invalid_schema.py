"""A declaration of parameters that is no JSON Schema."""

from tunesmith.bot.datasets.checks.samples import ANSWER, QUESTION, WEATHER
from tunesmith.bot.datasets.example_view import ExampleView
from tunesmith.bot.datasets.fields import CONVERSATIONS
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import ExampleRule
from tunesmith.bot.datasets.tool_schemas import flaw


def check(example: ExampleView, found: Collector) -> None:
    """The place that is wrong, and the keyword of JSON Schema that it breaks."""
    for tool in example.tools:
        if tool.parameters and (wrong := flaw(tool.parameters)) is not None:
            path = (*tool.path, "parameters", *wrong.path)
            found.add("invalid_schema", path, keyword=wrong.keyword)


RULE = ExampleRule(
    code="invalid_schema",
    severity=Severity.WARNING,
    formats=CONVERSATIONS,
    check=check,
    bad={
        "messages": [QUESTION, ANSWER],
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "get_weather",
                    "parameters": {
                        "type": "object",
                        "properties": {"city": {"type": "text"}},
                    },
                },
            }
        ],
    },
    good={"messages": [QUESTION, ANSWER], "tools": [WEATHER]},
)
