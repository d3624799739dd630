"""An example with more images than the provider takes."""

from tunesmith.bot.datasets import images
from tunesmith.bot.datasets.checks.samples import ANSWER, PNG, seeing
from tunesmith.bot.datasets.example_view import ExampleView
from tunesmith.bot.datasets.fields import CONVERSATIONS
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import ExampleRule


def check(example: ExampleView, found: Collector) -> None:
    """Those of each list together."""
    for path, messages in example.lists:
        count = sum(len(images.parts(each)) for each in messages if isinstance(each, dict))
        if count > images.MAX_IMAGES:
            found.add("too_many_images", path, count=count, limit=images.MAX_IMAGES)


RULE = ExampleRule(
    code="too_many_images",
    severity=Severity.WARNING,
    formats=CONVERSATIONS,
    check=check,
    bad={"messages": [seeing(*[PNG] * 11), ANSWER]},
    good={"messages": [seeing(*[PNG] * 10), ANSWER]},
)
