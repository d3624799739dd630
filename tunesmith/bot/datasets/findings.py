"""What a check says: codes with their words, and single findings.

The words of a code stand beside the check that finds it, in `checks/`. The codes of OpenAI's
cookbook ("Data preparation and analysis for chat model fine-tuning") keep their names:
data_type, missing_messages_list, message_missing_key, message_unrecognized_key,
unrecognized_role, missing_content, example_missing_assistant_message.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

# What a parsed line is made of. Keeps isinstance() exact where Any would lose the types.
Json: TypeAlias = str | int | float | bool | list["Json"] | dict[str, "Json"] | None
JsonObject: TypeAlias = dict[str, Json]
Path: TypeAlias = tuple[str | int, ...]


class Severity(StrEnum):
    """ERROR: the provider refuses it. WARNING: it will hurt the model. NOTE: worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Rule:
    """The words for one code. Both may hold {placeholders} for a finding's values."""

    severity: Severity
    message: str
    hint: str


def error(message: str, hint: str) -> Rule:
    """A rule for what the provider refuses."""
    return Rule(Severity.ERROR, message, hint)


def warning(message: str, hint: str) -> Rule:
    """A rule for what will hurt the model."""
    return Rule(Severity.WARNING, message, hint)


def note(message: str, hint: str) -> Rule:
    """A rule for what is worth knowing."""
    return Rule(Severity.NOTE, message, hint)


@dataclass(slots=True)
class Hit:
    """One finding before it is put into words, small enough to send between processes.

    `line` counts from 0 in the block while a block is checked, from 1 in the file afterwards;
    None means the file as a whole. `path` is the field, for example ("messages", 2, "role").
    `other` is another line that the message speaks of as {other}, counted as `line` is.
    """

    code: str
    line: int | None = None
    path: Path = ()
    excerpt: str = ""
    other: int | None = None
    values: dict[str, Any] = field(default_factory=dict[str, Any])

    def moved(self, lines: int) -> "Hit":
        """The same finding, so many lines further down."""
        if self.line is not None:
            self.line += lines
        if self.other is not None:
            self.other += lines
        return self


# Findings of one code that are listed, for one line and for one block; all are counted.
_LISTED_A_LINE = 20
_LISTED_A_BLOCK = 10_000


@dataclass(slots=True)
class Collector:
    """Takes the findings of one block; `line` is where the checks are now."""

    line: int | None = None
    hits: list[Hit] = field(default_factory=list[Hit])
    counts: Counter[str] = field(default_factory=Counter[str])
    _at_line: Counter[str] = field(default_factory=Counter[str])

    def go_to(self, line: int) -> None:
        """Be at a line."""
        if line != self.line:
            self.line = line
            self._at_line.clear()

    def add(
        self,
        code: str,
        path: Path = (),
        excerpt: str = "",
        *,
        other: int | None = None,
        **values: str | float,
    ) -> None:
        """Note a finding at the current line."""
        self.counts[code] += 1
        self._at_line[code] += 1
        if self._at_line[code] <= _LISTED_A_LINE and self.counts[code] <= _LISTED_A_BLOCK:
            self.hits.append(Hit(code, self.line, path, excerpt, other, values))


def kind_of(value: Json) -> str:
    """What a JSON value is, in words for a message: "a list", "a number", ..."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case str():
            return "a text"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case dict():
            return "an object"


def quoted(names: Sequence[str]) -> str:
    """Names for a message: `"a", "b", "c" and 3 more`, each shortened."""
    shown = ", ".join(f'"{name[:40]}"' for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
