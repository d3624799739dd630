"""Reads the part of YAML that app manifests are written in: block mappings and sequences, plain
and quoted scalars, `>` and `|` text, comments, and JSON for everything inline.
"""

import json
import re
from typing import Any

_KEY = re.compile(
    r'^("(?:[^"\\]|\\.)*"|\'[^\']*\'|[^\s#"\'\[\]{},&*!|>%@`-][^#]*?|-[^\s#][^#]*?):(?:\s+(.*))?$'
)
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_NUMBER = re.compile(r"^-?\d+(\.\d+)?$")


def parse_yaml(text: str) -> Any:
    """The document as dicts, lists and scalars.

    Raises ValueError with the line number where it meets YAML that it does not read.
    """
    if text.lstrip().startswith(("{", "[")):
        return json.loads(text)
    reader = _Reader(text)
    value = reader.block(0)
    reader.expect_end()
    return value


class _Reader:
    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self._at = 0

    def block(self, indent: int) -> Any:
        """The mapping or sequence that starts at the next line, if it is at least that far in."""
        found = self._peek()
        if found is None or found[0] < indent:
            return None
        return self._sequence(found[0]) if _is_item(found[1]) else self._mapping(found[0])

    def expect_end(self) -> None:
        """Refuse lines that belong to nothing."""
        if self._peek() is not None:
            raise self._error("unexpected indentation")

    def _mapping(self, indent: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while (found := self._peek()) is not None and found[0] == indent:
            match = _KEY.match(found[1])
            if _is_item(found[1]) or match is None:
                raise self._error("expected `key: value`")
            self._at += 1
            key = str(self._scalar(match[1]))
            result[key] = self._value(match[2] or "", indent)
        return result

    def _sequence(self, indent: int) -> list[Any]:
        result: list[Any] = []
        while (found := self._peek()) is not None and found[0] == indent and _is_item(found[1]):
            rest = found[1][1:].lstrip()
            if _KEY.match(rest):
                # `- key: value` is a mapping whose first line starts behind the dash
                inner = indent + len(found[1]) - len(rest)
                self._lines[self._at] = " " * inner + rest
                result.append(self._mapping(inner))
            else:
                self._at += 1
                result.append(self._value(rest, indent))
        return result

    def _value(self, text: str, indent: int) -> Any:
        text = _without_comment(text)
        if text[:1] in ("|", ">"):
            return self._text(text, indent)
        if text:
            return self._scalar(text)
        found = self._peek()
        if found is not None and found[0] == indent and _is_item(found[1]):
            return self._sequence(indent)  # a sequence may stand at its key's own indentation
        return self.block(indent + 1)

    def _text(self, header: str, indent: int) -> str:
        if header not in ("|", ">", "|-", ">-"):
            raise self._error(f"cannot read the block header {header!r}")
        lines: list[str] = []
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if line.strip() and len(line) - len(line.lstrip()) <= indent:
                break
            lines.append(line.strip() if header[0] == ">" else line)
            self._at += 1
        while lines and not lines[-1].strip():
            lines.pop()
        end = "" if header.endswith("-") else "\n"
        if header[0] == ">":
            return re.sub(r"(?<!\n)\n(?!\n)", " ", "\n".join(lines)).replace("\n\n", "\n") + end
        first = min((len(x) - len(x.lstrip()) for x in lines if x.strip()), default=0)
        return "\n".join(line[first:] for line in lines) + end

    def _scalar(self, text: str) -> Any:
        text = text.strip()
        if text.startswith("'") and text.endswith("'") and len(text) > 1:
            return text[1:-1].replace("''", "'")
        if text[:1] in ('"', "[", "{"):
            try:
                return json.loads(text)
            except ValueError:
                raise self._error(f"cannot read {text!r}") from None
        if text[:1] in "&*!%@`" and text:
            raise self._error(f"cannot read {text!r}")
        if text in _WORDS:
            return _WORDS[text]
        return json.loads(text) if _NUMBER.match(text) else text

    def _peek(self) -> tuple[int, str] | None:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            content = line.strip()
            if content and not content.startswith("#") and content != "---":
                if "\t" in line[: len(line) - len(line.lstrip())]:
                    raise self._error("tabs cannot indent")
                return len(line) - len(line.lstrip()), content
            self._at += 1
        return None

    def _error(self, message: str) -> ValueError:
        return ValueError(f"line {self._at + 1}: {message}")


def _is_item(content: str) -> bool:
    return content == "-" or content.startswith("- ")


def _without_comment(text: str) -> str:
    if text[:1] in ('"', "'"):
        end = text.find(text[0], 1)
        return text[: end + 1] if text[end + 1 :].lstrip().startswith("#") else text
    return re.split(r"\s#", text, maxsplit=1)[0].strip() if not text.startswith("#") else ""
