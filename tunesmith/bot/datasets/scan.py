"""Reading a whole file: every block checked, the results put together."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np

from tunesmith.bot.datasets import comparison, formats, pair_style, reading, tool_calls, workers
from tunesmith.bot.datasets.block import Settings, check_block
from tunesmith.bot.datasets.conversion import Source
from tunesmith.bot.datasets.file_statistics import FileStatistics
from tunesmith.bot.datasets.findings import JsonObject, RawFinding, Severity
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.json_line import BOM, read_line
from tunesmith.bot.datasets.key_index import BAND, QUESTION, KeyIndex
from tunesmith.bot.messages import Value

# With so many errors, the file is not what it was meant to be: the rest is not read.
MAX_ERRORS = 1_000_000
# What the format and the pair style of a file are detected from.
_FIRST_BYTES = 1 << 20


@dataclass(slots=True)
class Scanned:
    """What reading a file gave. `counts` is exact, by code; lines count from 1."""

    settings: Settings
    sha256: str = ""
    statistics: FileStatistics = field(default_factory=FileStatistics)
    counts: Counter[str] = field(default_factory=Counter[str])


class Scan:
    """Reads a training file, and a validation file with it.

    `settings` are those of the training file, `severity` says how bad a code is. `on_finding` gets
    every listed finding of the training file, those of single lines in order.
    """

    def __init__(
        self,
        settings: Settings,
        severity: Callable[[str], Severity],
        on_finding: Callable[[RawFinding], None],
        progress: Callable[[float], None] | None = None,
    ) -> None:
        self._settings = settings
        self._severity = severity
        self._on_finding = on_finding
        self._progress = progress
        self._size = self._done = 0

    def read(self, training: Source, validation: Source | None) -> tuple[Scanned, Scanned | None]:
        """Check every line, then what the lines have to do with each other."""
        both = [source for source in (training, validation) if source is not None]
        self._size = sum(source.path.stat().st_size for source in both)
        with (
            closing(KeyIndex(QUESTION)) as questions,
            closing(KeyIndex(BAND)) as bands,
            workers.team(size=self._size, encoding=self._settings.encoding) as run,
        ):
            indexes = (questions, bands)
            scanned = self._read_file(
                training, self._settings, indexes, self._on_finding, flag=0, run=run
            )
            validated = None
            if validation is not None:
                settings = first_look(validation.path, self._settings.encoding)
                settings = replace(settings, takes=self._settings.takes)
                validated = self._read_file(
                    validation,
                    settings,
                    indexes,
                    self._tell_invalid,
                    flag=comparison.VALIDATION,
                    run=run,
                )
                if wrong := self._errors(validated.counts):
                    scanned.counts["validation_invalid"] = wrong
            kind = scanned.settings.format
            for found in comparison.same_questions(questions, kind):
                self._add(scanned, found)
            compared = comparison.Comparison([source.path for source in both], kind, run)
            for found in comparison.near_duplicates(compared.near_pairs(bands)):
                self._add(scanned, found)
            if compared.stopped_early:
                limit: dict[str, Value] = {"limit": comparison.MAX_COMPARED}
                self._add(scanned, RawFinding("near_duplicates_not_all_compared", values=limit))
        return scanned, validated

    def _tell_invalid(self, found: RawFinding) -> None:
        """Tell a finding of the validation file as one of the training file, if it is an error."""
        if self._severity(found.code) is Severity.ERROR:
            values: dict[str, Value] = {"at": found.line or 1, "problem": found.message}
            self._on_finding(RawFinding("validation_invalid", excerpt=found.excerpt, values=values))

    def _errors(self, counts: Counter[str]) -> int:
        return sum(n for code, n in counts.items() if self._severity(code) is Severity.ERROR)

    def _add(self, scanned: Scanned, found: RawFinding) -> None:
        scanned.counts[found.code] += 1
        self._on_finding(found)

    def _read_file(
        self,
        source: Source,
        settings: Settings,
        indexes: tuple[KeyIndex, KeyIndex],
        on_finding: Callable[[RawFinding], None],
        *,
        flag: int,
        run: workers.Map,
    ) -> Scanned:
        scanned, digest = Scanned(settings), hashlib.sha256()
        for given in source.findings:
            scanned.counts[given.code] += 1
            on_finding(given)
        for result in run(partial(check_block, settings), reading.blocks(source.path, digest)):
            first_line = scanned.statistics.lines + source.offset + 1
            for found in result.findings:
                on_finding(found.moved(first_line))
            for index, records in zip(indexes, (result.questions, result.bands), strict=True):
                records["line"] += np.uint32(first_line + flag)
                index.add(records)
            scanned.statistics.add(result.statistics)
            scanned.counts.update(result.counts)
            self._report_progress(result.size)
            if self._errors(scanned.counts) > MAX_ERRORS:
                scanned.counts["too_many_errors"] += 1
                on_finding(RawFinding("too_many_errors", values={"line": scanned.statistics.lines}))
                break
        scanned.sha256 = digest.hexdigest()
        return scanned

    def _report_progress(self, size: int) -> None:
        self._done += size
        if self._progress is not None:
            self._progress(self._done / self._size)


def first_look(path: Path, encoding: str) -> Settings:
    """The format of most of a file's first examples, the style of its first pairs, common tools."""
    with path.open("rb") as file:
        head = file.read(_FIRST_BYTES).removeprefix(BOM).split(b"\n")
    kinds = Counter(filter(None, map(formats.recognise, _examples(head))))
    kind = kinds.most_common(1)[0][0] if kinds else Format.CHAT
    style = pair_style.detect(list(_examples(head))) if kind is Format.PAIRS else None
    keys = () if kinds else _keys(head)
    declares = any(b'"tools"' in line or b'"functions"' in line for line in head)
    tools = tool_calls.common_tools(_examples(head), kind) if declares else []
    return Settings(path, kind, encoding, style, bool(kinds), keys, tools=tools)


def _keys(head: Sequence[bytes]) -> tuple[str, ...]:
    """The keys of a file's first examples, those of most examples first."""
    keys = Counter(key for example in _examples(head) for key in example)
    return tuple(key for key, _ in keys.most_common())


def _examples(head: Sequence[bytes]) -> Iterator[JsonObject]:
    """Those on a file's first lines, one at a time: together they take a lot of memory."""
    for line in head:
        if (example := read_line(line).example) is not None:
            yield example
