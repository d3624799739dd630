"""Examples that are longer than a base model is trained on."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile
from tunesmith.bot.messages import say


def check(file: WholeFile, found: Collector) -> None:
    """The cheapest model of each limit."""
    limits: set[int] = set()
    for price in file.prices:
        limit = next(o.entry.train_context for o in file.offers if o.entry.name == price.model)
        if price.truncated_examples and limit is not None and limit not in limits:
            limits.add(limit)
            found.add(
                "examples_truncated",
                count=price.truncated_examples,
                limit=limit,
                model=price.model,
                lost=say("finding.value.tokens", count=price.lost_tokens),
            )


RULE = FileRule(
    code="examples_truncated",
    severity=Severity.WARNING,
    check=check,
)
