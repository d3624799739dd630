"""Quotes and comments as regular expressions, for the profiles and the lexer.

Every pattern is possessive, so that the time is linear in the text whatever the text is. What is
never closed runs to the end of the text.
"""

import re

STRING = r"'(?:[^']++|'')*+(?:'|\Z)"
CLOSED_STRING = r"'(?:[^']++|'')*+'"
BACKSLASH_STRING = r"'(?:[^'\\]++|''|\\.)*+(?:'|\\?\Z)"
CLOSED_BACKSLASH_STRING = r"'(?:[^'\\]++|''|\\.)*+'"

DOUBLE_QUOTES = r'(?P<quoted>"(?:[^"]++|"")*+(?:"|\Z))'
CLOSED_DOUBLE_QUOTES = r'"(?:[^"]++|"")*+"'
BACKTICKS = r"(?P<backtick>`(?:[^`]++|``)*+(?:`|\Z))"
CLOSED_BACKTICKS = r"`(?:[^`]++|``)*+`"
BRACKETS = r"(?P<bracket>\[(?:[^\]]++|\]\])*+(?:\]|\Z))"
CLOSED_BRACKETS = r"\[(?:[^\]]++|\]\])*+\]"
NESTED_COMMENT = r"(?P<nested>/\*)"

_OPEN_COMMENT = re.compile(r"/\*|\*/")
_CLOSERS = {"[": "]", "(": ")", "{": "}", "<": ">"}


def nested_comment_end(text: str, start: int) -> int:
    """The end of the block comment that opens at `start`, comments within it included, or -1."""
    depth = 0
    for mark in _OPEN_COMMENT.finditer(text, start):
        depth += 1 if mark[0] == "/*" else -1
        if depth == 0:
            return mark.end()
    return -1


def dollar_quote_end(text: str, start: int, inner: int) -> int:
    """The end of PostgreSQL's `$tag$…$tag$`, or -1; its opening mark is `text[start:inner]`."""
    mark = text[start:inner]
    close = text.find(mark, inner)
    return -1 if close < 0 else close + len(mark)


def q_quote_end(text: str, inner: int) -> int:
    """The end of Oracle's `q'[…]'`, or -1; `inner` is the offset behind its opening delimiter."""
    opener = text[inner - 1]
    close = text.find(_CLOSERS.get(opener, opener) + "'", inner)
    return -1 if close < 0 else close + 2
