"""The pieces that forms are made of: pure functions that give Block Kit dicts.

Limits are Slack's: an option's text and description have 75 characters, a select has 100 options
(docs.slack.dev/reference/block-kit/composition-objects/option-object).
"""

from collections.abc import Sequence

from pydantic import BaseModel

from tunesmith.bot.messages import Text
from tunesmith.handlers.slack.blocks import Block, plain
from tunesmith.handlers.slack.mrkdwn import shorten

MOST_OPTIONS = 100
OPTION = 75
"""The most characters of an option."""


def form(
    words: Text,
    callback_id: str,
    carried: BaseModel,
    blocks: Sequence[Block],
    *,
    title: str,
    submit: str,
) -> Block:
    """A modal that is sent; what is `carried` comes back with what was filled in."""
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title),
        "submit": plain(submit),
        "close": plain(words("form.close")),
        "private_metadata": carried.model_dump_json(),
        "blocks": list(blocks),
    }


def input_block(
    name: str, label: str, element: Block, *, hint: str | None = None, optional: bool = False
) -> Block:
    """A field of a form: both the block and its element have this name."""
    block: Block = {
        "type": "input",
        "block_id": name,
        "label": plain(label),
        "element": {**element, "action_id": name},
        "optional": optional,
    }
    if hint:
        block["hint"] = plain(hint)
    return block


def option(label: str, value: str, about: str | None = None) -> Block:
    """An option, with a line under it `about` it."""
    offered: Block = {"text": plain(shorten(label, OPTION)), "value": value}
    return {**offered, "description": plain(shorten(about, OPTION))} if about else offered


def select(options: Sequence[Block], chosen: str | None = None) -> Block:
    """One of the first hundred options; that of the `chosen` value is set, where there is one."""
    element: Block = {"type": "static_select", "options": list(options[:MOST_OPTIONS])}
    initial = next((one for one in element["options"] if one["value"] == chosen), None)
    return {**element, "initial_option": initial} if initial else element


def question_input(question: str, most: int) -> Block:
    """Where a question is written, or what is there of it is changed."""
    element: Block = {"type": "plain_text_input", "multiline": True, "max_length": most}
    return {**element, "initial_value": shorten(question, most)} if question else element
