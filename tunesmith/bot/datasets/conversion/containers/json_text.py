"""JSON that is not one object a line: an array, objects over several lines, a list in an object."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import orjson

from tunesmith.bot.datasets.checks.line.invalid_json import reason
from tunesmith.bot.datasets.conversion.containers.container import MAX_VALUE, Container
from tunesmith.bot.datasets.conversion.containers.delimited import not_utf8
from tunesmith.bot.datasets.json_line import BOM
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.messages import say

_HEAD = 1 << 16
_CHUNK = 1 << 20
_BETWEEN = re.compile(r"[ \t\r\n,]*")
# An object whose only field is the list of examples.
_WRAPPER = re.compile(
    r'\{\s*"(?:data|dataset|examples|items|records|rows|train)"\s*:\s*\[\s*(?=\{)'
)
# No string of JSON holds a line feed, so that one and the indentation after it mean nothing.
_INDENTATION = re.compile(r"[\r\n][ \t\r\n]*")


def recognise(path: Path, head: bytes) -> Container | None:
    """The container whose head this is; None for JSON Lines, and for anything else."""
    start = head.removeprefix(BOM).lstrip()
    text = start.decode(errors="ignore")
    if start.startswith(b"[") and _is_one_value(path):
        return _container(path, "json_array", "element", "[", "]")
    wrapper = _WRAPPER.match(text)
    if wrapper and _is_one_value(path):
        return _container(path, "json_wrapped", "element", wrapper[0], "]}")
    if start.startswith(b"{") and _spreads_over_lines(path):
        return _container(path, "json_objects", "object", "", "")
    return None


def _container(path: Path, name: str, unit: str, opening: str, closing: str) -> Container:
    values = _values(path, opening, closing)
    return Container(name, values, say(f"finding.file.{name}"), say(f"finding.unit.{unit}"))


def _is_one_value(path: Path) -> bool:
    """Whether a file is one value, and not one on each line."""
    with path.open("rb") as file:
        first, rest = file.readline(MAX_VALUE), file.read(_HEAD)
    return not rest.strip() or not _is_json(first)


def _is_json(line: bytes) -> bool:
    try:
        orjson.loads(line.removeprefix(BOM))
    except orjson.JSONDecodeError:
        return False
    return True


def _spreads_over_lines(path: Path) -> bool:
    """Whether the first object of a file goes over several lines, or breaks off there."""
    with path.open("rb") as file:
        first = file.readline(MAX_VALUE)
        if _is_json(first):
            return False
        if first.removeprefix(BOM).strip() == b"{":
            return True
        size = _HEAD
        while size <= MAX_VALUE:
            file.seek(0)
            text = file.read(size).removeprefix(BOM).decode(errors="replace")
            end, goes_on = _end_of_first(text)
            is_whole = file.tell() < size
            if end is not None or not goes_on or is_whole:
                return (end is not None or goes_on) and "\n" in text[:end].strip()
            size *= 8
    return False


def _end_of_first(text: str) -> tuple[int | None, bool]:
    """Where the first value ends; None where it does not, and whether only its end is missing."""
    try:
        return json.JSONDecoder().raw_decode(text.lstrip())[1], True
    except json.JSONDecodeError as problem:
        return None, not text[problem.pos :].strip() or problem.msg.startswith("Unterminated")
    except (ValueError, RecursionError):
        return None, False


class _Text:
    """A text that is read piece by piece, and the place in it."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._decoder = json.JSONDecoder()
        self._buffer = ""
        self._place = 0
        self._line_end = -1  # of the line that was last looked at
        self.line = 1

    def starts_with(self, wanted: str) -> bool:
        while len(self._buffer) - self._place < len(wanted) and self._more():
            pass
        return self._buffer.startswith(wanted, self._place)

    def skip(self, count: int) -> None:
        start, self._place = self._place, self._place + count
        self.line += self._buffer.count("\n", start, self._place)

    def skip_between(self) -> bool:
        """Skip to the next value; False where there is none."""
        while True:
            gap = _BETWEEN.match(self._buffer, self._place)
            self.skip(gap.end() - self._place if gap else 0)
            if self._place < len(self._buffer):
                return True
            if not self._more():
                return False

    def value(self) -> str | json.JSONDecodeError | None:
        """The text of the value that begins here; why there is none, if that is known."""
        line = self._line()
        if line.endswith("}") and _is_json(line.encode()):
            return line
        while True:
            try:
                end = self._decoder.raw_decode(self._buffer, self._place)[1]
            except json.JSONDecodeError as problem:
                found = problem
            except (ValueError, RecursionError):
                found = None
            else:
                found = self._buffer[self._place : end]
            at_end = not isinstance(found, str) or self._place + len(found) == len(self._buffer)
            if not at_end or len(self._buffer) - self._place >= MAX_VALUE or not self._more():
                if isinstance(found, json.JSONDecodeError):
                    self.skip(found.pos - self._place)
                return found

    def _line(self) -> str:
        """What stands up to the end of a new line, without a comma at its end."""
        if self._place <= self._line_end:
            return ""  # it holds several values: the first one was tried with the rest
        end = self._buffer.find("\n", self._place)
        self._line_end = end if end >= 0 else len(self._buffer)
        return self._buffer[self._place : end].rstrip().removesuffix(",") if end >= 0 else ""

    def rest(self) -> str:
        """What is left, up to a limit."""
        while len(self._buffer) - self._place < _HEAD and self._more():
            pass
        return self._buffer[self._place :].strip()

    def _more(self) -> bool:
        waiting = len(self._buffer) - self._place
        more = self._file.read(max(_CHUNK, waiting))
        if more:
            self._buffer, self._place = self._buffer[self._place :] + more, 0
            self._line_end = -1
        return bool(more)


def _values(path: Path, opening: str, closing: str) -> Iterator[bytes]:
    """The values of a file, one at a time, each on a line as it is written."""
    number = 0
    try:
        with path.open(encoding="utf-8-sig") as file:
            text = _Text(file)
            text.skip_between()
            text.skip(len(opening))
            while text.skip_between() and not (closing and text.starts_with(closing[0])):
                value = text.value()
                if not isinstance(value, str):
                    raise _broken(text, number, value)
                yield _INDENTATION.sub("", value).encode() + b"\n"
                text.skip(len(value))
                number += 1
            if "".join(text.rest().split()) != closing:
                raise _broken(text, number, None)
    except UnicodeDecodeError as error:
        raise not_utf8(path) from error


def _broken(text: _Text, number: int, problem: json.JSONDecodeError | None) -> DatasetError:
    why = reason(problem)
    return DatasetError(say("reading.broken_json", number=number, line=text.line, reason=why))
