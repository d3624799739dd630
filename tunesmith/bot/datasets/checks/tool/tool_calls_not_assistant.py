"""A call by someone else than the assistant."""

from tunesmith.bot.datasets.checks.samples import QUESTION, call
from tunesmith.bot.datasets.example_view import MessageView
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import MessageRule


def check(at: MessageView, found: Collector) -> None:
    """Whatever is called."""
    if at.role != "assistant" and at.message["tool_calls"] is not None:
        found.add("tool_calls_not_assistant", (*at.path, "tool_calls"))


RULE = MessageRule(
    code="tool_calls_not_assistant",
    severity=Severity.WARNING,
    key="tool_calls",
    check=check,
    bad={**QUESTION, "tool_calls": [call()]},
    good={"role": "assistant", "content": None, "tool_calls": [call()]},
)
