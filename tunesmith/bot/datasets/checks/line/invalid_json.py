"""A line that is no JSON."""

import json

from tunesmith.bot.datasets.checks.samples import GOOD_LINE
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.json_line import JsonLine
from tunesmith.bot.datasets.masking import excerpt
from tunesmith.bot.datasets.rule import LineRule
from tunesmith.bot.messages import Message, say

# Why CPython's json module refuses a text: it has no codes, only these words.
_REASONS = {
    "Expecting value": say("finding.json.value"),
    "Expecting property name enclosed in double quotes": say("finding.json.key"),
    "Expecting ':' delimiter": say("finding.json.expected", what='":"'),
    "Expecting ',' delimiter": say("finding.json.expected", what='","'),
    "Extra data": say("finding.json.extra_data"),
    "Unterminated string starting at": say("finding.json.unterminated_string"),
    "Invalid control character at": say("finding.json.control_character"),
    "Invalid \\escape": say("finding.json.escape"),
    "Invalid \\uXXXX escape": say("finding.json.unicode_escape"),
    "Unexpected UTF-8 BOM (decode using utf-8-sig)": say("finding.character.byte_order_mark"),
    "Illegal trailing comma before end of object": say("finding.json.trailing_comma"),
    "Illegal trailing comma before end of array": say("finding.json.trailing_comma"),
}
_NO_REASON = say("finding.json.unknown")


def reason(problem: json.JSONDecodeError | None) -> Message:
    """Why a text is no JSON, as far as that is known."""
    return _NO_REASON if problem is None else _REASONS.get(problem.msg, _NO_REASON)


def check(line: JsonLine, found: Collector) -> None:
    """Why, and where: by json's words, or where orjson stopped."""
    refusal = line.refusal
    if refusal is None:
        return
    problem = refusal.problem
    if isinstance(problem, json.JSONDecodeError):
        shown = excerpt(problem.doc, max(problem.pos - 30, 0), problem.pos + 30)
        found.add("invalid_json", (), shown, reason=reason(problem), column=problem.pos + 1)
    elif type(problem) is ValueError:  # a number of more digits than Python reads
        found.add("invalid_json", (), reason=say("finding.json.digits"), column=1)
    elif refusal.text is not None and refusal.unexplained:
        shown = excerpt(refusal.text, 0, 80)
        found.add("invalid_json", (), shown, reason=_NO_REASON, column=refusal.position + 1)


RULE = LineRule(
    code="invalid_json",
    severity=Severity.ERROR,
    check=check,
    bad=b'{"messages": [{"role": "user" "content": "x"}]}',
    good=GOOD_LINE,
)
