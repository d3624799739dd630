"""Running a line of `/tune`: typed, or carried by a button.

Task kinds: `command` (one that asks a provider), `refused` (one that a provider refused later).
"""

import re

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.errors import ProviderError, UserError
from tunesmith.bot.job_events import Refusal
from tunesmith.bot.jobs import request_pause, request_resume
from tunesmith.bot.messages import Message, StoredMessage
from tunesmith.bot.queue import Place, Work
from tunesmith.handlers.job.blocks import PAUSE, RESUME
from tunesmith.handlers.job.commands import subcommands
from tunesmith.handlers.job.commands.files import (
    DELETE_FILE,
    DELETE_SCHEMA,
    press_delete_file,
    press_delete_schema,
)
from tunesmith.handlers.job.commands.models import DELETE, press_delete
from tunesmith.handlers.job.commands.subcommand import RUN
from tunesmith.handlers.slack.blocks import section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.interactions import Interactions
from tunesmith.handlers.slack.kinds import InThread, kinds
from tunesmith.handlers.slack.payloads import ActionBody
from tunesmith.handlers.slack.replies import Reply, Screen, plain_reply, show
from tunesmith.handlers.slack.thread import ThreadRef


class Line(InThread):
    """What stands behind `/tune`, and where the reply is shown."""

    team: str
    said: str
    screen: Screen


class Refused(InThread):
    """What a provider refused."""

    key: str
    provider: str | StoredMessage
    reason: StoredMessage


def register(interactions: Interactions) -> None:
    """Listen to the buttons that run a line, and to those that pause and resume."""
    interactions.in_place(re.compile(f"^{RUN}"), _press)
    interactions.in_place(re.compile(f"^{DELETE}$"), press_delete)
    interactions.in_place(re.compile(f"^{DELETE_FILE}$"), press_delete_file)
    interactions.in_place(re.compile(f"^{DELETE_SCHEMA}$"), press_delete_schema)
    interactions.action(PAUSE, _pause)
    interactions.action(RESUME, _resume)


def subscribe(context: Context) -> None:
    """Let what providers refuse be told."""

    async def on_refused(connection: AsyncConnection, refusal: Refusal) -> None:
        job = refusal.job
        told = Refused(
            channel=job.channel,
            thread=job.thread,
            user=refusal.person,
            key=f"job.refused_{refusal.wanted}",
            provider=context.titles[job.provider],
            reason=refusal.reason,
        )
        await tell_refusal.add(connection, told, of=refusal.id)

    context.services.job_events.refused.subscribe(on_refused)


async def run(
    context: Context, team: str, ref: ThreadRef, said: str, screen: Screen, *, source: str
) -> Reply | None:
    """The reply to a line, or None where it is shown later. Raises UserError.

    `source` names what was typed or pressed.
    """
    if not subcommands.is_slow(said):
        text = await context.text_in(ref)
        return await subcommands.reply(context, text, team, ref, said)
    line = Line(
        channel=ref.channel, thread=ref.ts, user=ref.user, team=team, said=said, screen=screen
    )
    async with context.services.database.write() as connection:
        await run_later.add(connection, line, of=source)
    return None


async def safe_reply(context: Context, team: str, ref: ThreadRef, said: str) -> Reply:
    """The reply to a line, or what stands against it."""
    text = await context.text_in(ref)
    try:
        return await subcommands.reply(context, text, team, ref, said)
    except (UserError, ProviderError) as error:
        return plain_reply(text(error.message))


async def _press(context: Context, body: ActionBody, screen: Screen) -> Reply | None:
    place = body.container
    shared = None if place.is_ephemeral else place.thread_ts or place.message_ts
    ref = ThreadRef(body.where.channel, shared, body.user.id)
    return await run(context, body.team.id, ref, body.value, screen, source=body.trigger_id)


async def _pause(context: Context, body: ActionBody) -> None:
    job = await context.job_at(body.where, body.value)
    await request_pause(context.services, job.id, await context.people.person(body.user.id))


async def _resume(context: Context, body: ActionBody) -> None:
    job = await context.job_at(body.where, body.value)
    await request_resume(context.services, job.id, await context.people.person(body.user.id))


@kinds.task("command", Line, place=Place.ASK)
async def run_later(context: Context, work: Work[Line]) -> None:
    """Run a line that asks a provider, and show the reply."""
    line = work.payload
    await show(context, line.screen, await safe_reply(context, line.team, line.ref, line.said))


@run_later.when_given_up
async def _say_failed(context: Context, work: Work[Line], reason: Message) -> None:
    words = (await context.text(work.payload.user))(reason)
    await show(context, work.payload.screen, plain_reply(words))


@kinds.task("refused", Refused, place=Place.TELL, pace=1)
async def tell_refusal(context: Context, work: Work[Refused]) -> None:
    """Tell who asked for it what a provider refused."""
    told = work.payload
    text = await context.text_in(told.ref)
    words = text(told.key, user=told.user, provider=told.provider, reason=told.reason)
    await context.outbox.post(work, work.task.key, told.ref, words, [section(words)])
