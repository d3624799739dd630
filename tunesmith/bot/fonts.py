"""Fonts of this machine that have Chinese and Korean letters, for labels in pictures."""

import unicodedata
from functools import cache

from matplotlib import font_manager

# Families that systems and containers commonly have, those made for screens first.
_FAMILIES = (
    "Noto Sans CJK SC", "Noto Sans CJK KR", "Noto Sans CJK JP", "Source Han Sans SC",
    "Source Han Sans K", "Noto Sans SC", "Noto Sans KR", "Microsoft YaHei", "Malgun Gothic",
    "PingFang SC", "Hiragino Sans GB", "Apple SD Gothic Neo", "Arial Unicode MS",
    "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "NanumGothic", "Nanum Gothic", "UnDotum", "SimHei",
    "Noto Serif CJK SC", "Noto Serif CJK KR", "Noto Serif CJK JP", "Droid Sans Fallback",
)  # fmt: skip
LATIN = "DejaVu Sans"  # comes with matplotlib


@cache
def families() -> list[str]:
    """Font families to try in turn for each letter."""
    known = {font.name for font in font_manager.fontManager.ttflist}
    return [LATIN, *(family for family in _FAMILIES if family in known)]


@cache
def _letters() -> tuple[frozenset[int], ...]:
    paths = [font_manager.findfont(family) for family in families()]
    return tuple(frozenset(font_manager.get_font(path).get_charmap()) for path in paths)


def can_draw(text: str) -> bool:
    """Whether some font has each letter of the text."""
    return all(any(ord(letter) in letters for letters in _letters()) for letter in text)


def width(text: str) -> int:
    """How many columns of a monospaced font the text takes; Chinese and Korean letters take 2."""
    return sum(map(_columns, text))


def shorten(text: str, columns: int) -> str:
    """The text cut to that many columns, with an ellipsis if something is cut.

    Looks at no more letters than fit.
    """
    taken, kept = 0, 0  # columns so far; letters that leave room for the ellipsis
    for position, letter in enumerate(text):
        taken += _columns(letter)
        if taken > columns:
            return text[:kept] + "…"
        if taken < columns:
            kept = position + 1
    return text


def _columns(letter: str) -> int:
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
