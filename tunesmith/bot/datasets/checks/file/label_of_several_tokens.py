"""A label that is longer than one token."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.labels import classes, tokens_of
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile


def check(file: WholeFile, found: Collector) -> None:
    """OpenAI's former guide advises labels of one token."""
    labels = classes(file.statistics)
    counts = tokens_of(labels, file.format, file.encoding)
    for label, length in zip(labels, counts, strict=True):
        if length > 1:
            found.add("label_of_several_tokens", label=quoted(label), tokens=length)


RULE = FileRule(
    code="label_of_several_tokens",
    severity=Severity.NOTE,
    check=check,
)
