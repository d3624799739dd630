"""Somebody corrects an answer, withdraws a correction, or lets the channel train on them."""

import re

from tunesmith.bot.errors import UserError
from tunesmith.bot.jobs.permissions import Action, require
from tunesmith.bot.messages import say
from tunesmith.handlers.correction.blocks import CORRECT, KEEP, WITHDRAW
from tunesmith.handlers.correction.card import TRAIN, Press
from tunesmith.handlers.correction.correcting import open_form, submit
from tunesmith.handlers.correction.form import SUBMIT
from tunesmith.handlers.correction.taking import take, withdraw
from tunesmith.handlers.correction.training import Training, train
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.interactions import Interactions
from tunesmith.handlers.slack.payloads import ActionBody, carried
from tunesmith.handlers.slack.replies import Reply, Screen, plain_reply
from tunesmith.handlers.slack.thread import Where
from tunesmith.storage import corrections
from tunesmith.storage.corrections import Correction


def register(interactions: Interactions) -> None:
    """Listen to the buttons and the form."""
    interactions.action(CORRECT, open_form)
    interactions.form(SUBMIT, submit)
    interactions.action(KEEP, _keep)
    interactions.in_place(re.compile(f"^{WITHDRAW}$"), _withdraw)
    for way in ("rows", "pairs"):
        interactions.action(f"{TRAIN}_{way}", _train)


async def _keep(context: Context, body: ActionBody) -> None:
    """Let a correction count though something stands against it."""
    async with context.services.database.write() as connection:
        correction = await corrections.get(connection, body.value)
        if correction is None or not await _is_here(context, body, correction):
            raise UserError(say("correction.not_known"))
        if correction.author != body.user.id:
            raise UserError(say("correction.not_yours"))
        if not correction.can_be_kept or not await take(connection, correction):
            raise UserError(say("correction.not_known"))


async def _withdraw(context: Context, body: ActionBody, _screen: Screen) -> Reply:
    text = await context.text(body.user.id)
    person = await context.people.person(body.user.id)
    async with context.services.database.write() as connection:
        correction = await corrections.get(connection, body.value)
        if correction is None or not await _is_here(context, body, correction):
            raise UserError(say("correction.not_known"))
        require(context.services.settings, person, Action.DELETE, correction.author)
        files = await corrections.files_with(connection, correction.id)
        await withdraw(connection, correction, person.id)
    words = text("correction.withdrawn_yours")
    if files:
        words += " " + text("correction.still_in", files=files)
    return plain_reply(words)


async def _train(context: Context, body: ActionBody) -> None:
    press = carried(Press, body.value)
    person = await context.people.person(body.user.id)
    require(context.services.settings, person, Action.START)
    original = await context.dataset_at(body.where, press.dataset_id)
    card = body.container.message_ts or ""
    asked = Training(
        channel=original.channel,
        thread=card,
        user=person.id,
        team=original.team,
        press=press,
        groups=sorted(person.groups),
    )
    async with context.services.database.write() as connection:
        of = f"{original.channel}:{card}:{press.way}:{press.usd}"
        if not await train.add(connection, asked, of=of):
            raise UserError(say("correction.pressed_before"))


async def _is_here(context: Context, body: ActionBody, correction: Correction) -> bool:
    where = Where(correction.team, correction.channel)
    return where == body.where or (
        correction.team == body.team.id
        and correction.channel in await context.sight.channels(body.user.id)
    )
