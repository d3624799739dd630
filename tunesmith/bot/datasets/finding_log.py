"""Findings put into words: a few for the report, all for a file."""

from bisect import insort
from collections import defaultdict
from collections.abc import Collection, Generator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, Any

from tunesmith.bot.datasets.findings import Hit, Severity
from tunesmith.bot.datasets.masking import shortened
from tunesmith.bot.datasets.report import Finding
from tunesmith.bot.datasets.rules import RULES

# In the report: at most so many, and of one code.
MAX_FINDINGS = 200
_MAX_OF_CODE = 20
# In the file; the counts in the report are exact all the same.
MAX_LISTED = 100_000

_SEVERITIES = list(Severity)


class FindingLog:
    """Takes findings; keeps the worst, and writes all to a file of JSON Lines where there is one.

    Codes in `ignored` mean nothing to the provider.
    """

    def __init__(self, ignored: Collection[str], file: IO[str] | None) -> None:
        self._ignored = ignored
        self._file = file
        self._kept: dict[str, list[Finding]] = defaultdict(list)
        self._listed = 0

    def write(self, hit: Hit) -> None:
        """Take one finding in."""
        if hit.code in self._ignored:
            return
        listed = self._file is not None and self._listed < MAX_LISTED
        kept = self._kept[hit.code]
        keep = len(kept) < _MAX_OF_CODE or (hit.line or 0) < (kept[-1].line or 0)
        if not keep and not listed:
            return
        finding = in_words(hit)
        if keep:
            insort(kept, finding, key=_line)
            del kept[_MAX_OF_CODE:]
        if listed and self._file is not None:
            self._listed += 1
            self._file.write(finding.model_dump_json() + "\n")

    def worst(self) -> list[Finding]:
        """What the report says: errors first, then in the order of the lines."""
        found = [finding for kept in self._kept.values() for finding in kept]
        return sorted(found, key=_rank)[:MAX_FINDINGS]


@contextmanager
def finding_log(path: Path | None, ignored: Collection[str]) -> Generator[FindingLog]:
    """A log that writes to `path`, or only keeps the worst."""
    with path.open("w", encoding="utf-8") if path else nullcontext() as file:
        yield FindingLog(ignored, file)


def in_words(hit: Hit) -> Finding:
    """A finding as people read it."""
    rule = RULES[hit.code]
    values: dict[str, Any] = {"other": hit.other} | {
        name: shortened(value) if isinstance(value, str) else value
        for name, value in hit.values.items()
    }
    return Finding(
        code=hit.code,
        severity=rule.severity,
        line=hit.line,
        path=_path(hit),
        message=rule.message.format(**values),
        hint=rule.hint.format(**values),
        excerpt=shortened(hit.excerpt),
    )


def _path(hit: Hit) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in hit.path)
    return shortened(text.removeprefix("."))


def _line(finding: Finding) -> int:
    return finding.line or 0


def _rank(finding: Finding) -> tuple[int, int]:
    return _SEVERITIES.index(finding.severity), _line(finding)
