"""What a job is expected to cost by what became known of it since it was started."""

from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot import clock
from tunesmith.bot.datasets import Report
from tunesmith.bot.datasets.costs import Offer
from tunesmith.bot.jobs.quote import quote
from tunesmith.bot.services import Services
from tunesmith.storage import datasets
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.jobs import Job


async def price_of(
    services: Services, connection: AsyncConnection, job: Job, epochs: int | None
) -> Decimal | None:
    """The estimate with as many epochs as the provider trains; the one that was made before where
    none can be made.
    """
    dataset = await datasets.get(connection, job.dataset_id)
    return price_on(services, job, dataset, epochs) if dataset else job.estimated_usd


def price_on(services: Services, job: Job, dataset: Dataset, epochs: int | None) -> Decimal | None:
    """The estimate for a job that trains on this dataset; without `epochs` the provider chooses."""
    provider = services.catalogue.providers.get(job.provider)
    entry = provider.model(job.base_model) if provider else None
    if provider is None or entry is None:
        return job.estimated_usd
    report = Report.model_validate(dataset.report)
    offer = Offer(job.provider, provider, entry)
    asked = quote(report, offer, epochs=epochs, questions=0, today=clock.today())
    return job.estimated_usd if asked.training_usd is None else asked.training_usd
