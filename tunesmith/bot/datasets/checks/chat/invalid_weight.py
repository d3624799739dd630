"""A weight other than 0 and 1."""

from tunesmith.bot.datasets.checks.samples import ANSWER
from tunesmith.bot.datasets.example_view import MessageView
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import MessageRule


def check(at: MessageView, found: Collector) -> None:
    """true and 1.0 are no weights, though Python takes them for 1."""
    weight = at.message["weight"]
    if isinstance(weight, bool | float) or weight not in (0, 1, None):
        found.add("invalid_weight", (*at.path, "weight"), str(weight)[:80])


RULE = MessageRule(
    code="invalid_weight",
    severity=Severity.WARNING,
    key="weight",
    check=check,
    bad={**ANSWER, "weight": 0.5},
    good={**ANSWER, "weight": 1},
)
