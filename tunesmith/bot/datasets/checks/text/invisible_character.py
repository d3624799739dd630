"""A character in a text that nobody sees but the model learns."""

from collections.abc import Iterator

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rule import TextRule
from tunesmith.bot.datasets.text_buffer import Passage, TextBuffer
from tunesmith.bot.messages import say

# By their UTF-8.
_CHARACTERS = {
    "\u200b".encode(): say("finding.character.zero_width_space"),
    "\u202e".encode(): say("finding.character.right_to_left_override"),
    "\ufeff".encode(): say("finding.character.byte_order_mark"),
}


def find(buffer: TextBuffer) -> Iterator[Passage]:
    """The first one of each kind in each text."""
    for character, what in _CHARACTERS.items():
        for position in buffer.find_once(character):
            yield Passage(position, position + len(character), "invisible_character", what)


RULE = TextRule(
    code="invisible_character",
    severity=Severity.NOTE,
    find=find,
    bad="a\u200bb",
    good="a b",
)
