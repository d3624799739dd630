"""Somebody steers jobs: `/tune`, and the Cancel button."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from tunesmith.bot.errors import JobError
from tunesmith.bot.jobs import request_cancel
from tunesmith.handlers import commands, start
from tunesmith.handlers.blocks.job import CANCEL
from tunesmith.handlers.context import Context
from tunesmith.handlers.places import Place
from tunesmith.handlers.wire import ActionBody, CommandBody

COMMAND = "/tune"


def register(context: Context, app: AsyncApp) -> None:
    """Listen to the command and the button."""

    async def on_command(ack: AsyncAck, body: dict[str, Any]) -> None:
        await _command(context, ack, CommandBody.model_validate(body))

    async def on_cancel(ack: AsyncAck, body: dict[str, Any]) -> None:
        await _cancel(context, ack, ActionBody.model_validate(body))

    app.command(COMMAND)(on_command)
    app.action(CANCEL)(on_cancel)


async def _command(context: Context, ack: AsyncAck, body: CommandBody) -> None:
    if body.text.strip().lower() == "start":
        dataset = await commands.newest_dataset(context, body.team_id, body.channel_id)
        if dataset is not None and await start.open_form(
            context, body.trigger_id, body.user_id, dataset.id
        ):
            await ack()
            return
    place = Place(body.channel_id, None, body.user_id)
    words, blocks = await commands.reply(context, body.team_id, place, body.text)
    await ack(text=words, blocks=blocks)


async def _cancel(context: Context, ack: AsyncAck, body: ActionBody) -> None:
    try:
        await request_cancel(context.services, body.value, body.user.id)
    except JobError as error:
        await start.tell(context, body, await context.reason(body.user.id, str(error)))
    await ack()
