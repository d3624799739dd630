"""A base model that the provider does not train."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile
from tunesmith.bot.messages import say


def check(file: WholeFile, found: Collector) -> None:
    """With those that it does."""
    target = file.target
    if target.model and target.entry is None:
        models = [entry.name for entry in target.provider.models] or [say("finding.value.none")]
        title = target.provider.title
        found.add("unknown_model", provider=title, model=target.model, models=models)


RULE = FileRule(
    code="unknown_model",
    severity=Severity.ERROR,
    check=check,
)
