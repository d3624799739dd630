"""An answer of a function that does not say which one."""

from tunesmith.bot.datasets.example_view import MessageView
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import MessageRule


def check(at: MessageView, found: Collector) -> None:
    """The role function is that of function_call, which has no ids."""
    if at.role == "function" and not isinstance(at.message.get("name"), str):
        found.add("function_message_without_name", at.path)


RULE = MessageRule(
    code="function_message_without_name",
    severity=Severity.WARNING,
    key="role",
    check=check,
    bad={"role": "function", "content": "18 degrees"},
    good={"role": "function", "content": "18 degrees", "name": "get_weather"},
)
