"""Fonts for labels in pictures: DejaVu and Noto Sans CJK of this package, which have the letters of
every language that the bot speaks, and this machine's for what else stands in names.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path

from PIL import Image, ImageDraw
from PIL.ImageFont import FreeTypeFont, Layout, truetype

_OWN = Path(__file__).parent / "fonts"
# Regular and bold.
_OWN_FILES = (
    ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    ("NotoSansCJK-Regular.otf", "NotoSansCJK-Regular.otf"),
)
# Files with Chinese and Korean letters that systems and containers commonly have, those made for
# screens first: regular, bold, and the place in the file where it holds several fonts. The CJK
# collections of Noto hold the Japanese, Korean and Simplified Chinese forms in this order.
_FILES = (
    ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc", 2),
    ("NotoSansCJKsc-Regular.otf", "NotoSansCJKsc-Bold.otf", 0),
    ("NotoSansCJKkr-Regular.otf", "NotoSansCJKkr-Bold.otf", 0),
    ("SourceHanSansSC-Regular.otf", "SourceHanSansSC-Bold.otf", 0),
    ("NotoSansSC-Regular.otf", "NotoSansSC-Bold.otf", 0),
    ("NotoSansKR-Regular.otf", "NotoSansKR-Bold.otf", 0),
    ("msyh.ttc", "msyhbd.ttc", 0),
    ("malgun.ttf", "malgunbd.ttf", 0),
    ("PingFang.ttc", "PingFang.ttc", 0),
    ("Hiragino Sans GB.ttc", "Hiragino Sans GB.ttc", 0),
    ("AppleSDGothicNeo.ttc", "AppleSDGothicNeo.ttc", 0),
    ("Arial Unicode.ttf", "Arial Unicode.ttf", 0),
    ("wqy-zenhei.ttc", "wqy-zenhei.ttc", 0),
    ("wqy-microhei.ttc", "wqy-microhei.ttc", 0),
    ("NanumGothic.ttf", "NanumGothicBold.ttf", 0),
    ("UnDotum.ttf", "UnDotumBold.ttf", 0),
    ("simhei.ttf", "simhei.ttf", 0),
    ("NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc", 2),
    ("DroidSansFallbackFull.ttf", "DroidSansFallbackFull.ttf", 0),
)
_SAMPLE_SIZE = 16

_Face = tuple[str, int]  # a file, and the font's place in it


@cache
def fonts(size: int, *, bold: bool = False) -> tuple[FreeTypeFont, ...]:
    """The fonts to try in turn for each letter, `size` dots high."""
    own = [(str(_OWN / heavy if bold else _OWN / regular), 0) for regular, heavy in _OWN_FILES]
    faces = [*own, *(heavy if bold else regular for regular, heavy in _installed())]
    return tuple(
        truetype(file, size, index=index, layout_engine=Layout.BASIC) for file, index in faces
    )


@cache
def _installed() -> list[tuple[_Face, _Face]]:
    """Those of _FILES that this machine has; a regular one stands in for a missing bold one."""
    found: list[tuple[_Face, _Face]] = []
    for regular, bold, index in _FILES:
        path = _path(regular, index)
        if path is not None:
            found.append(((path, index), (_path(bold, index) or path, index)))
    return found


def _path(name: str, index: int) -> str | None:
    try:
        return str(truetype(name, _SAMPLE_SIZE, index=index).path)
    except OSError:
        return None


def forget() -> None:
    """Look for fonts anew when one is next needed."""
    for remembered in (fonts, _installed, _place):
        remembered.cache_clear()


def can_draw(text: str) -> bool:
    """Whether some font has each letter of the text."""
    return all(_place(letter) is not None for letter in text)


def runs(text: str, size: int, *, bold: bool = False) -> Iterator[tuple[FreeTypeFont, str]]:
    """The text in pieces of one font each; a letter that no font has stands as the first's box."""
    chosen = fonts(size, bold=bold)
    for place, letters in groupby(text, lambda letter: _place(letter) or 0):
        yield chosen[place], "".join(letters)


@cache
def _place(letter: str) -> int | None:
    """Which of the fonts has the letter; None where none does."""
    candidates = enumerate(fonts(_SAMPLE_SIZE))
    return next((place for place, font in candidates if _has(font, letter)), None)


def _has(font: FreeTypeFont, letter: str) -> bool:
    """FreeType draws the font's glyph for what is missing, as it does for a code that is none."""
    return _drawn(font, letter) != _drawn(font, "\U0010ffff")


def _drawn(font: FreeTypeFont, letter: str) -> bytes:
    sample = Image.new("L", (3 * _SAMPLE_SIZE, 2 * _SAMPLE_SIZE))
    ImageDraw.Draw(sample).text((_SAMPLE_SIZE, 0), letter, 255, font)
    return sample.tobytes()


def shorten(text: str, columns: int) -> str:
    """The text cut to that many columns of a monospaced font, an ellipsis behind it if cut.

    Chinese and Korean letters take two columns. Looks at no more letters than fit.
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
