"""Exact token counts, without a network.

`tiktoken` is the reference. `toktok` counts the same three to five times faster and carries the
vocabularies of o200k_base and cl100k_base. It differs where the pattern that splits a text meets
one of the letters and marks that are new in Unicode 17 (tiktoken 0.14 knows Unicode 16), so texts
with one of those are counted by tiktoken itself.
"""

import re
from functools import cache
from types import FunctionType
from typing import Protocol, cast

import tiktoken
import toktok
from tiktoken_ext import openai_public

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


class _Vocabulary(Protocol):
    def token_byte_values(self) -> list[bytes]: ...


def count(texts: list[str], encoding: str) -> list[int]:
    """The tokens of each text; a special token inside a text counts as the text it is.

    Raises KeyError where the encoding is not one of OFFLINE_ENCODINGS. The texts must be valid
    Unicode (no lone surrogates).
    """
    if encoding not in OFFLINE_ENCODINGS:
        raise KeyError(encoding)
    counts = toktok.batch_count(texts, encoding, 1)
    for index, text in enumerate(texts):
        if not text.isascii() and _NEW_IN_UNICODE_17.search(text):
            counts[index] = len(reference(encoding).encode(text, disallowed_special=()))
    return counts


@cache
def reference(encoding: str) -> tiktoken.Encoding:
    """tiktoken's encoding, built from toktok's vocabulary instead of a download."""
    # toktok offers its vocabulary to "anyone who knowingly wants the full surface".
    tokenizer = cast("_Vocabulary", toktok._encoding(encoding))  # noqa: SLF001  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType]
    ranks = {token: rank for rank, token in enumerate(tokenizer.token_byte_values())}

    def vocabulary(*_: object, **__: object) -> dict[bytes, int]:
        return ranks

    # The constructor with its loader exchanged: its pattern and special tokens are tiktoken's own.
    constructor = openai_public.ENCODING_CONSTRUCTORS[encoding]
    offline = FunctionType(
        constructor.__code__, {**constructor.__globals__, "load_tiktoken_bpe": vocabulary}
    )
    return tiktoken.Encoding(**offline())
