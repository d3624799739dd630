"""An argument that does not fit what its function declares."""

from typing import TYPE_CHECKING

import orjson

from tunesmith.bot.datasets.checks.samples import call, calling
from tunesmith.bot.datasets.findings import Collector, Severity, quoted_names
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.datasets.rule import CallRule
from tunesmith.bot.datasets.tool_calls import Call
from tunesmith.bot.datasets.tool_schemas import violations
from tunesmith.bot.messages import Message, say

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

# What a call lacks or passes beside is told by rules of its own.
_ELSEWHERE = ("required", "additionalProperties")


def check(call: Call, found: Collector) -> None:
    """The first few places."""
    if call.schema is None or call.arguments is None:
        return
    for error in violations(call.schema, call.arguments):
        if error.instance_path or error.kind.name not in _ELSEWHERE:
            found.add(
                "argument_invalid",
                (*call.path, "arguments"),
                function=quoted(call.name),
                problem=_problem(error),
            )


def _problem(error: "ValidationError") -> Message:
    field = quoted(".".join(map(str, error.instance_path)))
    match error.kind.as_dict():
        case {"types": [*types]}:
            return say("finding.argument.type", field=field, types=list(map(str, types)))
        case {"options": [*options]}:
            choices = [orjson.dumps(option).decode() for option in options]
            return say("finding.argument.enum", field=field, choices=quoted_names(choices))
        case {"property": str(key)}:
            return say("finding.argument.required", field=field, key=quoted(key))
        case _:
            return say("finding.argument.keyword", field=field, keyword=error.kind.name)


RULE = CallRule(
    code="argument_invalid",
    severity=Severity.WARNING,
    check=check,
    bad=calling(call('{"city": 7}')),
    good=calling(call()),
)
