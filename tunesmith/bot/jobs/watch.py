"""Watch a provider's jobs: one bulk listing a tick, for all jobs together."""

import logging
from typing import Any

from tunesmith.bot.errors import ProviderBusyError, ProviderError, TunesmithError
from tunesmith.bot.jobs.end import end_job
from tunesmith.bot.jobs.kinds import OfProvider, kinds
from tunesmith.bot.messages import say
from tunesmith.bot.providers.client import RemoteJob
from tunesmith.bot.queue import FOREVER, Place, Retry, Work
from tunesmith.bot.services import Services
from tunesmith.storage import jobs, metrics
from tunesmith.storage.jobs import Job, JobStatus
from tunesmith.storage.metrics import Metric

_log = logging.getLogger(__name__)

_REFUSED_SECONDS = 60.0


@kinds.task("watch", OfProvider, place=Place.JOB, attempts=FOREVER, patience=FOREVER)
async def watch(services: Services, work: Work[OfProvider]) -> None:
    """Look at a provider's jobs once, and again as long as one is running."""
    name = work.payload.provider
    async with services.database.read() as connection:
        active = await jobs.active(connection, provider=name)
    launched = {job.provider_job_id: job for job in active if job.provider_job_id}
    try:
        client = services.provider(name)
        remotes = await client.jobs(list(launched)) if launched else {}
    except ProviderBusyError:
        raise
    except TunesmithError as error:
        # A key that expired or was revoked is replaced sooner or later; the jobs go on meanwhile.
        raise Retry(error.message, _REFUSED_SECONDS) from error
    for provider_job_id, job in launched.items():
        try:
            remote = remotes.get(provider_job_id) or await client.job(provider_job_id)
            await _record(services, work, job, remote)
        except ProviderBusyError:
            raise
        except ProviderError as error:
            _log.warning("The state of job %s is not told: %s", job.id, error)
    async with work.finish() as connection:
        left = await jobs.active(connection, provider=name)
        if any(job.provider_job_id for job in left):
            await work.repeat(connection, client.provider.poll_seconds)


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
        for remote in await client.metrics(job.provider_job_id, known[-1].step if known else 0)
    ]
    if fresh:
        async with services.database.write(wake=False) as connection:
            await metrics.add(connection, fresh)
    return known + fresh


async def _record(
    services: Services, work: Work[OfProvider], job: Job, remote: RemoteJob | None
) -> None:
    if remote is None:
        gone = say("job.unknown_to_provider")
        async with work.step() as connection:
            await end_job(services, connection, job.id, JobStatus.FAILED, gone)
        return
    changes: dict[str, Any] = {"estimated_finish": remote.estimated_finish}
    if remote.status.is_final:
        try:
            await collect_metrics(services, job)
        except ProviderBusyError:
            raise
        except ProviderError as refused:
            _log.warning("The last metrics of job %s are missing: %s", job.id, refused)
        said = remote.error.message if remote.error else None
        async with work.step() as connection:
            await end_job(
                services,
                connection,
                job.id,
                remote.status,
                say("common.as_is", text=said) if said else None,
                fine_tuned_model=remote.fine_tuned_model,
                trained_tokens=remote.trained_tokens,
                **changes,
            )
        return
    async with work.step() as connection:
        now = await jobs.clock(connection)
        if remote.status is JobStatus.RUNNING and job.started_at is None:
            changes["started_at"] = now
        await jobs.change(connection, job.id, status=remote.status, seen_at=now, **changes)


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)
