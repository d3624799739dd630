"""What is wrong inside a text: broken encodings, characters that nobody sees."""

import re
from collections.abc import Iterator

from tunesmith.bot.datasets.findings import Rule, note, warning
from tunesmith.bot.datasets.text_buffer import Passage, TextBuffer

RULES: dict[str, Rule] = {
    "mojibake": warning(
        "The text was decoded with the wrong encoding; it probably was {what}.",
        "Export it again as UTF-8; the corrected file has it mended.",
    ),
    "replacement_character": warning(
        "The text holds the replacement character U+FFFD: what stood there is lost.",
        "Export it again from its source.",
    ),
    "nul_character": warning(
        "The text holds a NUL character.",
        "Remove it; nobody sees it, but the model learns it.",
    ),
    "invisible_character": note(
        "The text holds the invisible character {what}.",
        "Remove it unless you know why it is there.",
    ),
}

# UTF-8 read as Latin-1 or Windows-1252 and written again: a letter from U+00C2 to U+00F4, then
# what one of the bytes 80 to BF becomes.
_SUSPECT = re.compile(
    rb"\xc3[\x82-\xb4](?:\xc2[\x80-\xbf]|\xc5[\x92-\xbe]|\xc6\x92|\xcb[\x86\x9c]|\xe2[\x80-\x84])"
)
# By their UTF-8: the finding's code, and what it is.
_CHARACTERS = {
    b"\0": ("nul_character", ""),
    b"\xe2\x80\x8b": ("invisible_character", "zero width space (U+200B)"),
    b"\xe2\x80\xae": ("invisible_character", "right-to-left override (U+202E)"),
    b"\xef\xbb\xbf": ("invisible_character", "byte order mark (U+FEFF)"),
    b"\xef\xbf\xbd": ("replacement_character", ""),
}
_REACH = 120
# Places in one text that are looked at; a text in French may have many that are right.
_MAX_TRIES = 20


def find(buffer: TextBuffer) -> Iterator[Passage]:
    """At most one flaw of each kind for a text."""
    for character, (code, what) in _CHARACTERS.items():
        for position in buffer.find_once(character):
            yield Passage(position, position + len(character), code, what)
    if b"\xc3" in buffer.data:
        yield from _find_mojibake(buffer)


def mend(text: str) -> str:
    """The text with its mojibake mended, or as it is where nothing is sure."""
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
        mended = mend(broken)
        if mended != broken:
            tried = _MAX_TRIES
            shown = f"“{mended.strip()[:40]}”"
            yield Passage(position, min(position + 40, stop), "mojibake", shown)
