"""Pause a job at its provider, and let it go on."""

import logging

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.errors import JobError, ProviderBusyError, ProviderError
from tunesmith.bot.job_events import Refusal
from tunesmith.bot.jobs.kinds import OfJob, kinds
from tunesmith.bot.jobs.permissions import Action, Person, require
from tunesmith.bot.jobs.watch import watch
from tunesmith.bot.messages import Message, say
from tunesmith.bot.providers.trainer import Trainer
from tunesmith.bot.queue import FOREVER, Place, Work
from tunesmith.bot.services import Services
from tunesmith.storage import audit, jobs
from tunesmith.storage.jobs import Job, JobStatus

_log = logging.getLogger(__name__)

_PAUSING_SECONDS = 2.0
PAUSABLE = frozenset({JobStatus.VALIDATING_FILES, JobStatus.QUEUED, JobStatus.RUNNING})
RESUMABLE = frozenset({JobStatus.PAUSING, JobStatus.PAUSED})


class Steering(OfJob):
    """Somebody wants a job paused, or to go on."""

    user: str


def can_pause(services: Services, job: Job) -> bool:
    """Whether a job can be paused now."""
    return _takes_it(services, job) and job.status in PAUSABLE and not job.paused_by


def can_resume(services: Services, job: Job) -> bool:
    """Whether a job is paused, or about to be, and can go on."""
    return _takes_it(services, job) and (job.status in RESUMABLE or bool(job.paused_by))


def _takes_it(services: Services, job: Job) -> bool:
    return services.catalogue.providers[job.provider].can_pause and not job.cancelled_by


async def request_pause(services: Services, job_id: str, person: Person) -> Job:
    """Note that somebody wants the job paused, and see to it.

    Raises JobError where it does not train, or its provider pauses no jobs, NotAllowedError where
    this person may not.
    """
    return await _ask(services, job_id, person, pause=True)


async def request_resume(services: Services, job_id: str, person: Person) -> Job:
    """Note that somebody wants a paused job to go on, and see to it. Raises as `request_pause`
    does.
    """
    return await _ask(services, job_id, person, pause=False)


async def _ask(services: Services, job_id: str, person: Person, *, pause: bool) -> Job:
    action = Action.PAUSE if pause else Action.RESUME
    async with services.database.write() as connection:
        # The task before the job: as all who do a task lock it before they change the job.
        await steer.add_again(connection, Steering(job_id=job_id, user=person.id), of=job_id)
        job = await jobs.get(connection, job_id, lock=True)
        if job is None:
            raise JobError(say("job.not_known"))
        require(services.settings, person, action, job.created_by)
        against = _against(services, job, pause=pause)
        if against:
            raise JobError(against)
        await jobs.change(connection, job_id, paused_by=person.id if pause else None)
        await audit.add(
            connection,
            team=job.team,
            channel=job.channel,
            person=person.id,
            action=action,
            subject=job_id,
        )
        await services.job_events.changed.publish(connection, job)
    return job


def _against(services: Services, job: Job, *, pause: bool) -> Message | None:
    """What stands against it."""
    if job.finished_at:
        return say("job.ended_already", status=say(f"job.status_{job.status}"))
    provider = services.catalogue.providers[job.provider]
    if not provider.can_pause:
        return say("job.no_pausing", provider=provider.title)
    if pause and not can_pause(services, job):
        return say("job.not_training")
    if not pause and not can_resume(services, job):
        return say("job.not_paused")
    return None


@kinds.task("steer", Steering, place=Place.JOB, attempts=FOREVER, patience=FOREVER)
async def steer(services: Services, work: Work[Steering]) -> None:
    """Bring the job at its provider to where the last request wants it: paused, or going on.

    One task for both, so that the last one counts whatever the order of the calls.
    """
    async with services.database.read() as connection:
        job = await jobs.get(connection, work.payload.job_id)
    if job is None or job.finished_at or job.provider_job_id is None:
        return
    client = services.provider(job.provider)
    status = await _status(client, job.provider_job_id)
    refusal: Message | None = None
    try:
        if job.paused_by and status in PAUSABLE:
            await client.pause(job.provider_job_id)
        elif not job.paused_by and status is JobStatus.PAUSED:
            await client.resume(job.provider_job_id)
    except ProviderBusyError:
        raise
    except ProviderError as error:
        _log.warning("Job %s was neither paused nor resumed: %s", job.id, error)
        status = await _status(client, job.provider_job_id)
        refusal = None if status is None else error.message  # it may have ended meanwhile
    async with work.finish() as connection:
        if refusal:
            await _take_back(services, connection, work, job, refusal)
        await watch.make_due(connection, of=job.provider)
        wanted = await jobs.get(connection, job.id, lock=True)
        if wanted and bool(wanted.paused_by) != bool(job.paused_by) and not refusal:
            await work.repeat(connection, 0)  # somebody has asked for the other meanwhile
        elif not job.paused_by and status is JobStatus.PAUSING:
            await work.repeat(connection, _PAUSING_SECONDS)


async def _status(client: Trainer, provider_job_id: str) -> JobStatus | None:
    """What the provider says of the job; None where it has ended or is not there."""
    remote = await client.job(provider_job_id)
    return None if remote is None or remote.status.is_final else remote.status


async def _take_back(
    services: Services,
    connection: AsyncConnection,
    work: Work[Steering],
    job: Job,
    reason: Message,
) -> None:
    """Note that the provider has refused, and tell of it."""
    if job.paused_by:
        await jobs.change(connection, job.id, paused_by=None)
    wanted = "pause" if job.paused_by else "resume"
    told = Refusal(f"{wanted}:{job.id}:{work.task.fence}", job, wanted, work.payload.user, reason)
    await services.job_events.refused.publish(connection, told)
