"""How a thread's newest job stands, as a reaction on the thread's first message."""

import logging

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.errors import SlackError
from tunesmith.bot.queue import Place, Work
from tunesmith.handlers.job.blocks import icon
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import InThread, kinds
from tunesmith.storage import jobs, reactions
from tunesmith.storage.jobs import Job

_log = logging.getLogger(__name__)


async def mirror(connection: AsyncConnection, job: Job) -> None:
    """Have the reaction brought up to date."""
    about = InThread(channel=job.channel, thread=job.thread, user=job.created_by)
    of = f"{job.channel}:{job.thread}"
    await react.add_again(connection, about, of=of)


@kinds.task("job.reaction", InThread, place=Place.ATTACH)
async def react(context: Context, work: Work[InThread]) -> None:
    """Add the sign of the newest job's status, and remove the one before.

    The sign is noted before it is added, so that one that was added unseen is removed later.
    """
    ref = work.payload.ref
    assert ref.ts is not None
    async with work.step() as connection:
        name = await _wanted(connection, ref.channel, ref.ts)
        shown = await reactions.of_message(connection, ref.channel, ref.ts)
        await reactions.add(connection, ref.channel, ref.ts, name)
    await _call(context, "reactions.add", ref.channel, ref.ts, name)
    for old in shown - {name}:
        await _call(context, "reactions.remove", ref.channel, ref.ts, old)
        async with work.step() as connection:
            await reactions.remove(connection, ref.channel, ref.ts, old)
    async with work.finish() as connection:
        if await _wanted(connection, ref.channel, ref.ts) != name:
            await work.repeat(connection, 0)


async def _wanted(connection: AsyncConnection, channel: str, thread: str) -> str:
    [newest] = await jobs.recent(connection, {"channel": channel, "thread": thread}, most=1)
    return icon(newest.status).strip(":")


async def _call(context: Context, method: str, channel: str, ts: str, name: str) -> None:
    """Call Slack; a reaction that can't be set is no reason to trouble anybody."""
    try:
        await context.outbox.call(method, http="FORM", channel=channel, timestamp=ts, name=name)
    except SlackError as refused:
        _log.info("%s on %s in %s: %s", method, ts, channel, refused.code)
