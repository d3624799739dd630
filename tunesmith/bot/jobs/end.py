"""The end of a job, told once."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.messages import Message, to_stored
from tunesmith.bot.services import Services
from tunesmith.storage import jobs
from tunesmith.storage.jobs import JobStatus


async def end_job(
    services: Services,
    connection: AsyncConnection,
    job_id: str,
    status: JobStatus,
    error: Message | None = None,
    **values: Any,
) -> None:
    """Set a job's last status and tell of it; nothing where it had ended before.

    `error` is why it failed, `values` are other columns of the job.
    """
    said = to_stored(error) if error else None
    if await jobs.end(connection, job_id, status, error=said, **values):
        job = await jobs.get(connection, job_id)
        assert job is not None
        await services.job_events.ended.publish(connection, job)
