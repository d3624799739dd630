"""An image with a detail that nobody knows."""

from tunesmith.bot.datasets import images
from tunesmith.bot.datasets.checks.samples import PNG, seeing
from tunesmith.bot.datasets.example_view import PartView
from tunesmith.bot.datasets.findings import Collector, Severity, kind_of
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.datasets.rule import PartRule


def check(at: PartView, found: Collector) -> None:
    """Nothing is the same as auto."""
    if at.url is None or not isinstance(at.part, dict):
        return
    holder = at.part.get("image_url")
    detail = holder.get("detail", "auto") if isinstance(holder, dict) else "auto"
    if detail not in images.DETAILS:
        shown = quoted(detail) if isinstance(detail, str) else kind_of(detail)
        found.add("image_detail", (*at.path, "image_url", "detail"), detail=shown)


RULE = PartRule(
    code="image_detail",
    severity=Severity.WARNING,
    check=check,
    bad={
        "role": "user",
        "content": [{"type": "image_url", "image_url": {"url": PNG, "detail": "highest"}}],
    },
    good=seeing(PNG),
)
