"""The base models that can be chosen for a file."""

from datetime import UTC, datetime

from tunesmith.bot.datasets import Report
from tunesmith.bot.datasets.costs import Cost
from tunesmith.bot.services import Services


def trainable(services: Services, report: Report) -> list[Cost]:
    """The base models that a connected provider can train today, cheapest first."""
    today = datetime.now(UTC).date()
    providers = services.catalogue.providers
    return [
        cost
        for cost in report.costs
        if cost.provider in services.providers
        and (entry := providers[cost.provider].model(cost.model))
        and providers[cost.provider].can_train(entry, today)
    ]
