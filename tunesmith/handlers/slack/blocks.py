"""The small pieces that every message is made of: pure functions that give Block Kit dicts.

Blocks are plain dicts, because slack_sdk's models do not know the newer ones. Limits are Slack's
(docs.slack.dev/reference/block-kit): a section's text has 3,000 characters, a field 2,000, a
button's and an option's text 75, a table 100 rows and one to a message.
"""

from collections.abc import Sequence
from typing import Any

from tunesmith.handlers.slack.mrkdwn import shorten

Block = dict[str, Any]

_SECTION = 3_000
_FIELD = 2_000
_CODE = 2_900


def section(text: str) -> Block:
    """A paragraph of mrkdwn."""
    return {"type": "section", "text": _mrkdwn(text, _SECTION)}


def markdown(text: str) -> Block:
    """Text in the markdown that models write, escaped; 12,000 characters in a message."""
    return {"type": "markdown", "text": text}


def fields(texts: Sequence[str]) -> Block:
    """Up to ten short texts in two columns."""
    return {
        "type": "section",
        "fields": [_mrkdwn(text, _FIELD) for text in texts[:10]],
    }


def context(text: str) -> Block:
    """A line of small print."""
    return {"type": "context", "elements": [_mrkdwn(text, _FIELD)]}


def header(text: str) -> Block:
    """A heading."""
    return {"type": "header", "text": plain(shorten(text, 150))}


def _mrkdwn(text: str, most: int) -> Block:
    """A text object with markup. It is `verbatim`, so that Slack makes no mention or link of an
    `@channel` or `#general` that somebody wrote into a file.
    """
    return {"type": "mrkdwn", "text": shorten(text, most), "verbatim": True}


def plain(text: str) -> Block:
    """A plain-text object."""
    return {"type": "plain_text", "text": text, "emoji": True}


def button(
    text: str,
    action_id: str,
    value: str,
    *,
    style: str | None = None,
    confirm: Block | None = None,
) -> Block:
    """A button; `style` is `primary` or `danger`."""
    element: Block = {
        "type": "button",
        "text": plain(shorten(text, 75)),
        "action_id": action_id,
        "value": value,
    }
    if style:
        element["style"] = style
    if confirm:
        element["confirm"] = confirm
    return element


def actions(*elements: Block) -> Block:
    """A row of buttons."""
    return {"type": "actions", "elements": list(elements)}


def checkboxes(block_id: str, action_id: str, options: Sequence[tuple[str, str]]) -> Block:
    """Boxes to tick, none of them at first: up to ten labels, each with its value."""
    offered = [{"text": plain(shorten(label, 75)), "value": value} for label, value in options[:10]]
    element = {"type": "checkboxes", "action_id": action_id, "options": offered}
    return {"type": "actions", "block_id": block_id, "elements": [element]}


def table(rows: Sequence[Sequence[str]], right: Sequence[int]) -> Block:
    """A table; its first row is the heading, the columns named in `right` are set flush right."""
    width = len(rows[0])
    return {
        "type": "table",
        "column_settings": [
            {"align": "right" if column in right else "left", "is_wrapped": True}
            for column in range(width)
        ],
        "rows": [[{"type": "raw_text", "text": cell or "–"} for cell in row] for row in rows],
    }


def image(file_id: str, alt: str) -> Block:
    """A picture that was uploaded to Slack; `alt` says what it shows."""
    return {"type": "image", "slack_file": {"id": file_id}, "alt_text": shorten(alt, _FIELD)}


def code(text: str) -> Block:
    """A block of code: shown as it is, so nothing in it needs escaping."""
    element = {"type": "text", "text": shorten(text, _CODE)}
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_preformatted", "elements": [element]}],
    }
