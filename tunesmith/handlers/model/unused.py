"""A team is told that it has long used none of its models, where that costs it the right to train.

Task kind: `model.unused`, one for each date of last use and each warning: told once.
"""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.job_events import Unused
from tunesmith.bot.queue import Place, Work
from tunesmith.handlers.job.blocks import ASK
from tunesmith.handlers.slack.blocks import actions, button, section
from tunesmith.handlers.slack.blocks import context as small
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import InThread, kinds
from tunesmith.handlers.slack.thread import ThreadRef


class LongUnused(InThread):
    """What `Unused` says, and the job whose model is offered to be asked."""

    job_id: str
    since: date
    days: int
    last_day: date


def subscribe(context: Context) -> None:
    """Let teams be told."""
    context.services.job_events.unused.subscribe(_on_unused)


async def _on_unused(connection: AsyncConnection, unused: Unused) -> None:
    job = unused.job
    about = LongUnused(
        channel=job.channel,
        thread=None,
        user=job.created_by,
        job_id=job.id,
        since=unused.since,
        days=unused.days,
        last_day=unused.last_day,
    )
    told = f"{job.provider}:{job.team}:{unused.since}:{unused.warned_at}"
    lane = ThreadRef(job.channel, None, job.created_by).lane
    await tell_unused.add(connection, about, of=told, lane=lane)


@kinds.task("model.unused", LongUnused, place=Place.TELL)
async def tell_unused(context: Context, work: Work[LongUnused]) -> None:
    """Say how long no model was asked, until when one is to be, and offer to do so."""
    about = work.payload
    job = await context.job(about.job_id)
    text = await context.text_in(about.ref)
    provider = context.services.catalogue.providers[job.provider]
    rule = provider.recent_inference
    assert rule is not None
    words = text(
        "model.unused",
        provider=provider.title,
        days=about.days,
        since=about.since,
        allowed=rule.days,
        last_day=about.last_day,
    )
    ask = button(text("model.ask_now"), ASK, job.id, style="primary")
    blocks = [
        section(words),
        actions(ask),
        small(text("model.unused_seen", model=job.fine_tuned_model)),
    ]
    await context.outbox.post(work, work.task.key, about.ref, words, blocks)
