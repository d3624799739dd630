"""Personal data in a text: an address, a phone, card, account or identity number."""

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.private.personal import find
from tunesmith.bot.datasets.rule import TextRule

RULE = TextRule(
    code="personal_data",
    severity=Severity.WARNING,
    find=find,
    bad="Call 010-2345-6789.",
    good="Call order 12-345.",
)
