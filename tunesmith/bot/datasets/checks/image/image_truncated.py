"""An image that breaks off."""

from tunesmith.bot.datasets import images
from tunesmith.bot.datasets.checks.samples import PNG, seeing
from tunesmith.bot.datasets.example_view import PartView
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import PartRule


def check(at: PartView, found: Collector) -> None:
    """Its head can be read, the rest cannot."""
    if at.url and at.image is not None and not images.is_whole(at.url, at.image.type):
        found.add("image_truncated", (*at.path, "image_url", "url"))


RULE = PartRule(
    code="image_truncated",
    severity=Severity.WARNING,
    check=check,
    bad=seeing(PNG[:-32]),
    good=seeing(PNG),
)
