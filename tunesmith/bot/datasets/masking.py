"""What of a file's text may be shown: short, on one line, without secrets and personal data.

Only text that comes from the file passes through here, where it is taken from the file: sentences,
paths and names of ours never do.
"""

import json
import re
from collections.abc import Iterator
from functools import lru_cache

from tunesmith.bot.datasets.private import personal, secrets
from tunesmith.bot.datasets.private.randomness import looks_random
from tunesmith.bot.datasets.text_buffer import TextBuffer

_SPACE = re.compile(r"[\s\x00-\x1f\x7f]+")
_SHOWN = 80
_QUOTED = 40
# To both sides of what is shown, so that what begins or ends outside is known for what it is.
_CONTEXT = 400
_MASK = "•••"
_LETTERS_KEPT = 3
# Most texts have nothing of what a secret, an address or a number of a person has.
_SUSPECT = re.compile(
    r"@|\d(?:[ .()/-]{0,2}\d){6}|[\w+/=~-]{12}|(?i:pass|pwd|secret|token|key|auth|cred|dentified)"
    r"| -u |비밀|비번|암호|토큰|密|令|パス|여권|护照|護照|旅券"
)
# What may be a piece of a key whose beginning is not there.
_LONG = re.compile(r"[A-Za-z0-9+]{16,}")


def shortened(text: str, start: int = 0) -> str:
    """One line of at most 80 characters from `start` on, without what is private."""
    line = _SPACE.sub(" ", excerpt(text, start, start + 4 * _SHOWN)).strip()
    line = f"…{line}" if start else line
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


@lru_cache(maxsize=1024)  # in a file, the same roles, keys and endings come again and again
def quoted(text: str, start: int = 0) -> str:
    """Text of the file for a message: written as in JSON, at most 40 characters from `start` on."""
    shown = excerpt(text, start, start + _CONTEXT)
    return json.dumps(shown[:_QUOTED], ensure_ascii=False)


@lru_cache(maxsize=1024)
def key_shown(key: str) -> str:
    """A key of the file, as it stands in a path."""
    return shortened(key)


def excerpt(text: str, start: int, end: int) -> str:
    """The characters from `start` to `end` of a text, without what is private."""
    end = min(end, len(text))
    first, last = max(0, start - _CONTEXT), end + _CONTEXT
    seen = text[first:last].encode(errors="replace").decode()
    parts: list[str] = []
    place = start - first
    for low, high in _private(seen):
        if high > place and low < end - first:
            kept = min(_LETTERS_KEPT, (high - low) // 4) if low >= place else 0
            parts += [seen[place:low], seen[low : low + kept], _MASK]
            place = high
    parts.append(seen[place : max(place, end - first)])
    return "".join(parts)


def _private(text: str) -> Iterator[tuple[int, int]]:
    """The stretches that are not to be shown, in order, none over another."""
    if _SUSPECT.search(text) is None:
        return
    buffer = TextBuffer([text])
    found = [
        (len(buffer.data[: one.start].decode()), len(buffer.data[: one.end].decode()))
        for search in (secrets, personal)
        for one in search.find(buffer)
    ]
    found += [long.span() for long in _LONG.finditer(text) if looks_random(long[0])]
    done = 0
    for low, high in sorted(found):
        if high > done:
            yield max(low, done), high
            done = high


def masked(secret: str) -> str:
    """A secret by its first three characters and its length: "sk-••• (51)"."""
    return f"{secret[: min(_LETTERS_KEPT, len(secret) // 4)]}{_MASK} ({len(secret)})"


def first_difference(one: str, other: str) -> int:
    """The index at which two texts begin to differ."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))
