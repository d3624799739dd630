"""How many findings there are, and how many of them can be fixed."""

from collections import Counter
from collections.abc import Iterable

from tunesmith.bot.cli.inspect.outputs.output import Checked
from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.messages import Text, say


def summary(files: Iterable[Checked], text: Text) -> list[str]:
    """What was found in all files together, a line for each thing there is to say."""
    severities: Counter[Severity] = Counter()
    fixable = left_out = 0
    for checked in files:
        left_out += checked.left_out
        for code, count in checked.report.counts.items():
            severities[checked.severity(code)] += count
            fixable += count if code in checked.fixable else 0
    found = severities.total()
    kinds = [say(f"cli.inspect.{k}s", count=severities[k]) for k in Severity if severities[k]]
    lines = [text("cli.inspect.found", count=found, kinds=kinds)] if found else []
    if fixable:
        lines.append(text("cli.inspect.fixable_of", fixable=fixable, count=found))
    if left_out:
        lines.append(text("cli.inspect.left_out", count=left_out))
    return lines or [text("cli.inspect.no_findings")]
