"""Fenced blocks and code spans of a Markdown answer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tunesmith.bot.ddl.dialects import every_profile

_MARKERS = ("```", "~~~")
_LANGUAGE = re.compile(r"[A-Za-z][\w+-]*")
_QUOTED = re.compile(r"^\s*(?:>\s?)+")
_SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
SQL_LANGUAGES = frozenset({"sql", "ddl"}).union(*(profile.fences for profile in every_profile()))


@dataclass(frozen=True, slots=True)
class Block:
    """A fence's language in lower case, empty where none is named, and its text."""

    language: str
    body: str


def fenced_blocks(text: str) -> Iterator[Block]:
    """Every fenced block; one that is never closed reaches to the end."""
    marker, language, body, quoted = "", "", list[str](), False
    for line in text.splitlines():
        stripped = _QUOTED.sub("", line)
        if marker:
            line = stripped if quoted else line  # noqa: PLW2901
            before, closing, _ = line.partition(marker)
            body.append(before if closing else line)
            if closing:
                yield Block(language, "\n".join(body))
                marker = ""
            continue
        marker = next((m for m in _MARKERS if m in stripped), "")
        if not marker:
            continue
        quoted = stripped != line
        opened = stripped.partition(marker)[2].lstrip(marker[0])
        inside, closing, _ = opened.partition(marker)
        language, rest = _info(inside)
        body = [rest] if rest.strip() else []
        if closing:
            yield Block(language, rest)
            marker = ""
    if marker:
        yield Block(language, "\n".join(body))


def _info(text: str) -> tuple[str, str]:
    """The language a fence names, and text that stands on the same line already."""
    match = _LANGUAGE.match(text.lstrip())
    word = match[0].lower() if match else ""
    rest = text.lstrip()[len(word) :]
    if word in SQL_LANGUAGES or not rest.strip():
        return word, rest
    return "", text


def code_spans(text: str) -> list[str]:
    """Every `span` between single backticks on one line."""
    return [match[1] for match in _SPAN.finditer(text)]
