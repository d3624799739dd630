"""An argument that does not fit what its function declares."""

from tunesmith.bot.datasets.checks.samples import call, calling
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.datasets.rule import CallRule
from tunesmith.bot.datasets.tool_calls import Call
from tunesmith.bot.datasets.tool_schemas import problem, violations

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
                problem=problem(error),
            )


RULE = CallRule(
    code="argument_invalid",
    severity=Severity.WARNING,
    check=check,
    bad=calling(call('{"city": 7}')),
    good=calling(call()),
)
