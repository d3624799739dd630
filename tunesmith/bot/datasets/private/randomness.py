"""Is a value made by a generator, made of words, or a stand-in that somebody typed?

All functions take ASCII text of at most a few hundred characters.
"""

import re
from functools import lru_cache
from itertools import pairwise

# The 180 pairs of letters that are most frequent in Python's own library: five in six of a word's
# pairs are among them, but only one in four of random letters'.
_PAIRS = frozenset(
    re.findall(
        r"\w\w",
        """
    ab ac ad ag ai al am an ap ar as at ba be bi bl bo bu ca ce ch ci ck cl co cr ct cu da de di
    do ds du ea ec ed ee ef eg el em en ep er es et ev ex fa fe ff fi fo fr ge gi gr ha he hi ho
    ia ib ic id ie if ig il im in io ip ir is it iv iz ke la ld le li ll lo ls lt lu ly ma me mi
    mo mp na nc nd ne nf ng ni no ns nt nu oc od ol om on oo op or os ot ou ow pa pe pi pl po pp
    pr pt qu ra rc rd re rg ri rm rn ro rr rs rt ry sa sc se sh si so sp ss st su ta tc te th ti
    tl to tp tr ts tt tu ty ub ue ul um un up ur us ut va ve vi wa wi xt yp ze
    """,
    )
)
# Letters of one word, also within camelCase.
_WORD = re.compile(r"[A-Z]?[a-z]{3,}|[A-Z]{4,}")
_SHARE_OF_PAIRS = 0.6
_SHARE_OF_WORDS = 0.45

# What people write where a secret belongs. Short words would also stand in random text.
_STAND_IN = re.compile(
    r"""(?ix) example | sample | place.?holder | dummy | fake | mock | your(?![a-z]{2}) | your[-_]
    | change[-_]?(?:me|it|this) | insert | replace | redact | removed | masked | hidden | deleted
    | obfuscated | deadbeef | foobar | lorem | fixme | todo | invalid | unused | xxxx | \*\*\*
    | \.\.\. | \#\#\#\# | ____ | ---- | test(?![a-z]) | demo(?![a-z]) | (?<![a-z])my[-_]
    | (?<![a-z])(?:enter|put|use|some|the|this|here|default|none|null|nil|undefined|true|false)
      (?![a-z])
    | [•…] | \$\{ | \$\( | \{\{ | ^<.*>$ | ^\{.*\}$ | ^\[.*\]$ | ^\(.*\)$
    | ^\$\w+$ | ^%\w+%?$ | ^@\w+@$
    """
)
_SERIES = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "09876543210")
_SERIAL_PAIRS = frozenset(a + b for row in _SERIES for a, b in pairwise(row))
_SHARE_OF_SERIAL = 0.5
_FEW, _LONGEST_UNIT = 5, 8


@lru_cache(maxsize=4096)
def is_stand_in(text: str) -> bool:
    """Whether it stands for a secret or number without being one: "your_key", "xxxx", "abc123"."""
    return _STAND_IN.search(text) is not None or is_patterned(text)


@lru_cache(maxsize=4096)
def is_patterned(text: str) -> bool:
    """Whether it is one character, a series or a short unit again and again."""
    plain = re.sub(r"[\W_]", "", text).lower()
    if len(set(plain)) <= max(2, min(_FEW, len(plain) // 10)):
        return True
    pairs = [a + b for a, b in pairwise(plain)]
    serial = sum(pair in _SERIAL_PAIRS or pair[0] == pair[1] for pair in pairs)
    if serial >= _SHARE_OF_SERIAL * len(pairs):
        return True
    return any(
        plain[unit:] == plain[:-unit] for unit in range(1, min(_LONGEST_UNIT, len(plain) // 2) + 1)
    )


@lru_cache(maxsize=4096)
def is_words(text: str) -> bool:
    """Whether most of its letters and digits are those of words, as in a name of code."""
    size = sum(map(str.isalnum, text))
    found = (word[0].lower() for word in _WORD.finditer(text))
    of_words = sum(len(word) for word in found if _reads_like_a_word(word))
    return of_words >= _SHARE_OF_WORDS * max(size, 1)


def _reads_like_a_word(word: str) -> bool:
    pairs = [a + b for a, b in pairwise(word)]
    return sum(pair in _PAIRS for pair in pairs) >= _SHARE_OF_PAIRS * len(pairs)


@lru_cache(maxsize=4096)
def looks_random(text: str) -> bool:
    """Whether it reads like a generator's output: letters and digits, no words, no stand-in."""
    has_digit = any(map(str.isdigit, text))
    has_letter = any(map(str.isalpha, text))
    return has_digit and has_letter and not is_stand_in(text) and not is_words(text)
