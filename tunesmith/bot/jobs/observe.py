"""What becomes of a job by what its provider tells of it."""

import logging
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.errors import ProviderBusyError, ProviderError
from tunesmith.bot.jobs.checkpoints import collect_checkpoints
from tunesmith.bot.jobs.end import end_job
from tunesmith.bot.jobs.prices import price_of
from tunesmith.bot.jobs.reasons import reason_of
from tunesmith.bot.jobs.steps import collect_metrics, collect_results
from tunesmith.bot.messages import say
from tunesmith.bot.providers.remote import RemoteJob
from tunesmith.bot.providers.trainer import Trainer
from tunesmith.bot.queue import Work
from tunesmith.bot.services import Services
from tunesmith.storage import budgets, clock, jobs
from tunesmith.storage.jobs import Job, JobStatus
from tunesmith.storage.watching import Watched

_log = logging.getLogger(__name__)

# A job that is not known once may be there the next time: providers say so of jobs that train.
_MISSES = 5
_MISSING_SECONDS = 300.0
_METRICS_SECONDS = 300.0
# A refusal may be said once, as "not found" is; one that lasts is no outage.
_REFUSED_METRICS_SECONDS = 120.0
# By so much an expected finish moves without being worth a write.
_FINISH_SECONDS = 5.0


def differs(watched: Watched, remote: RemoteJob) -> bool:
    """Whether the provider tells something else of a job than is written down.

    An end always does: a job that had ended when its launch found it keeps that status until then.
    """
    if watched.lost or remote.status.is_final or remote.status != watched.status:
        return True
    if remote.epochs not in (None, watched.epochs) or remote.waiting_for != watched.waiting_for:
        return True
    ours, theirs = watched.estimated_finish, remote.estimated_finish
    if ours is None or theirs is None:
        return ours is not theirs
    return abs(ours - theirs) > _FINISH_SECONDS


async def look(services: Services, client: Trainer, work: Work[Any], watched: Watched) -> None:
    """Ask the provider for one job, and record what it tells.

    Raises ProviderError where it refuses, ProviderBusyError where it does not answer.
    """
    remote = await client.job(watched.provider_job_id)
    if remote is not None:
        await record(services, client, work, watched, remote)
    elif not watched.lost:
        await _miss(work, services, watched)


async def record(
    services: Services,
    client: Trainer,
    work: Work[Any],
    watched: Watched,
    remote: RemoteJob,
) -> None:
    """Record what the provider tells of a job; the same told twice changes nothing.

    Raises ProviderBusyError where a job has ended whose last metrics are worth waiting for.
    """
    if remote.assumed:
        async with work.step() as connection:
            if not await _is_sure(connection, watched.id):
                return
    if remote.status is JobStatus.FAILED and remote.error is None:
        # Together's list of jobs does not tell why.
        remote = await client.job(remote.id) or remote
    scores: dict[str, float] = {}
    if remote.status.is_final:
        scores = await _collect_last_metrics(services, watched.id, remote)
    async with work.step() as connection:
        job = await jobs.get(connection, watched.id, lock=True)
        if job is None or (job.finished_at and not job.lost_at):
            return
        if job.lost_at and not await take_up(services, connection, job, remote):
            return
        if remote.status.is_final:
            await _end(services, client, connection, job, remote, scores=scores)
        else:
            await _change(services, connection, job, remote)


async def take_up(
    services: Services, connection: AsyncConnection, job: Job, remote: RemoteJob
) -> bool:
    """Let a job that was given up go on. False where that was done before."""
    await budgets.lock(connection, job.team)
    if not await jobs.reopen(connection, job, remote.status):
        return False
    reopened = await jobs.get(connection, job.id)
    assert reopened is not None
    await services.job_events.reopened.publish(connection, reopened)
    return True


async def _change(
    services: Services, connection: AsyncConnection, job: Job, remote: RemoteJob
) -> None:
    changes: dict[str, Any] = {}
    moment = await clock.read(connection)
    if remote.status is JobStatus.RUNNING and job.started_at is None:
        changes["started_at"] = moment
    if remote.epochs not in (None, job.epochs):
        price = await price_of(services, connection, job, remote.epochs)
        changes |= {"epochs": remote.epochs, "estimated_usd": price}
    await jobs.change(
        connection,
        job.id,
        status=remote.status,
        estimated_finish=remote.estimated_finish,
        waiting_for=remote.waiting_for,
        seen_at=moment,
        misses=0,
        **changes,
    )
    if (remote.status, remote.waiting_for) != (job.status, job.waiting_for):
        changed = await jobs.get(connection, job.id)
        assert changed is not None
        await services.job_events.changed.publish(connection, changed)


async def _end(
    services: Services,
    client: Trainer,
    connection: AsyncConnection,
    job: Job,
    remote: RemoteJob,
    *,
    scores: dict[str, float],
) -> None:
    reason = None
    if remote.status is JobStatus.FAILED:
        code, said = (remote.error.code, remote.error.message) if remote.error else (None, None)
        as_is = say("common.as_is", text=said) if said else None
        reason = reason_of(client.provider.title, code, said) or as_is
    await end_job(
        services,
        connection,
        job.id,
        remote.status,
        reason,
        fine_tuned_model=remote.fine_tuned_model or job.fine_tuned_model,
        trained_tokens=remote.trained_tokens,
        estimated_finish=remote.estimated_finish,
        provider_started_at=remote.started_at,
        provider_finished_at=remote.finished_at,
        result_files=list(remote.result_files),
        scores=scores or None,
        billed_usd=remote.billed_usd,
        epochs=remote.epochs or job.epochs,
        misses=0,
        cancel_refused=None,
    )


async def _miss(work: Work[Any], services: Services, watched: Watched) -> None:
    """The provider does not know the job: believed only after it was said for a while."""
    async with work.step() as connection:
        if await _is_sure(connection, watched.id):
            gone = say("job.unknown_to_provider")
            moment = await clock.read(connection)
            await end_job(services, connection, watched.id, JobStatus.FAILED, gone, lost_at=moment)


async def _is_sure(connection: AsyncConnection, job_id: str) -> bool:
    """Whether nothing has been heard of a job for long enough; a miss is counted where not."""
    job = await jobs.get(connection, job_id, lock=True)
    if job is None or job.finished_at:
        return False
    unseen = await clock.read(connection) - (job.seen_at or job.created_at)
    if job.misses >= _MISSES and unseen >= _MISSING_SECONDS:
        return True
    await jobs.change(connection, job.id, misses=job.misses + 1)
    return False


async def _collect_last_metrics(
    services: Services, job_id: str, remote: RemoteJob
) -> dict[str, float]:
    """Fetch what steps are missing; a job whose end is known waits for them only for a while.

    Gives the figures of a classification. Raises ProviderBusyError where they are worth waiting
    for.
    """
    async with services.database.read() as connection:
        job = await jobs.get(connection, job_id)
        unseen = await clock.read(connection) - (job.seen_at or job.created_at) if job else 0.0
    scores: dict[str, float] = {}
    if job is None:
        return scores
    try:
        await collect_metrics(services, job)
        scores = await collect_results(services, job, remote)
        await collect_checkpoints(services, job)
    except ProviderError as refused:
        busy = isinstance(refused, ProviderBusyError)
        if unseen < (_METRICS_SECONDS if busy else _REFUSED_METRICS_SECONDS):
            raise ProviderBusyError(refused.message, refused.code) from refused
        _log.warning("The last metrics of job %s are missing: %s", job.id, refused)
    return scores
