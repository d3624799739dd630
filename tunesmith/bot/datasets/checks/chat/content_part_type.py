"""A content part that the role may not have."""

from tunesmith.bot.datasets.example_view import PartView
from tunesmith.bot.datasets.findings import Collector, Severity, kind_of
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.datasets.rule import PartRule


def check(at: PartView, found: Collector) -> None:
    """Text and images are looked at by their own rules; a refusal is the assistant's."""
    kind = at.part.get("type") if isinstance(at.part, dict) else None
    if kind in ("text", "image_url") or (kind == "refusal" and at.role == "assistant"):
        return
    shown = quoted(kind) if isinstance(kind, str) else kind_of(at.part)
    role = quoted(at.role) if isinstance(at.role, str) else kind_of(at.role)
    found.add("content_part_type", at.path, kind=shown, role=role)


RULE = PartRule(
    code="content_part_type",
    severity=Severity.WARNING,
    check=check,
    bad={"role": "user", "content": [{"type": "input_audio", "input_audio": {}}]},
    good={"role": "user", "content": [{"type": "text", "text": "Hello."}]},
)
