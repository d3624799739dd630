"""What every output is given, and how a finding reads on one line."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import orjson

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.report import Finding, Report
from tunesmith.bot.messages import Text


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that was read: its report, and `listed`, the file of its findings in JSON Lines.

    The report's name is that of the file as it was given. Report and list hold only findings of
    the codes that are wanted; `left_out` is how many there are beside. `severity` is a code's,
    `fixable` holds the codes that `--fix` may fix here.
    """

    report: Report
    listed: Path
    fixable: frozenset[str]
    severity: Callable[[str], Severity]
    left_out: int

    def findings(self) -> Iterator[Finding]:
        """The listed findings: those of the whole file, then by line."""
        with self.listed.open("rb") as file:
            lines = sorted(file, key=_line)
        return map(Finding.model_validate_json, lines)


class Output:
    """Writes what was found in one file after the other."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, checked: Checked) -> None:
        """Write what was found in a file."""
        raise NotImplementedError

    def refuse(self, shown: str, said: str) -> None:
        """Take note of a file that could not be read; people are told on stderr."""

    def end(self) -> None:
        """Write what comes after the last file."""


def one_line(finding: Finding, text: Text) -> str:
    """The field and what is wrong with it."""
    said = f"{finding.path}: " if finding.path else ""
    return printable(said + text(finding.message))


def printable(text: str) -> str:
    """A text on one line, with nothing in it that steers a terminal."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)


def _line(finding: bytes) -> int:
    return orjson.loads(finding)["line"] or 0
