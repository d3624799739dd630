"""A NUL character in a text: nobody sees it, but the model learns it."""

from collections.abc import Iterator

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rule import TextRule
from tunesmith.bot.datasets.text_buffer import Passage, TextBuffer


def find(buffer: TextBuffer) -> Iterator[Passage]:
    """The first one of each text."""
    for position in buffer.find_once(b"\0"):
        yield Passage(position, position + 1, "nul_character")


def fix(text: str) -> str:
    """The text without them."""
    return text.replace("\0", "")


RULE = TextRule(
    code="nul_character",
    severity=Severity.WARNING,
    find=find,
    fix=fix,
    bad="a\0b",
    good="ab",
)
