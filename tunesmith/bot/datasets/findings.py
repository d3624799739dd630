"""What a check says: the codes that it knows, and single findings.

The words of a code stand in the catalogues (`finding.message.CODE`, `finding.hint.CODE`), with a
placeholder for each of a finding's values. The codes of OpenAI's cookbook ("Data preparation and
analysis for chat model fine-tuning") keep their names: data_type, missing_messages_list,
message_missing_key, message_unrecognized_key, unrecognized_role, missing_content,
example_missing_assistant_message.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.messages import Message, Scalar, Value, say

# What a parsed line is made of. Keeps isinstance() exact where Any would lose the types.
Json: TypeAlias = str | int | float | bool | list["Json"] | dict[str, "Json"] | None
JsonObject: TypeAlias = dict[str, Json]
Path: TypeAlias = tuple[str | int, ...]


class Severity(StrEnum):
    """ERROR: the provider refuses it, or nobody can read it.

    WARNING: it will hurt the model. NOTE: worth knowing.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(slots=True)
class RawFinding:
    """One finding as a check gives it, small enough to send between processes.

    `line` counts from 0 in the block while a block is checked, from 1 in the file afterwards;
    None means the file as a whole. `path` is the field, for example ("messages", 2, "role").
    `other` is another line that the message speaks of as {other}, counted as `line` is. `values`
    are those of its words; text of the file among them is `quoted`.
    """

    code: str
    line: int | None = None
    path: Path = ()
    excerpt: str = ""
    other: int | None = None
    values: dict[str, Value] = field(default_factory=dict[str, Value])

    @property
    def message(self) -> Message:
        """What is wrong."""
        return Message(f"finding.message.{self.code}", self._said)

    @property
    def hint(self) -> Message:
        """What to do about it."""
        return Message(f"finding.hint.{self.code}", self._said)

    @property
    def _said(self) -> dict[str, Value]:
        return self.values if self.other is None else {**self.values, "other": self.other}

    def moved(self, lines: int) -> "RawFinding":
        """The same finding, so many lines further down."""
        if self.line is not None:
            self.line += lines
        if self.other is not None:
            self.other += lines
        return self


_LISTED_NAMES = 3
# Findings of one code that are listed, for one line and for one block; all are counted.
_LISTED_A_LINE = 20
_LISTED_A_BLOCK = 10_000


@dataclass(slots=True)
class Collector:
    """Takes the findings of one block; `line` is where the checks are now."""

    line: int | None = None
    findings: list[RawFinding] = field(default_factory=list[RawFinding])
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
        **values: Value | Sequence[Scalar],
    ) -> None:
        """Note a finding at the current line."""
        self.counts[code] += 1
        self._at_line[code] += 1
        if self._at_line[code] <= _LISTED_A_LINE and self.counts[code] <= _LISTED_A_BLOCK:
            plain = say(code, **values).values
            self.findings.append(RawFinding(code, self.line, path, excerpt, other, plain))


def kind_of(value: Json) -> Message:
    """What a JSON value is: a list, a number, ..."""
    match value:
        case None:
            return say("finding.kind.null")
        case bool():
            return say("finding.kind.boolean")
        case str():
            return say("finding.kind.string")
        case int() | float():
            return say("finding.kind.number")
        case list():
            return say("finding.kind.list")
        case dict():
            return say("finding.kind.object")


def quoted_names(names: Sequence[str]) -> list[str | Message]:
    """Names of the file for a message: three of them, and how many there are beside."""
    shown: list[str | Message] = [quoted(name) for name in names[:_LISTED_NAMES]]
    if len(names) > _LISTED_NAMES:
        shown.append(say("finding.value.more", count=len(names) - _LISTED_NAMES))
    return shown
