"""A call without arguments that the declaration requires."""

from tunesmith.bot.datasets.checks.samples import call, calling
from tunesmith.bot.datasets.findings import Collector, Severity, quoted_names
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.datasets.rule import CallRule
from tunesmith.bot.datasets.tool_calls import Call


def check(call: Call, found: Collector) -> None:
    """All of them in one finding."""
    required = call.schema.get("required") if call.schema is not None else None
    if call.arguments is None or not isinstance(required, list):
        return
    missing = [key for key in required if isinstance(key, str) and key not in call.arguments]
    if missing:
        found.add(
            "argument_missing",
            (*call.path, "arguments"),
            function=quoted(call.name),
            keys=quoted_names(missing),
        )


RULE = CallRule(
    code="argument_missing",
    severity=Severity.WARNING,
    check=check,
    bad=calling(call("{}")),
    good=calling(call()),
)
