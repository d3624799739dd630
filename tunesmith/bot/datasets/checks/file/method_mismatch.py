"""A format for another method than the one that was asked for."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.formats import METHODS
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile
from tunesmith.bot.messages import say


def check(file: WholeFile, found: Collector) -> None:
    """Of those that the provider trains."""
    target, kind = file.target, file.format
    fitting = METHODS[kind]
    if not file.statistics.formats or kind not in target.provider.formats:
        return
    if fitting == target.method:
        return
    needed = [
        name
        for name, method in METHODS.items()
        if method == target.method and name in target.provider.formats
    ]
    advice = say("finding.advice.other_method", method=fitting)
    if needed:
        advice = say("finding.advice.other_method_or_format", method=fitting, formats=needed)
    found.add("method_mismatch", method=target.method, format=kind, fitting=fitting, advice=advice)


RULE = FileRule(
    code="method_mismatch",
    severity=Severity.ERROR,
    check=check,
)
