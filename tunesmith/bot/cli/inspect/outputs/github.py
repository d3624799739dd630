"""Annotations for GitHub Actions.

Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions; the escapes
are those of https://github.com/actions/toolkit (packages/core/src/command.ts).
"""

from tunesmith.bot.cli.inspect.outputs.output import Checked, Output, one_line
from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.report import Finding
from tunesmith.bot.messages import Text, text_for

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


class GithubOutput(Output):
    """A workflow command for each finding, in English."""

    def write(self, checked: Checked) -> None:
        """`::error file=...,line=...,title=code::message`."""
        text = text_for("en")
        for finding in checked.findings():
            self.stream.write(_command(checked.report.name, finding, text))

    def refuse(self, shown: str, said: str) -> None:
        """A file that cannot be read is an error of its own."""
        self.stream.write(f"::error file={_property(shown)},title=unreadable::{_data(said)}\n")


def _command(shown: str, finding: Finding, text: Text) -> str:
    place = f"file={_property(shown)}"
    if finding.line is not None:
        place += f",line={finding.line}"
    said = _data(one_line(finding, text))
    return f"::{_COMMANDS[finding.severity]} {place},title={finding.code}::{said}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


OUTPUT = GithubOutput
