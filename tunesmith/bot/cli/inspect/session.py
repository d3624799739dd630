"""One call of `tunesmith inspect`: every file read and written about, and the exit code."""

import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import orjson
import typer

from tunesmith.bot.cli.files import Source, shown, source
from tunesmith.bot.cli.inspect.choices import OutputFormat
from tunesmith.bot.cli.inspect.codes import Codes
from tunesmith.bot.cli.inspect.fixing import TO_CHAT, Fixed, Fixing
from tunesmith.bot.cli.inspect.outputs import Checked, output
from tunesmith.bot.cli.language import words
from tunesmith.bot.cli.progress import progress
from tunesmith.bot.datasets import Report, Selection, conversion, inspect_sync
from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.errors import DatasetError

VALID, FINDINGS, UNREADABLE = 0, 1, 2
"""The exit codes: no error among what is wanted, some, and a file that cannot be read."""


class Session:
    """Inspects files one after the other."""

    def __init__(
        self, selection: Selection, codes: Codes, chosen: OutputFormat | None, fixing: Fixing
    ) -> None:
        self._selection, self._codes, self._fixing = selection, codes, fixing
        self._to_fix = codes.to_fix(selection.severity)
        self._output = output(chosen, sys.stdout)

    def inspect(self, arguments: Sequence[str], validation: str | None) -> int:
        """Inspect all; gives the exit code. A file that cannot be read does not stop the others.

        A validation file that cannot be read does: nothing could be compared with it.
        """
        with ExitStack() as stack:
            try:
                other = _validation(validation, stack)
            except (OSError, DatasetError) as error:
                assert validation is not None
                worst = self._refuse(validation, error)
            else:
                check = self._diff if self._fixing.diff else self._inspect
                worst = max(check(argument, other) for argument in arguments)
        self._output.end()
        return worst

    def _inspect(self, argument: str, validation: Source | None) -> int:
        with tempfile.TemporaryDirectory(prefix="tunesmith-") as folder:
            try:
                checked, fixed = self._read(argument, validation, Path(folder) / "findings.jsonl")
            except (OSError, DatasetError) as error:
                return self._refuse(argument, error)
            self._output.write(checked)
        if fixed is not None:
            sys.stdout.flush()
            typer.echo(fixed.said, err=True)
        severities = map(checked.severity, checked.report.counts)
        return FINDINGS if Severity.ERROR in severities else VALID

    def _read(
        self, argument: str, validation: Source | None, listed: Path
    ) -> tuple[Checked, Fixed | None]:
        """Inspect a file, or the fixed one that is written in its place."""
        fixed, out = None, self._fixing.written
        with self._progress(argument) as share, source(argument) as given:
            if self._fixing.wanted:
                fixed = self._fixing.fix(given, self._selection, self._to_fix)
            if out is not None:
                given = Source(shown(str(out)), out, out.name)  # noqa: PLW2901 - in its place
            report = inspect_sync(
                given.path,
                name=given.name,
                selection=self._selection,
                validation=validation.path if validation else None,
                validation_name=validation.name if validation else None,
                findings=listed,
                progress=share,
            )
        named = report.model_copy(update={"name": given.shown})
        return self._wanted(named, listed), fixed

    def _diff(self, argument: str, _: Source | None) -> int:
        """Write the complete diff in place of a report."""
        try:
            with self._progress(argument), source(argument) as given:
                fixed = self._fixing.fix(given, self._selection, self._to_fix)
        except BrokenPipeError:
            raise  # nobody reads the diff any more
        except (OSError, DatasetError) as error:
            return self._refuse(argument, error)
        sys.stdout.flush()
        typer.echo(fixed.said, err=True)
        return FINDINGS if fixed.differs else VALID

    def _progress(self, argument: str) -> AbstractContextManager[Callable[[float], None]]:
        return progress(words()("cli.inspect.reading", name=shown(argument)))

    def _wanted(self, report: Report, listed: Path) -> Checked:
        """What was found, without what is not wanted; whether the file is valid stays as it is."""
        severity = self._selection.for_format(report.format).severity
        counts = {
            code: count
            for code, count in report.counts.items()
            if self._codes.wants(code, severity(code))
        }
        left_out = sum(report.counts.values()) - sum(counts.values())
        if left_out:
            wanted = listed.with_name("wanted.jsonl")
            with listed.open("rb") as lines, wanted.open("wb") as file:
                file.writelines(line for line in lines if orjson.loads(line)["code"] in counts)
            listed = wanted
        findings = [finding for finding in report.findings if finding.code in counts]
        kept = report.model_copy(update={"counts": counts, "findings": findings})
        return Checked(kept, listed, self._fixable_in(report), severity, left_out)

    def _fixable_in(self, report: Report) -> frozenset[str]:
        if "unknown_format" in report.counts:
            return frozenset()
        # Only pairs become chat.
        return self._to_fix if report.format is Format.PAIRS else self._to_fix - {TO_CHAT}

    def _refuse(self, argument: str, error: OSError | DatasetError) -> int:
        name, text = shown(argument), words()
        if isinstance(error, DatasetError):
            said = text("cli.refused", name=name, said=error.message)
        else:
            said = text("cli.unreadable", name=name, reason=error.strerror or str(error))
        typer.echo(said, err=True)
        self._output.refuse(name, said)
        return UNREADABLE


def _validation(argument: str | None, stack: ExitStack) -> Source | None:
    """The validation file, once it is known that it can be read."""
    if argument is None:
        return None
    given = stack.enter_context(source(argument))
    with conversion.as_json_lines(given.path, given.name):
        return given
