"""Lines that end as on Windows."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.json_line import JsonLine
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile


def check(file: WholeFile, found: Collector) -> None:
    """They are counted, and do no harm."""
    if file.statistics.crlf_lines:
        found.add("crlf", count=file.statistics.crlf_lines)


def fix(line: JsonLine) -> bool:
    """The line ends with a line feed alone."""
    before, line.raw = line.raw, line.raw.removesuffix(b"\r")
    return before != line.raw


RULE = FileRule(
    code="crlf",
    severity=Severity.NOTE,
    check=check,
    fix=fix,
)
