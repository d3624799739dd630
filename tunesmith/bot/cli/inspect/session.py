"""One call of `tunesmith inspect`: every file read and written about, and the exit code."""

import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import orjson
import typer

from tunesmith.bot.cli.files import Source, shown, source
from tunesmith.bot.cli.inspect.codes import Codes
from tunesmith.bot.cli.inspect.fixing import Fixing
from tunesmith.bot.cli.inspect.output_format import OutputFormat
from tunesmith.bot.cli.inspect.outputs import Checked, output
from tunesmith.bot.cli.language import words
from tunesmith.bot.cli.progress import progress
from tunesmith.bot.datasets import Report, Selection, conversion, inspect_sync
from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rules import RULES
from tunesmith.bot.errors import DatasetError

VALID, FINDINGS, UNREADABLE = 0, 1, 2
"""The exit codes: no error among what is wanted, some, and a file that cannot be read."""


class Session:
    """Inspects files one after the other."""

    def __init__(
        self, selection: Selection, codes: Codes, chosen: OutputFormat | None, fixing: Fixing
    ) -> None:
        self._selection, self._codes, self._fixing = selection, codes, fixing
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
                worst = max(self._inspect(argument, other) for argument in arguments)
        self._output.end()
        return worst

    def _inspect(self, argument: str, validation: Source | None) -> int:
        with tempfile.TemporaryDirectory(prefix="tunesmith-") as folder:
            try:
                checked = self._read(argument, validation, Path(folder) / "findings.jsonl")
            except (OSError, DatasetError) as error:
                return self._refuse(argument, error)
            self._output.write(checked)
        severities = map(self._severity, checked.report.counts)
        return FINDINGS if Severity.ERROR in severities else VALID

    def _read(self, argument: str, validation: Source | None, listed: Path) -> Checked:
        doing = words()("cli.inspect.reading", name=shown(argument))
        with progress(doing) as share, source(argument) as given:
            fixed = self._fixing.fixed(given, self._selection)
            report = inspect_sync(
                fixed.path,
                name=fixed.name,
                selection=self._selection,
                validation=validation.path if validation else None,
                validation_name=validation.name if validation else None,
                findings=listed,
                progress=share,
            )
        return self._wanted(report.model_copy(update={"name": fixed.shown}), listed)

    def _wanted(self, report: Report, listed: Path) -> Checked:
        """What was found, without what is not wanted; whether the file is valid stays as it is."""
        counts = {
            code: count
            for code, count in report.counts.items()
            if self._codes.wants(code, self._severity(code))
        }
        left_out = sum(report.counts.values()) - sum(counts.values())
        if left_out:
            wanted = listed.with_name("wanted.jsonl")
            with listed.open("rb") as lines, wanted.open("wb") as file:
                file.writelines(line for line in lines if orjson.loads(line)["code"] in counts)
            listed = wanted
        findings = [finding for finding in report.findings if finding.code in counts]
        kept = report.model_copy(update={"counts": counts, "findings": findings})
        return Checked(kept, listed, self._codes, self._severity, left_out)

    def _severity(self, code: str) -> Severity:
        return RULES[code].severity

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
