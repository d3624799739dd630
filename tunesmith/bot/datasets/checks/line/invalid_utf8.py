"""A line in another encoding than UTF-8."""

from tunesmith.bot.datasets.checks.samples import GOOD_LINE
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.json_line import JsonLine
from tunesmith.bot.datasets.masking import excerpt
from tunesmith.bot.datasets.rule import LineRule


def check(line: JsonLine, found: Collector) -> None:
    """The excerpt is what stands around the first byte that is wrong."""
    if line.refusal is None or not isinstance(line.refusal.problem, UnicodeDecodeError):
        return
    place = line.refusal.problem.start
    before = line.raw[max(place - 420, 0) : place].decode(errors="replace")
    text = before + line.raw[place : place + 420].decode(errors="replace")
    shown = excerpt(text, max(len(before) - 20, 0), len(before) + 20)
    found.add("invalid_utf8", (), shown, position=place + 1)


RULE = LineRule(
    code="invalid_utf8",
    severity=Severity.ERROR,
    check=check,
    bad='{"messages": [{"role": "user", "content": "안녕"}]}'.encode("cp949"),
    good=GOOD_LINE,
)
