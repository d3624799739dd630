"""A job on its way and at its end, told in its thread.

Task kinds: `job.progress` (one message for each job, edited until the job has ended) and
`job.ended` (the chart, then the final message, shown in the channel as well).
"""

import contextlib
from dataclasses import replace
from functools import partial

from tunesmith.bot.errors import ConfigurationError, ProviderError
from tunesmith.bot.jobs import chart, collect_metrics
from tunesmith.bot.queue import Work
from tunesmith.handlers.blocks.job import (
    ended_blocks,
    ended_text,
    progress_blocks,
    progress_text,
)
from tunesmith.handlers.blocks.parts import Block
from tunesmith.handlers.context import Context
from tunesmith.handlers.places import Place
from tunesmith.handlers.text import Text
from tunesmith.handlers.upload import upload
from tunesmith.storage import datasets, jobs, metrics, tasks
from tunesmith.storage.jobs import Job
from tunesmith.storage.metrics import Metric

# chat.update is a Tier 3 method, about 50 calls a minute and workspace; answers need some too.
_EDIT_SECONDS = 2.0
_EDIT_SECONDS_PER_JOB = 1.5
_FOR_EVER = 2**31


def register(context: Context) -> None:
    """Let the queue run this module's tasks."""

    async def run_progress(work: Work) -> None:
        await _progress(context, work)

    async def run_ended(work: Work) -> None:
        await _ended(context, work)

    async def run_chart(work: Work) -> None:
        await _chart(context, work)

    async def run_final(work: Work) -> None:
        await _final(context, work)

    queue = context.services.queue
    queue.handle("job.progress", run_progress, attempts=_FOR_EVER)
    queue.handle("job.ended", run_ended, attempts=100)
    queue.handle("job.chart", run_chart, attempts=10, pace=1)
    queue.handle("job.final", run_final, attempts=100, pace=1)


async def progress_message(
    context: Context, text: Text, job: Job, steps: list[Metric] | None = None
) -> tuple[str, list[Block]]:
    """What the progress message says now."""
    async with context.services.database.read() as connection:
        dataset = await datasets.get(connection, job.dataset_id)
        now = await jobs.clock(connection)
        if steps is None:
            steps = await metrics.of_job(connection, job.id)
    file = dataset.name if dataset else ""
    blocks = progress_blocks(text, job, file, steps, now=now, silent=_silent(context, job, now))
    return progress_text(text, job, file), blocks


def _silent(context: Context, job: Job, now: float) -> tuple[str, float] | None:
    provider = context.services.catalogue.providers[job.provider]
    quiet = now - (job.seen_at or job.created_at)
    return (provider.title, quiet) if quiet > 10 + 3 * provider.poll_seconds else None


async def _progress(context: Context, work: Work) -> None:
    async with context.services.database.read() as connection:
        job = await jobs.get(connection, work.task.payload["job_id"])
        under_way = len(await jobs.active(connection))
    if job is None:
        return
    steps = None
    if job.status == "running":
        # Silence is told by the message itself.
        with contextlib.suppress(ProviderError, ConfigurationError):
            steps = await collect_metrics(context.services, job)
    text = await context.text(job.created_by)
    said = await progress_message(context, text, job, steps)
    place = Place(job.channel, job.thread, job.created_by)
    await context.outbox.put(work, f"progress:{job.id}", place, *said)
    if not job.finished_at:
        async with work.finish() as connection:
            delay = max(_EDIT_SECONDS, _EDIT_SECONDS_PER_JOB * under_way)
            await work.come_back(connection, delay)


async def _ended(context: Context, work: Work) -> None:
    job = await _job(context, work)
    place = Place(job.channel, job.thread, job.created_by)
    async with work.finish() as connection:
        steps = await metrics.of_job(connection, job.id)
        kinds = ["job.chart", "job.final"] if steps else ["job.final"]
        for kind in kinds:
            await tasks.add(
                connection,
                key=f"{kind}:{job.id}",
                kind=kind,
                payload={"job_id": job.id},
                lane=place.lane,
            )


async def _chart(context: Context, work: Work) -> None:
    job = await _job(context, work)
    text = await context.text(job.created_by)
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
    alt = text(
        "job.chart_alt", steps=steps[-1].step, first=f"{losses[0]:.3f}", last=f"{losses[-1]:.3f}"
    )
    place = Place(job.channel, job.thread, job.created_by)
    await upload(
        context, work, place, name=f"loss-{job.id}.png", content=picture, title=title, alt=alt
    )


async def _final(context: Context, work: Work) -> None:
    job = await _job(context, work)
    text = await context.text(job.created_by)
    async with context.services.database.read() as connection:
        steps = await metrics.of_job(connection, job.id)
    place = Place(job.channel, job.thread, job.created_by)
    if job.error:
        job = replace(job, error=await context.reason(job.created_by, job.error))
    await context.outbox.post(
        work,
        f"final:{job.id}",
        place,
        ended_text(text, job),
        ended_blocks(text, job, steps),
        broadcast=True,
    )


async def _job(context: Context, work: Work) -> Job:
    async with context.services.database.read() as connection:
        job = await jobs.get(connection, work.task.payload["job_id"])
    assert job is not None
    return job
