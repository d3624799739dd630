"""Personal data: e-mail addresses and numbers of persons."""

from collections.abc import Iterator

from tunesmith.bot.datasets.private import emails, numbers
from tunesmith.bot.datasets.text_buffer import Passage, TextBuffer
from tunesmith.bot.messages import Message, say


def find(buffer: TextBuffer) -> Iterator[Passage]:
    """All personal data in the buffer, in no order."""
    for start, end in emails.find(buffer):
        yield _personal(start, end, say("finding.personal.email"))
    for found in numbers.find(buffer):
        yield _personal(*found)


def _personal(start: int, end: int, kind: Message) -> Passage:
    return Passage(start, end, "personal_data", kind, private=True)
