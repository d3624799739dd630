"""What is wrong inside a text: broken encodings, characters that nobody sees."""

import re
from collections.abc import Iterable, Iterator

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
# By the first byte of their UTF-8, and the other two.
_INVISIBLE = {
    0xE2: {
        b"\x80\x8b": "zero width space (U+200B)",
        b"\x80\xae": "right-to-left override (U+202E)",
    },
    0xEF: {b"\xbb\xbf": "byte order mark (U+FEFF)"},
}
_REACH = 120
# Places in one text that are looked at; a text in French may have many that are right.
_MAX_TRIES = 20


def find(buffer: TextBuffer) -> Iterator[Passage]:
    """At most one flaw of each kind for a text."""
    for position in _first_in_each_text(buffer, buffer.find(b"\0")):
        yield Passage(position, position + 1, "nul_character")
    if b"\xc3" in buffer.data:
        yield from _find_mojibake(buffer)
    replaced = buffer.find_triples(0xEF, [b"\xbf\xbd"])
    for position in _first_in_each_text(buffer, replaced):
        yield Passage(position, position + 3, "replacement_character")
    for lead, tails in _INVISIBLE.items():
        unseen = buffer.find_triples(lead, list(tails))
        for position in _first_in_each_text(buffer, unseen):
            name = tails[buffer.data[position + 1 : position + 3]]
            yield Passage(position, position + 3, "invisible_character", name)


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
            end, tried = int(buffer.starts[buffer.text_at(position) + 1]), 0
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


def _first_in_each_text(buffer: TextBuffer, positions: Iterable[int]) -> Iterator[int]:
    """The first of the (ascending) positions in each text."""
    end = 0
    for position in positions:
        if position >= end:
            end = int(buffer.starts[buffer.text_at(position) + 1])
            yield position
