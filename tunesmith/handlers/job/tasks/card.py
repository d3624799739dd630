"""The card of a job: one message from queued to result."""

import contextlib
from dataclasses import replace
from typing import Any

from tunesmith.bot.errors import ConfigurationError, ProviderError, SlackError
from tunesmith.bot.jobs import newest_metrics
from tunesmith.bot.jobs.checkpoints import collect_checkpoints
from tunesmith.bot.jobs.kinds import OfJob
from tunesmith.bot.messages import Text
from tunesmith.bot.queue import FOREVER, Place, Work
from tunesmith.handlers.job.approval import approval_blocks
from tunesmith.handlers.job.blocks import progress_blocks, progress_text
from tunesmith.handlers.job.reader import EVERYBODY, Reader
from tunesmith.handlers.job.result import Charts, result_blocks, result_text
from tunesmith.handlers.job.tasks.checkpoints import tell_checkpoints
from tunesmith.handlers.job.tasks.showing import card_key, picture_key, shown_of, thread_of
from tunesmith.handlers.slack.blocks import Block
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import kinds
from tunesmith.storage import jobs, messages
from tunesmith.storage.jobs import Job, JobStatus
from tunesmith.storage.metrics import Metric

# chat.update is a Tier 3 method, about 50 calls a minute and workspace; answers need some too.
_EDIT_SECONDS = 2.0
_EDIT_SECONDS_PER_JOB = 1.5
# A job that waits for approval shows nothing new until somebody decides.
_WAITING_SECONDS = 3_600.0
# Slack refuses a block that it does not know, or a picture that it can't show, with one of these.
_REFUSED_BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format", "invalid_attachments"})


async def progress_message(
    context: Context,
    text: Text,
    job: Job,
    steps: list[Metric] | None = None,
    reader: Reader = EVERYBODY,
) -> tuple[str, list[Block]]:
    """What the card says now."""
    shown = await shown_of(context, job, steps, reader)
    if job.finished_at:
        return result_text(text, shown), result_blocks(text, shown, Charts())
    approval = approval_blocks(text, job, context.services.settings, reader)
    return progress_text(text, shown), progress_blocks(text, shown, approval)


@kinds.task("job.card", OfJob, place=Place.TELL)
async def post_card(context: Context, work: Work[OfJob]) -> None:
    """Post the card, and have it kept up to date."""
    job = await context.job(work.payload.job_id)
    text = await context.text_in(thread_of(job))
    said = await progress_message(context, text, job)
    await context.outbox.post(work, card_key(job.id), thread_of(job), *said)
    async with work.finish() as connection:
        await show_progress.add(connection, work.payload, of=job.id)


@kinds.task("job.progress", OfJob, place=Place.FOLLOW, attempts=FOREVER)
async def show_progress(context: Context, work: Work[OfJob]) -> None:
    """Bring the card up to date, and again until it is the result."""
    job = await context.job(work.payload.job_id)
    if not job.finished_at:
        # What is said is looked up only when it can be said: it is the newest then.
        await context.outbox.background_turn("chat.update")
        job = await context.job(job.id)
    if job.finished_at:
        picture = await context.outbox.posted(picture_key(job))
        await show_result(context, work, job, picture)
        async with work.finish() as connection:
            same_picture = await messages.posted(connection, picture_key(job)) == picture
            if not same_picture or await jobs.get(connection, job.id) != job:
                await work.repeat(connection, 0)
        return
    steps, made = None, False
    if job.status is JobStatus.RUNNING:
        # Silence is told by the card itself.
        with contextlib.suppress(ProviderError, ConfigurationError):
            steps = await newest_metrics(context.services, job)
            made = await collect_checkpoints(context.services, job, hurry=False)
    text = await context.text_in(thread_of(job))
    said = await progress_message(context, text, job, steps)
    await context.outbox.put(work, card_key(job.id), thread_of(job), *said, background=True)
    async with context.services.database.read() as connection:
        running = await jobs.count_active(connection)
    async with work.finish() as connection:
        delay = max(_EDIT_SECONDS, _EDIT_SECONDS_PER_JOB * running)
        if made:
            await tell_checkpoints.add_again(connection, work.payload, of=job.told_as)
            delay *= 2  # that is an edit too
        if job.status is JobStatus.AWAITING_APPROVAL:
            delay = _WAITING_SECONDS
        await work.repeat(connection, delay)


async def show_result(context: Context, work: Work[Any], job: Job, picture: str | None) -> bool:
    """Make the card the result, with as many of its charts as Slack takes. `picture` is Slack's
    id of the one that we have drawn; False where Slack does not show it in a message.
    """
    ref = thread_of(job)
    text = await context.text_in(ref)
    shown = await shown_of(context, job)
    charts = Charts(native=True, picture=picture)
    while True:
        blocks = result_blocks(text, shown, charts)
        try:
            await context.outbox.put(work, card_key(job.id), ref, result_text(text, shown), blocks)
        except SlackError as refused:
            if refused.code not in _REFUSED_BLOCKS or charts == Charts():
                raise
            charts = replace(charts, native=False) if charts.native else Charts()
        else:
            return charts.picture == picture
