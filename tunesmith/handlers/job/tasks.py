"""A job told in its thread: on its way, and at its end.

Task kinds: `job.card` (posts one message for each job), which leads to `job.progress` (edits it
until the job has ended), `job.ended`
(leads to `job.chart` and to `job.final`, the last message, shown in the channel as well) and
`job.overlap` (one for each job with a validation file that was not set aside from its training
file).
"""

import contextlib
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.datasets import inspect
from tunesmith.bot.errors import ConfigurationError, ProviderError
from tunesmith.bot.jobs import chart, newest_metrics
from tunesmith.bot.jobs.kinds import OfJob
from tunesmith.bot.messages import Text, say
from tunesmith.bot.queue import FOREVER, Place, Work
from tunesmith.handlers.job.base_models import answers_until
from tunesmith.handlers.job.blocks import (
    ended_blocks,
    ended_text,
    progress_blocks,
    progress_text,
)
from tunesmith.handlers.slack.blocks import Block, section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import kinds
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.handlers.slack.uploads import upload
from tunesmith.storage import datasets, jobs, metrics
from tunesmith.storage.jobs import Job, JobStatus
from tunesmith.storage.metrics import Metric

# chat.update is a Tier 3 method, about 50 calls a minute and workspace; answers need some too.
_EDIT_SECONDS = 2.0
_EDIT_SECONDS_PER_JOB = 1.5
_OVERLAP = ("validation_overlap", "validation_near_overlap")
_MOST_LINES = 8


def subscribe(context: Context) -> None:
    """Let what happens to jobs be told."""
    events = context.services.job_events
    events.reserved.subscribe(_on_reserved)
    events.changed.subscribe(_on_changed)
    events.ended.subscribe(_on_ended)


async def _on_reserved(connection: AsyncConnection, job: Job) -> None:
    about = OfJob(job_id=job.id)
    await post_card.add(connection, about, of=job.id)
    dataset = await datasets.get(connection, job.dataset_id)
    if job.validation_id and dataset and job.validation_id != dataset.validation_id:
        await tell_overlap.add(connection, about, of=job.id)


async def _on_changed(connection: AsyncConnection, job: Job) -> None:
    await show_progress.make_due(connection, of=job.id)


async def _on_ended(connection: AsyncConnection, job: Job) -> None:
    await show_end.add(connection, OfJob(job_id=job.id), of=job.told_as)
    await show_progress.make_due(connection, of=job.id)


async def progress_message(
    context: Context, text: Text, job: Job, steps: list[Metric] | None = None
) -> tuple[str, list[Block]]:
    """What the progress message says now."""
    async with context.services.database.read() as connection:
        file = await datasets.name_of(connection, job.dataset_id)
        now = await jobs.clock(connection)
        if steps is None:
            steps = await metrics.of_job(connection, job.id)
    blocks = progress_blocks(text, job, file, steps, now=now, silent=_silent(context, job, now))
    return progress_text(text, job, file), blocks


def _silent(context: Context, job: Job, now: float) -> tuple[str, float] | None:
    provider = context.services.catalogue.providers[job.provider]
    quiet = now - (job.seen_at or job.created_at)
    return (provider.title, quiet) if quiet > 10 + 3 * provider.poll_seconds else None


def _card_key(job: Job) -> str:
    return f"progress:{job.id}"


def _thread(job: Job) -> ThreadRef:
    return ThreadRef(job.channel, job.thread, job.created_by)


@kinds.task("job.card", OfJob, place=Place.TELL)
async def post_card(context: Context, work: Work[OfJob]) -> None:
    """Post the progress message, and have it kept up to date."""
    job = await context.job(work.payload.job_id)
    text = await context.text_in(_thread(job))
    said = await progress_message(context, text, job)
    await context.outbox.post(work, _card_key(job), _thread(job), *said)
    async with work.finish() as connection:
        await show_progress.add(connection, work.payload, of=job.id)


@kinds.task("job.progress", OfJob, place=Place.FOLLOW, attempts=FOREVER)
async def show_progress(context: Context, work: Work[OfJob]) -> None:
    """Bring the progress message up to date, and again until the job has ended."""
    # What is said is looked up only when it can be said: it is the newest then.
    await context.outbox.background_turn("chat.update")
    async with context.services.database.read() as connection:
        job = await jobs.get(connection, work.payload.job_id)
        running = await jobs.count_active(connection)
    if job is None:
        return
    steps = None
    if job.status is JobStatus.RUNNING:
        # Silence is told by the message itself.
        with contextlib.suppress(ProviderError, ConfigurationError):
            steps = await newest_metrics(context.services, job)
    text = await context.text_in(_thread(job))
    said = await progress_message(context, text, job, steps)
    await context.outbox.put(work, _card_key(job), _thread(job), *said, background=True)
    if not job.finished_at:
        async with work.finish() as connection:
            delay = max(_EDIT_SECONDS, _EDIT_SECONDS_PER_JOB * running)
            await work.repeat(connection, delay)


@kinds.task("job.ended", OfJob, place=Place.TELL)
async def show_end(context: Context, work: Work[OfJob]) -> None:
    """Have the chart and the last message posted."""
    job = await context.job(work.payload.job_id)
    async with work.finish() as connection:
        steps = await metrics.of_job(connection, job.id)
        for kind in (attach_chart, tell_end) if steps else (tell_end,):
            await kind.add(connection, work.payload, of=job.id, lane=_thread(job).lane)


@kinds.task("job.chart", OfJob, place=Place.TELL, pace=1)
async def attach_chart(context: Context, work: Work[OfJob]) -> None:
    """Attach the picture of loss and accuracy."""
    job = await context.job(work.payload.job_id)
    text = (await context.text_in(_thread(job))).plain
    async with context.services.database.read() as connection:
        steps = await metrics.of_job(connection, job.id)
    losses = [step.train_loss for step in steps if step.train_loss is not None] or [0.0]
    title = text("job.chart_title", model=job.fine_tuned_model or job.base_model)
    labels = chart.Labels(
        title=title,
        step=text("job.chart_step"),
        loss=text("job.chart_of_loss"),
        accuracy=text("job.chart_of_accuracy"),
        training=text("job.chart_training"),
        validation=text("job.chart_validation"),
    )
    picture = await context.services.processes.run(partial(chart.draw, steps, labels))
    alt = text("job.chart_alt", steps=steps[-1].step, first=losses[0], last=losses[-1])
    name = f"loss-{job.id}.png"
    await upload(context, work, _thread(job), name=name, content=picture, title=title, alt=alt)


@kinds.task("job.final", OfJob, place=Place.TELL, pace=1)
async def tell_end(context: Context, work: Work[OfJob]) -> None:
    """Post how the job ended, in the channel too."""
    job = await context.job(work.payload.job_id)
    text = await context.text_in(_thread(job))
    async with context.services.database.read() as connection:
        steps = await metrics.of_job(connection, job.id)
    await context.outbox.post(
        work,
        f"final:{job.id}",
        _thread(job),
        ended_text(text, job),
        ended_blocks(text, job, steps, answers_until(context.services, job)),
        broadcast=True,
    )


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
    text = await context.text_in(_thread(job))
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
    await context.outbox.post(work, work.task.key, _thread(job), words, [section(words)])
