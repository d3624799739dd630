"""More examples with images than the provider takes."""

from tunesmith.bot.datasets import images
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile


def check(file: WholeFile, found: Collector) -> None:
    """In the whole file."""
    count, limit = file.statistics.with_images, images.MAX_IMAGE_EXAMPLES
    if count > limit:
        found.add("too_many_image_examples", count=count, limit=limit)


RULE = FileRule(
    code="too_many_image_examples",
    severity=Severity.WARNING,
    check=check,
)
