"""Findings as they are kept: a few for the report, all for a file."""

from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from pathlib import Path
from typing import IO

from tunesmith.bot.datasets.findings import RawFinding, Severity
from tunesmith.bot.datasets.masking import key_shown, shortened
from tunesmith.bot.datasets.report import Finding

# In the report: at most so many, and of one code.
MAX_FINDINGS = 200
_MAX_OF_CODE = 20
# In the file; the counts in the report are exact all the same.
MAX_LISTED = 100_000


class FindingLog:
    """Takes findings; keeps the worst, and writes all to a file of JSON Lines where there is one.

    `severity` says how bad a code is. Codes in `ignored` mean nothing to the provider.
    """

    def __init__(
        self, severity: Callable[[str], Severity], ignored: Collection[str], file: IO[str] | None
    ) -> None:
        self._severity = severity
        self._ignored = ignored
        self._file = file
        self._kept: dict[str, list[Finding]] = defaultdict(list)
        self._listed = 0

    def write(self, found: RawFinding) -> None:
        """Take one finding in."""
        if found.code in self._ignored:
            return
        listed = self._file is not None and self._listed < MAX_LISTED
        kept = self._kept[found.code]
        keep = len(kept) < _MAX_OF_CODE or (found.line or 0) < (kept[-1].line or 0)
        if not keep and not listed:
            return
        finding = to_finding(found, self._severity(found.code))
        if keep:
            insort(kept, finding, key=_line)
            del kept[_MAX_OF_CODE:]
        if listed and self._file is not None:
            self._listed += 1
            self._file.write(finding.model_dump_json() + "\n")

    def worst(self) -> list[Finding]:
        """What the report says: secrets first, other errors, the rest, each by line."""
        found = [finding for kept in self._kept.values() for finding in kept]
        return sorted(found, key=_rank)[:MAX_FINDINGS]


@contextmanager
def finding_log(
    path: Path | None, severity: Callable[[str], Severity], ignored: Collection[str]
) -> Generator[FindingLog]:
    """A log that writes to `path`, or only keeps the worst."""
    with path.open("w", encoding="utf-8") if path else nullcontext() as file:
        yield FindingLog(severity, ignored, file)


def to_finding(found: RawFinding, severity: Severity) -> Finding:
    """A finding as it is kept, with what is to be said of it."""
    return Finding(
        code=found.code,
        severity=severity,
        line=found.line,
        path=_written_path(found.path),
        message=found.message,
        hint=found.hint,
        excerpt=shortened(found.excerpt),
    )


@lru_cache(maxsize=1024)  # the same fields are wrong again and again
def _written_path(path: tuple[str | int, ...]) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{key_shown(part)}" for part in path)
    return text.removeprefix(".")


def _line(finding: Finding) -> int:
    return finding.line or 0


def _rank(finding: Finding) -> tuple[int, bool, int]:
    return *finding.rank, _line(finding)
