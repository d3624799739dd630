"""An image behind an address, whose tokens cannot be counted."""

from tunesmith.bot.datasets import images
from tunesmith.bot.datasets.checks.samples import PNG, seeing
from tunesmith.bot.datasets.example_view import PartView
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import PartRule


def check(at: PartView, found: Collector) -> None:
    """It is not fetched."""
    if at.url and at.url.startswith(images.SCHEMES):
        found.add("image_size_unknown", (*at.path, "image_url", "url"), at.url[:80])


RULE = PartRule(
    code="image_size_unknown",
    severity=Severity.NOTE,
    check=check,
    bad=seeing("https://example.com/a.png"),
    good=seeing(PNG),
)
