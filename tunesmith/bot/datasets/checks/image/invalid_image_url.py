"""An image that is neither an address nor a data URL of one."""

from tunesmith.bot.datasets import images
from tunesmith.bot.datasets.checks.samples import PNG, seeing
from tunesmith.bot.datasets.example_view import PartView
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import PartRule


def check(at: PartView, found: Collector) -> None:
    """By its head."""
    if at.url is not None and not at.url.startswith(images.SCHEMES) and at.image is None:
        found.add("invalid_image_url", (*at.path, "image_url", "url"), at.url[:40])


RULE = PartRule(
    code="invalid_image_url",
    severity=Severity.WARNING,
    check=check,
    bad=seeing("data:image/png;base64,AAAA"),
    good=seeing(PNG),
)
