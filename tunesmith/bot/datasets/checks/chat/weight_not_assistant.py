"""A weight of a message that is not learnt anyway."""

from tunesmith.bot.datasets.checks.samples import ANSWER, QUESTION
from tunesmith.bot.datasets.example_view import MessageView
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import MessageRule


def check(at: MessageView, found: Collector) -> None:
    """Whatever the weight is."""
    if at.role != "assistant" and at.message["weight"] is not None:
        found.add("weight_not_assistant", (*at.path, "weight"))


def fix(at: MessageView) -> bool:
    """The message is left without it."""
    if at.role == "assistant" or at.message.get("weight") is None:
        return False
    del at.message["weight"]
    return True


RULE = MessageRule(
    code="weight_not_assistant",
    severity=Severity.WARNING,
    key="weight",
    check=check,
    fix=fix,
    bad={**QUESTION, "weight": 1},
    good={**ANSWER, "weight": 1},
)
