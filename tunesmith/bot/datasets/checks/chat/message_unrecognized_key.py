"""A key of a message that no format knows."""

from tunesmith.bot.datasets.checks.samples import QUESTION
from tunesmith.bot.datasets.example_view import MessageView
from tunesmith.bot.datasets.fields import MESSAGE_KEYS
from tunesmith.bot.datasets.findings import Collector, Severity, quoted_names
from tunesmith.bot.datasets.rule import MessageRule


def check(at: MessageView, found: Collector) -> None:
    """All of them in one finding."""
    if not MESSAGE_KEYS.issuperset(at.message):
        unknown = [key for key in at.message if key not in MESSAGE_KEYS]
        found.add("message_unrecognized_key", (*at.path, unknown[0]), keys=quoted_names(unknown))


def fix(at: MessageView) -> bool:
    """The message is left without them."""
    unknown = [key for key in at.message if key not in MESSAGE_KEYS]
    for key in unknown:
        del at.message[key]
    return bool(unknown)


RULE = MessageRule(
    code="message_unrecognized_key",
    severity=Severity.WARNING,
    check=check,
    fix=fix,
    bad={**QUESTION, "mood": "cheerful"},
    good={**QUESTION, "name": "Kim"},
)
