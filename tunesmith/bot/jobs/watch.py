"""Watch a provider's jobs: one bulk listing a tick, for all jobs together."""

import logging
from typing import Any

from tunesmith.bot.errors import ProviderBusyError, ProviderError, TunesmithError
from tunesmith.bot.jobs.end import end_job
from tunesmith.bot.jobs.kinds import OfProvider, kinds
from tunesmith.bot.messages import say
from tunesmith.bot.providers.remote import RemoteJob
from tunesmith.bot.providers.trainer import Trainer
from tunesmith.bot.queue import FOREVER, LeaseLost, Place, Retry, Work
from tunesmith.bot.services import Services
from tunesmith.storage import jobs, metrics
from tunesmith.storage.jobs import Job, JobStatus
from tunesmith.storage.metrics import Metric

_log = logging.getLogger(__name__)

_REFUSED_SECONDS = 60.0
# A job that is not known once may be there the next time: providers say so of jobs that train.
_MISSES = 5
_MISSING_SECONDS = 300.0
_METRICS_SECONDS = 300.0
# Calls a tick for jobs that the bulk listing does not have.
_MOST_ALONE = 10


@kinds.task("watch", OfProvider, place=Place.JOB, attempts=FOREVER, patience=FOREVER)
async def watch(services: Services, work: Work[OfProvider]) -> None:
    """Look at a provider's jobs once, and again as long as one is running."""
    name = work.payload.provider
    async with services.database.read() as connection:
        active = await jobs.active(connection, provider=name)
    launched = {job.provider_job_id: job for job in active if job.provider_job_id}
    try:
        client = services.provider(name)
        since = min((job.created_at for job in launched.values()), default=0)
        remotes = await client.jobs(list(launched), since) if launched else {}
    except ProviderBusyError:
        raise
    except TunesmithError as error:
        # A key that expired or was revoked is replaced sooner or later; the jobs go on meanwhile.
        raise Retry(error.message, _REFUSED_SECONDS) from error
    for job in _in_turn(launched, remotes):
        await _look_at(services, client, work, job, remotes.get(job.provider_job_id or ""))
    async with work.finish() as connection:
        left = await jobs.active(connection, provider=name)
        if any(job.provider_job_id for job in left):
            await work.repeat(connection, client.provider.poll_seconds)


def _in_turn(launched: dict[str, Job], remotes: dict[str, RemoteJob]) -> list[Job]:
    """Jobs to look at: all that were listed, and of the others those looked at least often."""
    listed = [job for name, job in launched.items() if name in remotes]
    others = [job for name, job in launched.items() if name not in remotes]
    return listed + sorted(others, key=lambda job: job.misses)[:_MOST_ALONE]


async def _look_at(
    services: Services,
    client: Trainer,
    work: Work[OfProvider],
    job: Job,
    remote: RemoteJob | None,
) -> None:
    """Record what the provider tells of a job; whatever goes wrong with it stops no other."""
    try:
        remote = remote or await client.job(job.provider_job_id or "")
        if remote is None:
            await _miss(services, work, job)
        else:
            await _record(services, work, job, remote)
    except LeaseLost:
        raise
    except TunesmithError as error:
        _log.warning("The state of job %s is not told: %s", job.id, error)
        await _note_miss(work, job)
    except Exception:  # noqa: BLE001 - a job's trouble is its own
        _log.exception("The state of job %s was not recorded", job.id)
        await _note_miss(work, job)


async def _miss(services: Services, work: Work[OfProvider], job: Job) -> None:
    """The provider does not know the job: believed only after it was said for a while."""
    async with services.database.read() as connection:
        unseen = await jobs.clock(connection) - (job.seen_at or job.created_at)
    if job.misses < _MISSES or unseen < _MISSING_SECONDS:
        await _note_miss(work, job)
        return
    gone = say("job.unknown_to_provider")
    async with work.step() as connection:
        await end_job(services, connection, job.id, JobStatus.FAILED, gone)


async def _note_miss(work: Work[OfProvider], job: Job) -> None:
    async with work.step() as connection:
        await jobs.change(connection, job.id, misses=job.misses + 1)


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


async def _record(services: Services, work: Work[OfProvider], job: Job, remote: RemoteJob) -> None:
    changes: dict[str, Any] = {"estimated_finish": remote.estimated_finish, "misses": 0}
    if remote.status.is_final:
        await _collect_last_metrics(services, job)
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


async def _collect_last_metrics(services: Services, job: Job) -> None:
    """Fetch what steps are missing; a job whose end is known waits for them only for a while.

    Raises ProviderBusyError where they are worth waiting for.
    """
    try:
        await collect_metrics(services, job)
    except ProviderError as refused:
        async with services.database.read() as connection:
            unseen = await jobs.clock(connection) - (job.seen_at or job.created_at)
        if isinstance(refused, ProviderBusyError) and unseen < _METRICS_SECONDS:
            raise
        _log.warning("The last metrics of job %s are missing: %s", job.id, refused)


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)
