"""A job whose validation file overlaps with its training file."""

from tunesmith.bot.datasets import inspect
from tunesmith.bot.jobs.kinds import OfJob
from tunesmith.bot.messages import say
from tunesmith.bot.queue import Place, Work
from tunesmith.handlers.job.tasks.showing import thread_of
from tunesmith.handlers.slack.blocks import section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import kinds
from tunesmith.storage import datasets

_OVERLAP = ("validation_overlap", "validation_near_overlap")
_MOST_LINES = 8


@kinds.task("job.overlap", OfJob, place=Place.CHECK, attempts=6)
async def tell_overlap(context: Context, work: Work[OfJob]) -> None:
    """Say so where training and validation overlap."""
    job = await context.job(work.payload.job_id)
    training = await context.dataset(job.dataset_id)
    async with context.services.database.read() as connection:
        validation = await datasets.get(connection, job.validation_id or "")
    if validation is None:
        return
    files = context.services.settings.files
    report = await inspect(
        context.services.processes,
        files / training.sha256,
        name=training.name,
        selection=context.services.selection(),
        validation=files / validation.sha256,
        validation_name=validation.name,
    )
    count = sum(report.counts.get(code, 0) for code in _OVERLAP)
    if not count:
        return
    text = await context.text_in(thread_of(job))
    lines = sorted({found.line or 0 for found in report.findings if found.code in _OVERLAP})
    key = "dataset.overlap_more" if len(lines) > _MOST_LINES else "dataset.overlap"
    words = text(
        key,
        count=count,
        training=training.name,
        validation=validation.name,
        lines=[say("dataset.line_number", line=line) for line in lines[:_MOST_LINES]],
        more=count - _MOST_LINES,
    )
    await context.outbox.post(work, work.task.key, thread_of(job), words, [section(words)])
