"""Cancel a job, wherever it stands."""

import logging

from tunesmith.bot.errors import JobError, ProviderBusyError, ProviderError
from tunesmith.bot.queue import Work
from tunesmith.bot.services import Services
from tunesmith.storage import jobs, tasks
from tunesmith.storage.jobs import Job

_log = logging.getLogger(__name__)


async def request_cancel(services: Services, job_id: str, user: str) -> Job:
    """Note that somebody wants the job cancelled, and see to it.

    Raises JobError where it has ended or is not known.
    """
    async with services.database.write() as connection:
        job = await jobs.get(connection, job_id)
        if job is None:
            raise JobError("This job is not known here.")
        if job.finished_at:
            raise JobError(f"This job has ended already ({job.status}).")
        await jobs.change(connection, job_id, cancelled_by=user)
        await tasks.arm(
            connection, key=f"cancel:{job_id}", kind="cancel", payload={"job_id": job_id}
        )
        # A job that is not yet at the provider is ended by its own launch, which may be waiting.
        await tasks.hurry(connection, f"launch:{job_id}")
        await tasks.hurry(connection, f"job.progress:{job_id}")
    return job


async def cancel(services: Services, work: Work) -> None:
    """Cancel the job at its provider; the watch then sees its end."""
    async with services.database.read() as connection:
        job = await jobs.get(connection, work.task.payload["job_id"])
    if job is None or job.finished_at:
        return
    if job.provider_job_id is None:  # its launch ends it, unless it has just passed that point
        async with work.finish() as connection:
            latest = await jobs.get(connection, job.id)
            if latest and latest.provider_job_id:
                await work.come_back(connection, 0)
        return
    client = services.provider(job.provider)
    try:
        await client.cancel(job.provider_job_id)
    except ProviderBusyError:
        raise
    except ProviderError as error:
        # Most likely it ended by itself meanwhile; the watch tells how.
        _log.info("Job %s was not cancelled: %s", job.id, error)
    async with work.finish() as connection:
        await tasks.hurry(connection, f"watch:{job.provider}")
