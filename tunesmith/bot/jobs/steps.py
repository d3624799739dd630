"""A job's training steps: fetched from its provider, kept here."""

import asyncio
import logging

from tunesmith.bot.jobs.row_losses import keep_row_losses
from tunesmith.bot.providers.remote import RemoteJob, RemoteMetric
from tunesmith.bot.providers.result_csv import ResultTableError, read_table
from tunesmith.bot.providers.row_csv import read_rows
from tunesmith.bot.services import Services
from tunesmith.storage import metrics, pace
from tunesmith.storage.jobs import Job, JobStatus
from tunesmith.storage.metrics import Metric

_log = logging.getLogger(__name__)

# Calls of one provider for cards that are brought up to date: whatever the number of jobs, thirty
# a minute, of which a few may go at once.
_TURN_SECONDS, _BURST = 2.0, 10
_MOST_FILES = 4


async def collect_metrics(services: Services, job: Job) -> list[Metric]:
    """Fetch what steps the job has made since, keep them, and give all of them.

    Raises ProviderBusyError where the provider does not answer.
    """
    async with services.database.read() as connection:
        known = await metrics.of_job(connection, job.id)
    if job.provider_job_id is None:
        return known
    client = services.provider(job.provider)
    told = await client.metrics(job.provider_job_id, {step.step for step in known})
    fresh = [_metric(job, remote, remote.total_steps) for remote in told]
    if fresh:
        async with services.database.write(wake=False) as connection:
            await metrics.add(connection, fresh)
    return sorted(known + fresh, key=lambda step: step.step)


async def collect_results(services: Services, job: Job, remote: RemoteJob) -> dict[str, float]:
    """Keep what the result files of a job that has ended tell: the steps, but for those that are
    known, and the rows with most loss.

    Gives the figures of a classification, where it has any. A table that can't be read is only
    logged. Raises ProviderError.
    """
    client, scores = services.provider(job.provider), dict[str, float]()
    if not client.provider.result_csv:
        return scores
    for file_id in remote.result_files[:_MOST_FILES]:
        content = await client.result_file(file_id)
        if rows := await asyncio.to_thread(read_rows, content):
            await keep_row_losses(services, job, rows)
        else:
            scores |= await _keep_steps(services, job, remote, content)
    return scores


async def _keep_steps(
    services: Services, job: Job, remote: RemoteJob, content: str
) -> dict[str, float]:
    try:
        table = await asyncio.to_thread(read_table, content)
    except ResultTableError as error:
        _log.warning("The result file of job %s tells no steps: %s", job.id, error)
        return {}
    async with services.database.write(wake=False) as connection:
        known = {step.step: step.total_steps for step in await metrics.of_job(connection, job.id)}
        total = max((total for total in known.values() if total), default=None)
        if total is None and remote.status is JobStatus.SUCCEEDED:
            total = table.steps[-1].step
        fresh = [_metric(job, row, total) for row in table.steps if row.step not in known]
        await metrics.add(connection, fresh)
    return table.scores


def _metric(job: Job, remote: RemoteMetric, total: int | None) -> Metric:
    return Metric(
        job_id=job.id,
        step=remote.step,
        total_steps=total,
        train_loss=remote.train_loss,
        train_accuracy=remote.train_mean_token_accuracy,
        valid_loss=_first(remote.full_valid_loss, remote.valid_loss),
        valid_accuracy=_first(
            remote.full_valid_mean_token_accuracy, remote.valid_mean_token_accuracy
        ),
    )


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
