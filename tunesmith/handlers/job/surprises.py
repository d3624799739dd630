"""What the watch of jobs meets and cards do not tell in their turn: a change of phase, a job that
is seen again after it was given up, and a provider that can't be asked.

Task kinds: `job.changed` (edits the card, before all cards whose steps alone have changed),
`job.reopened` (one reply each time) and `provider.outage` (one message for each outage
and channel with jobs there, edited when it is over).
"""

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.jobs.kinds import OfJob
from tunesmith.bot.messages import from_stored
from tunesmith.bot.queue import Payload, Place, Work
from tunesmith.handlers.job.tasks import show_progress
from tunesmith.handlers.job.tasks.card import card_key, progress_message
from tunesmith.handlers.slack.blocks import section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import kinds
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage import clock, outages, watching
from tunesmith.storage.jobs import Job
from tunesmith.storage.outages import Outage


class OfOutage(Payload):
    """An outage of a provider since then, as told in a channel in the language of `user`."""

    provider: str
    since: float
    channel: str
    user: str


def subscribe(context: Context) -> None:
    """Let what the watch meets be told."""
    events = context.services.job_events
    events.changed.subscribe(_on_changed)
    events.reopened.subscribe(_on_reopened)
    events.outage.subscribe(_on_outage)
    events.answers_again.subscribe(_on_outage)


async def _on_changed(connection: AsyncConnection, job: Job) -> None:
    await show_change.add_again(connection, OfJob(job_id=job.id), of=job.id)


async def _on_reopened(connection: AsyncConnection, job: Job) -> None:
    about = OfJob(job_id=job.id)
    await tell_reopened.add(connection, about, of=job.told_as)
    await show_progress.add_again(connection, about, of=job.id)


async def _on_outage(connection: AsyncConnection, outage: Outage) -> None:
    for channel, user in await watching.channels(connection, outage.provider):
        about = OfOutage(provider=outage.provider, since=outage.since, channel=channel, user=user)
        of = f"{outage.provider}:{outage.since}:{channel}"
        await tell_outage.add_again(connection, about, of=of)


@kinds.task("job.changed", OfJob, place=Place.TELL)
async def show_change(context: Context, work: Work[OfJob]) -> None:
    """Show a job's phase on its card, however many other cards wait to be brought up to date."""
    job = await context.job(work.payload.job_id)
    key = card_key(job.id)
    if job.finished_at or await context.outbox.posted(key) is None:
        return
    ref = ThreadRef(job.channel, job.thread, job.created_by)
    said = await progress_message(context, await context.text_in(ref), job)
    await context.outbox.put(work, key, ref, *said)


@kinds.task("job.reopened", OfJob, place=Place.TELL)
async def tell_reopened(context: Context, work: Work[OfJob]) -> None:
    """Say that a job which was given up goes on."""
    job = await context.job(work.payload.job_id)
    ref = ThreadRef(job.channel, job.thread, job.created_by)
    said = (await context.text_in(ref))("watch.reopened")
    await context.outbox.post(work, work.task.key, ref, said, [section(said)])


@kinds.task("provider.outage", OfOutage, place=Place.TELL)
async def tell_outage(context: Context, work: Work[OfOutage]) -> None:
    """Say that a provider can't be asked, or that it answers again."""
    about, key = work.payload, work.task.key
    ref = ThreadRef(about.channel, None, about.user)
    text = await context.text_in(ref)
    async with context.services.database.read() as connection:
        lasting = await _lasting(connection, about)
        seconds = await clock.read(connection) - about.since
    title = context.services.catalogue.providers[about.provider].title
    if lasting:
        reason = from_stored(lasting.said)
        said = text("watch.outage", provider=title, seconds=seconds, reason=reason)
        await context.outbox.post(work, key, ref, said, [section(said)])
    elif await context.outbox.known(work, key, ref):
        said = text("watch.outage_over", provider=title, seconds=seconds)
        await context.outbox.put(work, key, ref, said, [section(said)])
    async with work.finish() as connection:
        # It may have ended just now: what that wrote found this task unfinished.
        if lasting and not await _lasting(connection, about):
            await work.repeat(connection, 0)


async def _lasting(connection: AsyncConnection, about: OfOutage) -> Outage | None:
    outage = await outages.get(connection, about.provider)
    return outage if outage and outage.since == about.since else None
