"""The end of a job: its bill, its line in the audit log, and the news of it, once."""

from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.jobs.budget import bill
from tunesmith.bot.messages import Message, to_stored
from tunesmith.bot.services import Services
from tunesmith.storage import audit, jobs
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
    if not await jobs.end(connection, job_id, status, error=said, **values):
        return
    job = await jobs.get(connection, job_id)
    assert job is not None
    usd = job.billed_usd  # where the provider tells it
    if usd is None:
        usd = bill(services.catalogue, job.provider, job.base_model, job.trained_tokens)
    if usd is not None:
        job = replace(job, billed_usd=usd)
        await jobs.change(connection, job_id, billed_usd=usd)
    await audit.add(
        connection,
        team=job.team,
        channel=job.channel,
        person=None,
        action=status,
        subject=job.id,
        tokens=job.trained_tokens,
        usd=None if usd is None else str(usd),
    )
    await services.job_events.ended.publish(connection, job)
