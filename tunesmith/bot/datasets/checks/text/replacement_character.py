"""U+FFFD in a text: the character that stood there is lost."""

from collections.abc import Iterator

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rule import TextRule
from tunesmith.bot.datasets.text_buffer import Passage, TextBuffer

_CHARACTER = "\ufffd".encode()


def find(buffer: TextBuffer) -> Iterator[Passage]:
    """The first one of each text."""
    for position in buffer.find_once(_CHARACTER):
        yield Passage(position, position + len(_CHARACTER), "replacement_character")


RULE = TextRule(
    code="replacement_character",
    severity=Severity.WARNING,
    find=find,
    bad="caf\ufffd",
    good="café",
)
