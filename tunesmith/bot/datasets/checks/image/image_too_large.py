"""An image of more bytes than the provider takes."""

from tunesmith.bot.datasets import images
from tunesmith.bot.datasets.checks.samples import PNG, seeing
from tunesmith.bot.datasets.example_view import PartView
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import PartRule


def check(at: PartView, found: Collector) -> None:
    """By the length of its base64."""
    if at.url is None or at.image is None:
        return
    size = (len(at.url) - at.url.index(",") - 1) * 3 // 4
    if size > images.MAX_BYTES:
        path = (*at.path, "image_url", "url")
        found.add("image_too_large", path, size=size, limit=images.MAX_BYTES)


RULE = PartRule(
    code="image_too_large",
    severity=Severity.WARNING,
    check=check,
    good=seeing(PNG),
)
