"""What is wrong inside a text: broken encodings, characters that nobody sees."""

import re
from collections.abc import Iterator

from tunesmith.bot.datasets.findings import Rule, note, warning
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.datasets.text_buffer import Passage, TextBuffer
from tunesmith.bot.messages import say

RULES: dict[str, Rule] = {
    "mojibake": warning(fixable=True),
    "replacement_character": warning(),
    "nul_character": warning(fixable=True),
    "invisible_character": note(),
}

# UTF-8 read as Latin-1 or Windows-1252 and written again: a letter from U+00C2 to U+00F4, then
# what one of the bytes 80 to BF becomes.
_SUSPECT = re.compile(
    rb"\xc3[\x82-\xb4](?:\xc2[\x80-\xbf]|\xc5[\x92-\xbe]|\xc6\x92|\xcb[\x86\x9c]|\xe2[\x80-\x84])"
)
# By their UTF-8: the finding's code, and what it is.
_CHARACTERS = {
    b"\0": ("nul_character", None),
    b"\xe2\x80\x8b": ("invisible_character", say("finding.character.zero_width_space")),
    b"\xe2\x80\xae": ("invisible_character", say("finding.character.right_to_left_override")),
    b"\xef\xbb\xbf": ("invisible_character", say("finding.character.byte_order_mark")),
    b"\xef\xbf\xbd": ("replacement_character", None),
}
_REACH = 120
_EXCERPT = 40
# Places in one text that are looked at; a text in French may have many that are right.
_MAX_TRIES = 20


def find(buffer: TextBuffer) -> Iterator[Passage]:
    """At most one flaw of each kind for a text."""
    for character, (code, what) in _CHARACTERS.items():
        for position in buffer.find_once(character):
            yield Passage(position, position + len(character), code, what)
    if b"\xc3" in buffer.data:
        yield from _find_mojibake(buffer)


def fix(text: str) -> str:
    """The text with its mojibake restored, or as it is where nothing is sure."""
    if not _SUSPECT.search(text.encode()):
        return text
    import ftfy  # noqa: PLC0415 - only broken texts pay for it

    return ftfy.fix_encoding(text)


def _find_mojibake(buffer: TextBuffer) -> Iterator[Passage]:
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
        fixed = fix(broken)
        if fixed != broken:
            tried = _MAX_TRIES
            end_of_excerpt = min(position + _EXCERPT, stop)
            yield Passage(position, end_of_excerpt, "mojibake", quoted(fixed.strip()))
