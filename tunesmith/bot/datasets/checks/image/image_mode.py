"""An image in other colours than red, green and blue."""

from tunesmith.bot.datasets import images
from tunesmith.bot.datasets.checks.samples import PNG, seeing
from tunesmith.bot.datasets.example_view import PartView
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import PartRule

_GREY = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAADElEQVR4nGNgoA4AAABIAAEu"
    "uDx+AAAAAElFTkSuQmCC"
)


def check(at: PartView, found: Collector) -> None:
    """Of the types that are trained on."""
    image = at.image
    if image is not None and image.type in images.TYPES and image.mode not in ("RGB", "RGBA"):
        found.add("image_mode", (*at.path, "image_url", "url"), mode=image.mode)


RULE = PartRule(
    code="image_mode",
    severity=Severity.WARNING,
    check=check,
    bad=seeing(_GREY),
    good=seeing(PNG),
)
