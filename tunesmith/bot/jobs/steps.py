"""A job's training steps: fetched from its provider, kept here."""

from tunesmith.bot.services import Services
from tunesmith.storage import metrics, pace
from tunesmith.storage.jobs import Job
from tunesmith.storage.metrics import Metric

# Calls of one provider for cards that are brought up to date: whatever the number of jobs, thirty
# a minute, of which a few may go at once.
_TURN_SECONDS, _BURST = 2.0, 10


async def collect_metrics(services: Services, job: Job) -> list[Metric]:
    """Fetch what steps the job has made since, keep them, and give all of them.

    Raises ProviderBusyError where the provider does not answer.
    """
    async with services.database.read() as connection:
        known = await metrics.of_job(connection, job.id)
    if job.provider_job_id is None:
        return known
    client = services.provider(job.provider)
    fresh = [
        Metric(
            job_id=job.id,
            step=remote.step,
            total_steps=remote.total_steps,
            train_loss=remote.train_loss,
            train_accuracy=remote.train_mean_token_accuracy,
            valid_loss=_first(remote.full_valid_loss, remote.valid_loss),
            valid_accuracy=_first(
                remote.full_valid_mean_token_accuracy, remote.valid_mean_token_accuracy
            ),
        )
        for remote in await client.metrics(job.provider_job_id, {step.step for step in known})
    ]
    if fresh:
        async with services.database.write(wake=False) as connection:
            await metrics.add(connection, fresh)
    return sorted(known + fresh, key=lambda step: step.step)


async def newest_metrics(services: Services, job: Job) -> list[Metric]:
    """All steps of a job; fresh ones are fetched where it is its turn.

    Raises ProviderBusyError where the provider does not answer.
    """
    async with services.database.write(wake=False) as connection:
        wait = await pace.take(
            connection,
            f"metrics:{job.provider}",
            interval=_TURN_SECONDS,
            tolerance=_TURN_SECONDS * _BURST,
            most_wait=0,
        )
    if wait is not None:
        return await collect_metrics(services, job)
    async with services.database.read() as connection:
        return await metrics.of_job(connection, job.id)


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)
