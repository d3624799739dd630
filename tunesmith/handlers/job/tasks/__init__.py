"""A job told in its thread and its channel.

Task kinds: `job.card` (posts one message for each job), which leads to `job.progress` (edits it
until it is the result), `job.ended` (makes it the result at once, and leads to the rest of the
end), `job.chart` (draws the picture that then stands in it), `job.notice` (one message in the
channel), `job.told` (short replies in the thread), `job.checkpoints` (one table
for each job), `job.reaction` (one for each thread: its first message shows how its newest job
stands) and `job.overlap` (one for each job with a validation file that was not set aside from its
training file).
"""

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.jobs.kinds import OfJob
from tunesmith.handlers.job.tasks.card import post_card, progress_message, show_progress
from tunesmith.handlers.job.tasks.checkpoints import checkpoints_message
from tunesmith.handlers.job.tasks.end import show_end
from tunesmith.handlers.job.tasks.overlap import tell_overlap
from tunesmith.handlers.job.tasks.reaction import mirror
from tunesmith.handlers.job.tasks.told import tell_status
from tunesmith.handlers.slack.context import Context
from tunesmith.storage import datasets
from tunesmith.storage.jobs import Job

__all__ = ["checkpoints_message", "progress_message", "show_progress", "subscribe"]


def subscribe(context: Context) -> None:
    """Let what happens to jobs be told."""
    events = context.services.job_events
    events.reserved.subscribe(_on_reserved)
    events.changed.subscribe(_on_changed)
    events.ended.subscribe(_on_ended)


async def _on_reserved(connection: AsyncConnection, job: Job) -> None:
    about = OfJob(job_id=job.id)
    await post_card.add(connection, about, of=job.id)
    await mirror(connection, job)
    dataset = await datasets.get(connection, job.dataset_id)
    if job.validation_id and dataset and job.validation_id != dataset.validation_id:
        await tell_overlap.add(connection, about, of=job.id)


async def _on_changed(connection: AsyncConnection, job: Job) -> None:
    await show_progress.make_due(connection, of=job.id)
    await tell_status(connection, job)
    await mirror(connection, job)


async def _on_ended(connection: AsyncConnection, job: Job) -> None:
    await show_end.add(connection, OfJob(job_id=job.id), of=job.told_as)
    await show_progress.make_due(connection, of=job.id)
    await tell_status(connection, job)
    await mirror(connection, job)
