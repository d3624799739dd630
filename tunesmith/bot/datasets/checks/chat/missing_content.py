"""A content without a text."""

from tunesmith.bot.datasets.checks.samples import QUESTION
from tunesmith.bot.datasets.example_view import MessageView
from tunesmith.bot.datasets.findings import Collector, Json, Path, Severity, kind_of
from tunesmith.bot.datasets.rule import MessageRule
from tunesmith.bot.messages import say


def check(at: MessageView, found: Collector) -> None:
    """A list's parts are looked at one by one."""
    content, path = at.message["content"], (*at.path, "content")
    if isinstance(content, str):
        if not content.strip() and not at.calls:
            blank = say("finding.content.blank" if content else "finding.content.empty")
            found.add("missing_content", path, state=blank)
    elif isinstance(content, list) and content:
        for index, part in enumerate(content):
            if isinstance(part, dict) and part.get("type") == "text":
                _check_text(part.get("text"), (*path, index, "text"), found)
    elif content is not None:
        state = say("finding.content.no_string", kind=kind_of(content))
        found.add("missing_content", path, state=state)
    elif not at.calls and not at.message.get("refusal"):
        found.add("missing_content", path, state=say("finding.content.missing"))


def _check_text(text: Json, path: Path, found: Collector) -> None:
    if not isinstance(text, str) or not text.strip():
        empty = isinstance(text, str)
        state = say("finding.content.empty" if empty else "finding.content.no_text")
        found.add("missing_content", path, state=state)


RULE = MessageRule(
    code="missing_content",
    severity=Severity.WARNING,
    key="content",
    check=check,
    bad={"role": "user", "content": ""},
    good=QUESTION,
)
