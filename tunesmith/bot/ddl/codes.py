"""Lists of codes that people write into comments: `status: 0-open 1-closed`, `1租户2大区`."""

import re
from dataclasses import dataclass
from functools import cache

# What stands between a code and its label, the plainest sign first.
_MARKS = ("->|=>|→", "[=＝]", "[:：]", r"(?<=\s)[-–—]\s", "[-–—](?!>)", "、", r"\.(?!\d)", "[)）]")
# These join words too, or number sentences: only numbers are codes, and the last need a series.
_NUMBERS_ONLY = frozenset(_MARKS[4:])
_SERIES_ONLY = frozenset(_MARKS[5:])
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_BEFORE = r"(?<![A-Za-z0-9_.%'\"-])"
_BARE = re.compile(rf"(?<![A-Za-z0-9_.%/-])(\d{{1,4}}(?= *+[^\W\d_])|[A-Z](?={_WIDE.pattern})) *+")
_OPENERS, _CLOSERS = "(（[【", ")）]】"
_STOPS = ",，;；。、|\n"
_EDGES = " \t/|.:：-'>,，;；。、"
_NO_LABELS = frozenset(
    {"and", "or", "to", "with", "of", "in", "by", "或", "和", "또는", "과", "와"}
)
# Words that count something rather than name it: "2位小数1位整数", "3일 4회".
_MEASURES = "位次天年月日号岁张件条元米秒分时页级%일개월년시분초원회건자조항호"
_LONGEST = 80  # characters of a label


@dataclass(frozen=True, slots=True)
class _Code:
    value: str
    start: int
    end: int  # where its label starts


def code_list(comment: str | None) -> list[tuple[str, str]]:
    """The codes in a comment with their labels, in the comment's order; empty if it has no list.

    `"状态：0->未支付；1->已支付"` gives `[("0", "未支付"), ("1", "已支付")]`.
    """
    if not comment:
        return []
    for mark in _MARKS:
        codes = [
            _Code(found[2], found.start(), found.end()) for found in _marked(mark).finditer(comment)
        ]
        for numbers in (True, False):
            if not numbers and mark in _NUMBERS_ONLY:
                continue
            kind = [code for code in codes if _is_number(code.value) == numbers]
            pairs = _labelled(comment, kind)
            if _is_list(pairs) and (mark not in _SERIES_ONLY or _is_series(pairs)):
                return pairs
    return _bare(comment)


@cache
def _marked(mark: str) -> re.Pattern[str]:
    return re.compile(
        _BEFORE + rf"('?)(-?\d{{1,6}}|[A-Za-z][A-Za-z0-9_]{{0,15}})\1\s*+(?:{mark})\s*+"
    )


def _bare(comment: str) -> list[tuple[str, str]]:
    """Numbers with the label right behind them or behind a space; capitals before Chinese."""
    codes = [_Code(found[1], found.start(), found.end()) for found in _BARE.finditer(comment)]
    pairs = _labelled(comment, codes)
    if not _is_list(pairs):
        return []
    if not any(_is_number(value) for value, _ in pairs):
        return pairs
    if not _is_series(pairs):
        return []
    wide = all(_WIDE.match(label) for _, label in pairs)
    before = comment[: codes[0].start].rstrip()[-1:]
    if not wide and (before.isalnum() or any(label.count(" ") > 2 for _, label in pairs)):
        return []
    counted = all(label[0] in _MEASURES for _, label in pairs)
    return [] if counted else pairs


def _labelled(comment: str, codes: list[_Code]) -> list[tuple[str, str]]:
    """Each code with the text behind it: up to the next code, or the end of the entry."""
    starts = [*(code.start for code in codes[1:]), len(comment)]
    return [
        (code.value, _entry(comment[code.end : stop]))
        for code, stop in zip(codes, starts, strict=bool(codes))
    ]


def _entry(text: str) -> str:
    """The text up to what separates entries, parentheses in it kept whole."""
    depth = 0
    for index, sign in enumerate(text):
        if sign in _OPENERS:
            depth += 1
        elif sign in _CLOSERS:
            depth -= 1
        sentence = sign == "." and text[index + 1 : index + 2] in {"", " "}
        if depth < 0 or (depth == 0 and (sign in _STOPS or sentence)):
            text = text[:index]
            break
    return text.strip(_EDGES)


def _is_list(pairs: list[tuple[str, str]]) -> bool:
    """At least two different codes, each with a label of its own that is no number."""
    values, labels = {value for value, _ in pairs}, {label for _, label in pairs}
    if len(pairs) < 2 or len(values) < len(pairs) or len(labels) < len(pairs):
        return False
    for label in labels:
        named = label and not label[0].isdigit() and any(sign.isalpha() for sign in label)
        if not named or len(label) > _LONGEST or label.lower() in _NO_LABELS:
            return False
    if all(_is_number(value) for value in values):
        return True
    # Words with a colon behind them are codes if they look like some, or name themselves in
    # Chinese or Korean.
    short = all(value.isupper() and len(value) <= 5 for value in values)
    return short or all(_WIDE.search(label) for label in labels)


def _is_series(pairs: list[tuple[str, str]]) -> bool:
    """Whether the codes are whole numbers without a gap."""
    if not all(_is_number(value) for value, _ in pairs):
        return False
    numbers = sorted(int(value) for value, _ in pairs)
    return numbers[-1] - numbers[0] == len(numbers) - 1


def _is_number(value: str) -> bool:
    return value.lstrip("-").isdigit()
