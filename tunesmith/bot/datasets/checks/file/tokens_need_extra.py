"""Base models whose tokenizer comes with an extra that is not installed."""

from tunesmith.bot.datasets import tokens
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile


def check(file: WholeFile, found: Collector) -> None:
    """They have no tokens and costs: those of the provider that the file is checked for."""
    models = {
        entry.name
        for name, _, entry in file.offers
        if name == file.target.name
        and tokens.source(entry.encoding, entry.tokenizer_file) != file.encoding
        and tokens.needs_extra(entry.tokenizer_file)
    }
    if models:
        found.add("tokens_need_extra", models=sorted(models), used=file.encoding)


RULE = FileRule(
    code="tokens_need_extra",
    severity=Severity.NOTE,
    check=check,
)
