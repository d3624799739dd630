"""A job has a validation file: say so in its thread where training and validation overlap.

Task kind: `job.overlap` (one for each job with a validation file that was not set aside from its
training file).
"""

from tunesmith.bot.datasets import inspect
from tunesmith.bot.queue import Work
from tunesmith.handlers.blocks.parts import number, section
from tunesmith.handlers.context import Context
from tunesmith.handlers.places import Place
from tunesmith.handlers.text import escape
from tunesmith.storage import datasets, jobs

_OVERLAP = ("validation_overlap", "validation_near_overlap")
_MOST_LINES = 8


def register(context: Context) -> None:
    """Let the queue run this module's task."""

    async def run(work: Work) -> None:
        await _overlap(context, work)

    context.services.queue.handle("job.overlap", run, attempts=6)


async def _overlap(context: Context, work: Work) -> None:
    async with context.services.database.read() as connection:
        job = await jobs.get(connection, work.task.payload["job_id"])
        assert job is not None
        training = await datasets.get(connection, job.dataset_id)
        validation = await datasets.get(connection, job.validation_id or "")
    assert training is not None
    if validation is None:
        return
    files = context.services.settings.files
    report = await inspect(
        context.services.processes,
        files / training.sha256,
        name=training.name,
        catalogue=context.services.catalogue,
        validation=files / validation.sha256,
        validation_name=validation.name,
    )
    count = sum(report.counts.get(code, 0) for code in _OVERLAP)
    if not count:
        return
    text = await context.text(job.created_by)
    lines = sorted({found.line or 0 for found in report.findings if found.code in _OVERLAP})
    words = text(
        "dataset.overlap",
        count=number(count),
        training=escape(training.name),
        validation=escape(validation.name),
        lines=", ".join(number(line) for line in lines[:_MOST_LINES])
        + (" …" if len(lines) > _MOST_LINES else ""),
    )
    place = Place(job.channel, job.thread, job.created_by)
    await context.outbox.post(work, work.task.key, place, words, [section(words)])
