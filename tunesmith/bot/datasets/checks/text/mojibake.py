"""A text that was decoded with the wrong encoding: "Ã©" for "é"."""

import re
from collections.abc import Iterator
from contextlib import suppress

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.masking import first_difference, quoted
from tunesmith.bot.datasets.rule import TextRule
from tunesmith.bot.datasets.text_buffer import Passage, TextBuffer

# UTF-8 read as Latin-1 or Windows-1252 and written again: a letter from U+00C2 to U+00F4, then
# what one of the bytes 80 to BF becomes.
_SUSPECT = re.compile(
    rb"\xc3[\x82-\xb4](?:\xc2[\x80-\xbf]|\xc5[\x92-\xbe]|\xc6\x92|\xcb[\x86\x9c]|\xe2[\x80-\x84])"
)
_REACH = 120
_EXCERPT = 40
# What is shown of a restored text begins so many characters in front of the first restored one.
_BEFORE = 15
# Places in one text that are looked at; a text in French may have many that are right.
_MAX_TRIES = 20
# How UTF-8 is misread; ftfy's form of Windows-1252 knows the bytes that Windows leaves open.
_MISREAD_AS = ("latin-1", "sloppy-windows-1252")


def fix(text: str) -> str:
    """The text restored where all of it was misread in one way; else as it is."""
    while (restored := _restored(text)) != text:  # some are misread twice
        text = restored
    return text


def _restored(text: str) -> str:
    if not _SUSPECT.search(text.encode()):
        return text
    from ftfy import badness  # noqa: PLC0415 - only broken texts pay for it; brings the codec

    if badness.is_bad(text):
        for encoding in _MISREAD_AS:
            with suppress(UnicodeError):
                return text.encode(encoding).decode()
    return text


def find(buffer: TextBuffer) -> Iterator[Passage]:
    """At most one place in each text."""
    if not _SUSPECT.search(buffer.data):
        return
    import ftfy  # noqa: PLC0415 - only broken texts pay for it

    end, tried = 0, 0
    for suspect in _SUSPECT.finditer(buffer.data):
        position = suspect.start()
        if position >= end:
            end, tried = buffer.end_of_text(position), 0
        tried += 1
        if tried > _MAX_TRIES:
            continue
        start, stop = buffer.span_around(position, _REACH)
        broken = buffer.data[start:stop].decode(errors="ignore")
        fixed = ftfy.fix_encoding(broken)
        if fixed != broken:
            tried = _MAX_TRIES
            end_of_excerpt = min(position + _EXCERPT, stop)
            restored = max(0, first_difference(broken, fixed) - _BEFORE)
            yield Passage(position, end_of_excerpt, "mojibake", quoted(fixed, restored))


RULE = TextRule(
    code="mojibake",
    severity=Severity.WARNING,
    find=find,
    fix=fix,
    bad="El niño comió piñas".encode().decode("latin-1"),
    good="El niño comió piñas",
)
