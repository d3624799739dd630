"""A message without a role or a content."""

from tunesmith.bot.datasets.checks.samples import QUESTION
from tunesmith.bot.datasets.example_view import MessageView
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import MessageRule


def check(at: MessageView, found: Collector) -> None:
    """A content is not due where the assistant calls a function."""
    message = at.message
    if "role" in message and ("content" in message or at.calls):
        return
    missing = [key for key in ("role", "content") if key not in message]
    if at.calls:
        missing.remove("content")
    found.add("message_missing_key", at.path, keys=missing)


RULE = MessageRule(
    code="message_missing_key",
    severity=Severity.ERROR,
    check=check,
    bad={"role": "user"},
    good=QUESTION,
)
