"""An image of a type that is not trained on."""

from tunesmith.bot.datasets import images
from tunesmith.bot.datasets.checks.samples import PNG, seeing
from tunesmith.bot.datasets.example_view import PartView
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import PartRule

_GIF = (
    "data:image/gif;base64,R0lGODdhCAAIAIEAAAAAAAAAAAAAAAAAACwAAAAACAAIAAAIDwABCBxIsKDBgwgTKkwYEAA7"
)


def check(at: PartView, found: Collector) -> None:
    """By its head, whatever the data URL says."""
    if at.image is not None and at.image.type not in images.TYPES:
        found.add("image_type", (*at.path, "image_url", "url"), kind=at.image.type)


RULE = PartRule(
    code="image_type",
    severity=Severity.WARNING,
    check=check,
    bad=seeing(_GIF),
    good=seeing(PNG),
)
