"""The end of a job: its card becomes the result, and the channel hears of it once."""

from functools import partial

from tunesmith.bot.drawing import losses
from tunesmith.bot.errors import SlackError
from tunesmith.bot.jobs.kinds import OfJob
from tunesmith.bot.messages import Rendered, Text, say
from tunesmith.bot.queue import Place, Retry, Work
from tunesmith.handlers.job.blocks import icon
from tunesmith.handlers.job.loss_chart import picture_alt
from tunesmith.handlers.job.shown import Shown
from tunesmith.handlers.job.tasks.card import show_progress, show_result
from tunesmith.handlers.job.tasks.checkpoints import tell_checkpoints
from tunesmith.handlers.job.tasks.showing import (
    card_key,
    checkpoints_key,
    picture_key,
    shown_of,
    thread_of,
)
from tunesmith.handlers.slack.blocks import section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import kinds
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.handlers.slack.uploads import keep, upload
from tunesmith.storage import datasets, metrics
from tunesmith.storage.jobs import Job, JobStatus

# Where the bot is no member of a channel, or the channel is gone.
_NOT_THERE = frozenset({"not_in_channel", "channel_not_found", "is_archived"})
# For so long the channel is not told because Slack knows no link to the thread.
_LINK_SECONDS = 120.0


@kinds.task("job.ended", OfJob, place=Place.TELL)
async def show_end(context: Context, work: Work[OfJob]) -> None:
    """Make the card the result, and have the rest told."""
    job = await context.job(work.payload.job_id)
    has_table = await context.outbox.posted(checkpoints_key(job)) is not None
    async with work.step() as connection:
        if has_table:  # it offers now what can be used, and warns no more
            await tell_checkpoints.add_again(connection, work.payload, of=job.told_as)
        if await metrics.of_job(connection, job.id):
            await draw_chart.add(connection, work.payload, of=job.told_as)
        if job.status is not JobStatus.CANCELLED:
            await tell_channel.add(connection, work.payload, of=job.told_as)
    await show_result(context, work, job, await context.outbox.posted(picture_key(job)))


@kinds.task("job.chart", OfJob, place=Place.ATTACH)
async def draw_chart(context: Context, work: Work[OfJob]) -> None:
    """Draw the picture of loss and accuracy, and have the card show it.

    Where Slack takes no such picture into a message, it is shared below.
    """
    job = await context.job(work.payload.job_id)
    ref, key = thread_of(job), picture_key(job)
    text = (await context.text_in(ref)).plain
    shown = await shown_of(context, job)
    title = text("job.chart_title", model=job.fine_tuned_model or job.base_model)
    draw = partial(losses.draw, _steps(shown), _labels(text, title, shown))
    picture = await context.services.processes.run(draw)
    said = {
        "name": f"loss-{job.told_as}.png",
        "title": title,
        "alt": picture_alt(text, shown.steps),
    }
    try:
        file_id = await keep(context.outbox, work, key, ref, content=picture, **said)
        is_shown = await show_result(context, work, job, file_id)
    except SlackError:
        is_shown = False
    if not is_shown:
        await upload(context, work, ref, content=picture, **said)
    async with work.finish() as connection:
        # An edit that was on its way when the picture was kept has not shown it.
        await show_progress.add_again(connection, work.payload, of=job.id)


def _steps(shown: Shown) -> list[losses.Step]:
    return [
        losses.Step(
            one.step, one.train_loss, one.train_accuracy, one.valid_loss, one.valid_accuracy
        )
        for one in shown.steps
    ]


def _labels(text: Text, title: str, shown: Shown) -> losses.Labels:
    return losses.Labels(
        title=title,
        step=text("job.chart_step"),
        loss=text("job.chart_of_loss"),
        accuracy=text("job.chart_of_accuracy"),
        training=text("job.chart_training"),
        validation=text("job.chart_validation"),
        epochs=[
            (step, text("job.chart_epoch", number=number)) for step, number in shown.epoch_ends
        ],
    )


@kinds.task("job.notice", OfJob, place=Place.TELL)
async def tell_channel(context: Context, work: Work[OfJob]) -> None:
    """Post one message in the channel: which job ended how, with the link to its thread."""
    await context.outside_quiet_hours()
    job = await context.job(work.payload.job_id)
    text = await context.text_in(thread_of(job))
    words = await _notice(context, work, text, job)
    key, blocks = f"notice:{job.told_as}", [section(words)]
    channels = [job.notify_channel] if job.notify_channel else []
    for channel in [*channels, job.channel]:
        ref = ThreadRef(channel, None, job.created_by)
        try:
            await context.outbox.post(work, key, ref, words, blocks)
        except SlackError as refused:
            if channel == job.channel or refused.code not in _NOT_THERE:
                raise
        else:
            return


async def _notice(context: Context, work: Work[OfJob], text: Text, job: Job) -> str:
    async with context.services.database.read() as connection:
        file = await datasets.name_of(connection, job.dataset_id)
    words = text(
        f"job.notice_{job.status}",
        icon=icon(job.status),
        who=await _starter(context, job),
        file=file,
        base_model=job.base_model,
        model=job.fine_tuned_model,
    )
    link = await _link(context, job)
    if link is None:
        if (work.task.failing_for or 0) < _LINK_SECONDS:
            raise Retry(say("common.slack_refused", code="message_not_found"))
        return words
    label = "job.notice_why" if job.status is JobStatus.FAILED else "job.notice_link"
    return f"{words} {text(label, link=link)}"


async def _starter(context: Context, job: Job) -> str:
    """Who started the job, with or without being called."""
    if context.services.settings.mention_starter:
        return Rendered(f"<@{job.created_by}>")
    return await context.people.name(job.created_by) or job.created_by


async def _link(context: Context, job: Job) -> str | None:
    """The link to the card, or to the thread's first message where somebody has deleted it; None
    where Slack knows neither for now.
    """
    card = await context.outbox.posted(card_key(job.id))
    found = await context.permalinks.to(job.channel, card) if card else None
    return found or await context.permalinks.to(job.channel, job.thread)
