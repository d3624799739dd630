"""Cancel a job, wherever it stands."""

import logging
from dataclasses import replace

from tunesmith.bot.errors import JobError, ProviderBusyError, ProviderError
from tunesmith.bot.jobs.end import end_job
from tunesmith.bot.jobs.kinds import OfJob, OfRemote, kinds
from tunesmith.bot.jobs.launch import launch
from tunesmith.bot.jobs.permissions import Action, Person, require
from tunesmith.bot.jobs.watch import look
from tunesmith.bot.messages import Message, say, to_stored
from tunesmith.bot.queue import FOREVER, Place, Retry, Work
from tunesmith.bot.services import Services
from tunesmith.storage import audit, jobs
from tunesmith.storage.jobs import Job, JobStatus

_log = logging.getLogger(__name__)

_LAUNCH_SECONDS = 1.0
_REFUSED_SECONDS, _LONGEST_SECONDS = 10.0, 600.0


async def request_cancel(services: Services, job_id: str, person: Person) -> Job:
    """Note that somebody wants the job cancelled, and see to it.

    Raises JobError where it has ended or is not known, NotAllowedError where this person may not.
    """
    async with services.database.write() as connection:
        # The tasks before the job: as all who do a task lock it before they change the job.
        await cancel.add_again(connection, OfJob(job_id=job_id), of=job_id)
        # A job that is not yet at the provider is ended by its own launch, which may be waiting.
        await launch.make_due(connection, of=job_id)
        job = await jobs.get(connection, job_id, lock=True)
        if job is None:
            raise JobError(say("job.not_known"))
        require(services.settings, person, Action.CANCEL, job.created_by)
        if job.finished_at:
            raise JobError(say("job.ended_already", status=say(f"job.status_{job.status}")))
        await jobs.change(connection, job_id, cancelled_by=person.id)
        await audit.add(
            connection,
            team=job.team,
            channel=job.channel,
            person=person.id,
            action=Action.CANCEL,
            subject=job.id,
        )
        if job.status is JobStatus.AWAITING_APPROVAL:  # no launch is under way that would end it
            await end_job(services, connection, job_id, JobStatus.CANCELLED)
        else:
            await services.job_events.changed.publish(connection, job)
    return job


@kinds.task("cancel", OfJob, place=Place.JOB, attempts=FOREVER, patience=FOREVER)
async def cancel(services: Services, work: Work[OfJob]) -> None:
    """Cancel the job at its provider; the watch then sees its end."""
    async with services.database.read() as connection:
        job = await jobs.get(connection, work.payload.job_id)
    if job is None or job.finished_at:
        return
    if job.provider_job_id is None:  # its launch ends it, or takes it to the provider just now
        async with work.finish() as connection:
            await work.repeat(connection, _LAUNCH_SECONDS)
        return
    client = services.provider(job.provider)
    try:
        await client.cancel(job.provider_job_id)
    except ProviderBusyError:
        raise
    except ProviderError as refused:
        # It may have ended by itself meanwhile, which the look tells; else it still costs money.
        _log.warning("Job %s was not cancelled: %s", job.id, refused)
        remote = await client.job(job.provider_job_id)
        if remote is None or not remote.status.is_final:
            await _tell_refused(services, work, job, refused.message)
            pause = max(_REFUSED_SECONDS, (work.task.failing_for or 0) / 2)
            raise Retry(refused.message, min(_LONGEST_SECONDS, pause)) from refused
    async with work.finish() as connection:
        about = OfRemote(provider=job.provider, provider_job_id=job.provider_job_id)
        await look.add_again(connection, about, of=job.id)


async def _tell_refused(services: Services, work: Work[OfJob], job: Job, reason: Message) -> None:
    """Let the job's card say that the provider has not taken the cancel."""
    said = to_stored(reason)
    if said == job.cancel_refused:
        return
    async with work.step() as connection:
        await jobs.change(connection, job.id, cancel_refused=said)
        await services.job_events.changed.publish(connection, replace(job, cancel_refused=said))
