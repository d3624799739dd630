"""A job's checkpoints: told in its thread when the first is made, and kept up to date there."""

from tunesmith.bot.jobs.kinds import OfJob
from tunesmith.bot.messages import Text
from tunesmith.bot.queue import Place, Work
from tunesmith.handlers.job.checkpoint_table import checkpoint_blocks, checkpoints_text
from tunesmith.handlers.job.reader import EVERYBODY, Reader
from tunesmith.handlers.job.tasks.showing import checkpoints_key, shown_of, thread_of
from tunesmith.handlers.slack.blocks import Block, section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import kinds
from tunesmith.storage import jobs
from tunesmith.storage.jobs import Job


async def checkpoints_message(
    context: Context, text: Text, job: Job, reader: Reader = EVERYBODY
) -> tuple[str, list[Block]]:
    """What is to be said of a job's checkpoints, also where it has none."""
    provider = context.services.catalogue.providers[job.provider]
    shown = await shown_of(context, job, reader=reader)
    if not provider.has_checkpoints:
        words = text("checkpoint.not_offered", provider=provider.title)
    elif not shown.checkpoints:
        words = text("checkpoint.none", id=job.id)
    else:
        return checkpoints_text(text, shown), checkpoint_blocks(text, shown, provider)
    return words, [section(words)]


@kinds.task("job.checkpoints", OfJob, place=Place.TELL)
async def tell_checkpoints(context: Context, work: Work[OfJob]) -> None:
    """Post the table of checkpoints, or bring it up to date."""
    job = await context.job(work.payload.job_id)
    text = await context.text_in(thread_of(job))
    said = await checkpoints_message(context, text, job)
    key, ref = checkpoints_key(job), thread_of(job)
    await context.outbox.put(work, key, ref, *said, background=True)
    async with work.finish() as connection:
        if await jobs.get(connection, job.id) != job:  # another model was chosen meanwhile
            await work.repeat(connection, 0)
