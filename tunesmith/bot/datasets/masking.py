"""What of a text may be shown: short, on one line, and without secrets or personal data."""

import json
import re
from functools import lru_cache

# Deliberately wide: whatever could be a key, an address or a number of a person.
_TOKEN = re.compile(r"(?=[A-Za-z_\-+/=.]*\d)[A-Za-z0-9_\-+/=]{10,}")
_NUMBER = re.compile(r"\+?\(?\d[\d .()-]{6,}\d")
_ADDRESS = re.compile(r"\S+@\S+")
_SPACE = re.compile(r"[\s\x00-\x1f\x7f]+")
_SHOWN = 80
_QUOTED = 40


def shortened(text: str) -> str:
    """One line of at most 80 characters, with everything masked that could be private."""
    line = _SPACE.sub(" ", text[: 4 * _SHOWN]).strip()
    line = _ADDRESS.sub("•••@•••", line)
    line = _NUMBER.sub("•••", line)
    line = _TOKEN.sub(lambda found: found[0][:3] + "•••", line)
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


@lru_cache(maxsize=1024)  # in a file, the same roles, keys and endings come again and again
def quoted(text: str) -> str:
    """Text of the file for a message: written as in JSON, at most 40 characters of it, masked."""
    written = json.dumps(text[:_QUOTED], ensure_ascii=False)
    return shortened(written.encode(errors="replace").decode())


def masked(secret: str) -> str:
    """A secret by its first three characters and its length: "sk-••• (51)"."""
    return f"{secret[: min(3, len(secret) // 4)]}••• ({len(secret)})"


def first_difference(one: str, other: str) -> int:
    """The index at which two texts begin to differ."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))
