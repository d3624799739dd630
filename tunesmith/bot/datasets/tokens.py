"""Exact token counts, without a network.

`tiktoken` is the reference. `toktok` counts the same three to five times faster and carries the
vocabularies of o200k_base and cl100k_base. It differs where the pattern that splits a text meets
one of the letters and marks that are new in Unicode 17 (tiktoken 0.14 knows Unicode 16), so texts
with one of those are counted by tiktoken itself.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np
import stringzilla
import toktok

from tunesmith.bot.extras import Extra, is_installed

if TYPE_CHECKING:
    import fastokens
    import tiktoken

# p50k_base and r50k_base serve only base models that can no longer be trained; their vocabularies
# are not in any package, and nothing is downloaded.
OFFLINE_ENCODINGS = ("o200k_base", "cl100k_base")

# Every code point in which the two differ in some context; a test compares them all.
_NEW_IN_UNICODE_17 = re.compile(
    "[\u088f\u0c5c\u0cdc\u1acf-\u1add\u1ae0-\u1aeb\ua7ce\ua7cf\ua7d2\ua7d4\ua7f1"
    "\U00010940-\U00010959\U00010ec5-\U00010ec7\U00010efa\U00010efb\U00011b60-\U00011b67"
    "\U00011db0-\U00011ddb\U00011de0-\U00011de9\U00016ea0-\U00016eb8\U00016ebb-\U00016ed3"
    "\U00016ff2-\U00016ff6\U000187f8-\U000187ff\U00018d09-\U00018d1e\U00018d80-\U00018df2"
    "\U0001e6c0-\U0001e6ff\U0002b73a-\U0002b73f\U0002cea2-\U0002cead\U000323b0-\U00033479]"
)

# The beginnings of their UTF-8, by first byte.
_NEW_IN_UTF8 = {
    b"\xe0": re.compile(rb"\xe0(?:\xa2\x8f|[\xb1\xb3]\x9c)"),
    b"\xe1": re.compile(rb"\xe1\xab"),
    b"\xf0": re.compile(
        rb"\xf0(?:\x90[\xa5\xbb]|\x91[\xad\xb6\xb7]|\x96[\xba\xbb\xbf]|\x98[\x9f\xb4\xb6\xb7]"
        rb"|\x9e\x9b|\xab\x9c|\xac\xba|\xb2[\x8e-\xbf]|\xb3[\x80-\x91])"
    ),
}
_NEW_LATIN = b"\xea\x9f"


class _Vocabulary(Protocol):
    def token_byte_values(self) -> list[bytes]: ...


def source(encoding: str, tokenizer_file: Path | None = None) -> str | None:
    """What to give to `count` for a base model's encoding; None where it cannot be counted here.

    `tokenizer_file` is an open model's own `tokenizer.json`.
    """
    if tokenizer_file is None:
        return encoding if encoding in OFFLINE_ENCODINGS else None
    usable = tokenizer_file.is_file() and is_installed(Extra.OPEN_MODELS)
    return str(tokenizer_file) if usable else None


def needs_extra(tokenizer_file: Path | None) -> bool:
    """Whether nothing but the extra `open-models` is missing to count an open model's tokens."""
    return (
        tokenizer_file is not None
        and tokenizer_file.is_file()
        and not is_installed(Extra.OPEN_MODELS)
    )


def count(
    texts: Sequence[str], encoding: str, utf8: Callable[[], bytes] | None = None
) -> list[int]:
    """The tokens of each text; a special token inside a text counts as the text it is.

    `encoding` is one of OFFLINE_ENCODINGS or what `source` gave; KeyError where it is neither.
    The texts must be valid Unicode (no lone surrogates). `utf8` gives the UTF-8 of all, for callers
    who need it too; it is asked once they are counted, when Python has kept what toktok made of
    each and only joins it.
    """
    if not texts:
        return []  # without a vocabulary, which takes half a second to load
    different = list(dict.fromkeys(texts))  # system prompts and labels repeat
    if encoding not in OFFLINE_ENCODINGS:
        if not encoding.endswith(".json"):
            raise KeyError(encoding)
        counts = dict(zip(different, _count_by_file(different, encoding), strict=True))
        return [counts[text] for text in texts]
    counts = dict(zip(different, toktok.batch_count(different, encoding, 1), strict=True))
    joined = utf8() if utf8 is not None else b"".join([text.encode() for text in different])
    if _may_hold_new_letters(joined):
        for text in different:
            if not text.isascii() and _NEW_IN_UNICODE_17.search(text):
                counts[text] = len(reference(encoding).encode(text, disallowed_special=()))
    return [counts[text] for text in texts]


def _count_by_file(texts: list[str], path: str) -> list[int]:
    _, offsets = _tokenizer(path).encode_batch_flat(texts, split_special_tokens=True)
    return np.diff(np.frombuffer(offsets, "<u8")).tolist()


@cache
def _tokenizer(path: str) -> "fastokens.Tokenizer":
    import fastokens  # noqa: PLC0415 - an extra

    return fastokens.Tokenizer.from_file(path)


def _may_hold_new_letters(utf8: bytes) -> bool:
    """Whether any text needs the slow look; nearly always no, within a hundredth of the time."""
    if any(first in utf8 and form.search(utf8) for first, form in _NEW_IN_UTF8.items()):
        return True
    # Korean is full of the first byte, at which a regular expression would stop.
    return stringzilla.find(utf8, _NEW_LATIN) >= 0


def vocabulary(encoding: str) -> list[bytes]:
    """The tokens of one of OFFLINE_ENCODINGS by rank, special ones left out."""
    # toktok offers it to "anyone who knowingly wants the full surface".
    tokenizer = cast("_Vocabulary", toktok._encoding(encoding))  # noqa: SLF001  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType]
    return tokenizer.token_byte_values()


@cache
def reference(encoding: str) -> "tiktoken.Encoding":
    """tiktoken's encoding, built from toktok's vocabulary instead of a download."""
    import tiktoken  # noqa: PLC0415 - rarely needed
    from tiktoken_ext import openai_public  # noqa: PLC0415

    ranks = {token: rank for rank, token in enumerate(vocabulary(encoding))}

    def load(*_: object, **__: object) -> dict[bytes, int]:
        return ranks

    # The constructor with its loader exchanged: its pattern and special tokens are tiktoken's own.
    constructor = openai_public.ENCODING_CONSTRUCTORS[encoding]
    offline = FunctionType(
        constructor.__code__, {**constructor.__globals__, "load_tiktoken_bpe": load}
    )
    return tiktoken.Encoding(**offline())
