"""A call with arguments that the declaration does not have."""

from tunesmith.bot.datasets.checks.samples import call, calling
from tunesmith.bot.datasets.findings import Collector, Severity, quoted_names
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.datasets.rule import CallRule
from tunesmith.bot.datasets.tool_calls import Call


def check(call: Call, found: Collector) -> None:
    """Unless the declaration lets others in."""
    properties = call.schema.get("properties") if call.schema is not None else None
    if call.schema is None or call.arguments is None or not isinstance(properties, dict):
        return
    if not call.schema.get("additionalProperties"):
        unknown = [key for key in call.arguments if key not in properties]
        if unknown:
            found.add(
                "argument_not_declared",
                (*call.path, "arguments"),
                function=quoted(call.name),
                keys=quoted_names(unknown),
            )


RULE = CallRule(
    code="argument_not_declared",
    severity=Severity.WARNING,
    check=check,
    bad=calling(call('{"city": "Seoul", "at": 1}')),
    good=calling(call()),
)
