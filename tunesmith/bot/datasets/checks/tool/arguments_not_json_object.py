"""Arguments that are not a JSON object in a string."""

from tunesmith.bot.datasets.checks.samples import call, calling
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.json_text import write_short
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.datasets.rule import CallRule
from tunesmith.bot.datasets.tool_calls import Call


def check(call: Call, found: Collector) -> None:
    """The excerpt is what stands there."""
    if call.arguments is None:
        shown = str(call.function.get("arguments"))[:80]
        name = quoted(call.name)
        found.add("arguments_not_json_object", (*call.path, "arguments"), shown, function=name)


def fix(call: Call) -> bool:
    """An object is put into a string; what is no object is left."""
    arguments = call.function.get("arguments")
    if not isinstance(arguments, dict):
        return False
    call.function["arguments"] = write_short(arguments)
    return True


RULE = CallRule(
    code="arguments_not_json_object",
    severity=Severity.WARNING,
    check=check,
    fix=fix,
    bad=calling(call({"city": "Seoul"})),
    good=calling(call()),
)
