"""What happened to a job, each told once in its thread by a short reply.

An edit of the card tells nobody: Slack notifies those who follow a thread of new replies alone.
"""

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.jobs.kinds import OfJob
from tunesmith.bot.queue import Place, Work
from tunesmith.handlers.job.blocks import icon
from tunesmith.handlers.job.tasks.showing import thread_of
from tunesmith.handlers.slack.blocks import section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import kinds
from tunesmith.storage import datasets, metrics
from tunesmith.storage.jobs import Job, JobStatus

_TOLD = frozenset({JobStatus.PAUSED, JobStatus.FAILED, JobStatus.CANCELLED})


class Told(OfJob):
    """A status that a job has reached."""

    status: str


async def tell_status(connection: AsyncConnection, job: Job) -> None:
    """Have it told that the job is paused, has failed or was cancelled.

    A job that is paused again has made steps meanwhile, and this is told again.
    """
    if job.status not in _TOLD:
        return
    steps = await metrics.of_job(connection, job.id) if job.status is JobStatus.PAUSED else []
    of = f"{job.told_as}:{job.status}" + (f":{steps[-1].step}" if steps else "")
    await tell.add(connection, Told(job_id=job.id, status=job.status), of=of)


@kinds.task("job.told", Told, place=Place.TELL)
async def tell(context: Context, work: Work[Told]) -> None:
    """Post the reply."""
    await context.outside_quiet_hours()
    job, status = await context.job(work.payload.job_id), JobStatus(work.payload.status)
    text = await context.text_in(thread_of(job))
    async with context.services.database.read() as connection:
        file = await datasets.name_of(connection, job.dataset_id)
    by = {JobStatus.PAUSED: job.paused_by, JobStatus.CANCELLED: job.cancelled_by}.get(status)
    key = f"job.told_{status}_by" if by else f"job.told_{status}"
    words = text(key, icon=icon(status), model=job.base_model, file=file, user=by)
    await context.outbox.post(work, work.task.key, thread_of(job), words, [section(words)])
