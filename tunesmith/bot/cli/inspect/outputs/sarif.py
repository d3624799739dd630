"""SARIF 2.1.0, for code scanning and editors.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from importlib.metadata import version
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

import orjson

from tunesmith.bot.cli.inspect.outputs.output import Checked, Output, one_line
from tunesmith.bot.cli.inspect.rule_words import rule_words
from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.report import Finding
from tunesmith.bot.datasets.rules import RULES
from tunesmith.bot.messages import Text, text_for

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
_INDEX = {code: number for number, code in enumerate(RULES)}


class SarifOutput(Output):
    """One run over all files, in English; results are written as they come."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._results = 0
        self._refused: list[dict[str, Any]] = []
        head: dict[str, Any] = {
            "$schema": _SCHEMA,
            "version": "2.1.0",
            "runs": [{"tool": _tool(), "results": []}],
        }
        self._write(orjson.dumps(head).removesuffix(b"]}]}"))

    def write(self, checked: Checked) -> None:
        """A result for each finding."""
        text = text_for("en")
        for finding in checked.findings():
            separator = b",\n" if self._results else b"\n"
            self._write(separator + orjson.dumps(_result(checked.report.name, finding, text)))
            self._results += 1

    def refuse(self, shown: str, said: str) -> None:
        """A file that cannot be read is a notification: it has no results."""
        self._refused.append(
            {
                "level": "error",
                "message": {"text": said},
                "locations": [{"physicalLocation": _artifact(shown)}],
            }
        )

    def end(self) -> None:
        """Say whether everything was read, and close what was opened."""
        invocation = {
            "executionSuccessful": not self._refused,
            "toolExecutionNotifications": self._refused,
        }
        self._write(b'\n],"invocations":[' + orjson.dumps(invocation) + b"]}]}\n")

    def _write(self, part: bytes) -> None:
        self.stream.buffer.write(part)


def _tool() -> dict[str, Any]:
    return {
        "driver": {
            "name": "tunesmith",
            "semanticVersion": version("tunesmith"),
            "rules": [_rule(code) for code in RULES],
        }
    }


def _rule(code: str) -> dict[str, Any]:
    return {
        "id": code,
        "shortDescription": {"text": rule_words("en", "message", code)},
        "help": {"text": rule_words("en", "hint", code)},
        "defaultConfiguration": {"level": _LEVELS[RULES[code].severity]},
    }


def _result(shown: str, finding: Finding, text: Text) -> dict[str, Any]:
    place = _artifact(shown)
    if finding.line is not None:
        place["region"] = {"startLine": finding.line}
    return {
        "ruleId": finding.code,
        "ruleIndex": _INDEX[finding.code],
        "level": _LEVELS[finding.severity],
        "message": {"text": one_line(finding, text)},
        "locations": [{"physicalLocation": place}],
    }


def _artifact(shown: str) -> dict[str, Any]:
    path = Path(shown)
    uri = path.as_uri() if path.is_absolute() else quote(path.as_posix())
    return {"artifactLocation": {"uri": uri}}


OUTPUT = SarifOutput
