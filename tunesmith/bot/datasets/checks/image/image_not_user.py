"""An image in a message that is not the user's."""

from tunesmith.bot.datasets.checks.samples import PNG, seeing
from tunesmith.bot.datasets.example_view import PartView
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import PartRule


def check(at: PartView, found: Collector) -> None:
    """Whatever it shows."""
    if at.url is not None and at.role != "user":
        found.add("image_not_user", at.path)


RULE = PartRule(
    code="image_not_user",
    severity=Severity.WARNING,
    check=check,
    bad=seeing(PNG, role="assistant"),
    good=seeing(PNG),
)
