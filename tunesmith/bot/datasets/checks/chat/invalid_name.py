"""A name that the provider refuses."""

import re

from tunesmith.bot.datasets.checks.samples import QUESTION
from tunesmith.bot.datasets.example_view import MessageView
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import MessageRule

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def check(at: MessageView, found: Collector) -> None:
    """One to 64 letters, digits, - or _."""
    name = at.message["name"]
    if name is not None and not (isinstance(name, str) and _NAME.fullmatch(name)):
        found.add("invalid_name", (*at.path, "name"), str(name)[:80])


RULE = MessageRule(
    code="invalid_name",
    severity=Severity.WARNING,
    key="name",
    check=check,
    bad={**QUESTION, "name": "Kim Min"},
    good={**QUESTION, "name": "Kim_Min"},
)
