"""Somebody asks to check files that were attached before the bot was there: a message shortcut."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from tunesmith.handlers import files
from tunesmith.handlers.context import Context
from tunesmith.handlers.places import Place
from tunesmith.handlers.wire import ShortcutBody

INSPECT = "inspect_message"


def register(context: Context, app: AsyncApp) -> None:
    """Listen to the shortcut."""

    async def on_shortcut(ack: AsyncAck, body: dict[str, Any]) -> None:
        await _inspect(context, ShortcutBody.model_validate(body))
        await ack()

    app.shortcut({"type": "message_action", "callback_id": INSPECT})(on_shortcut)


async def _inspect(context: Context, body: ShortcutBody) -> None:
    message, channel, user = body.message, body.channel.id, body.user.id
    if not any(files.is_ours(file, tables=True) for file in message.files):
        text = await context.text(user)
        await context.outbox.call(
            "chat.postEphemeral", channel=channel, user=user, text=text("dataset.attach_hint")
        )
        return
    async with context.services.database.write() as connection:
        await files.enqueue(
            connection,
            source=body.trigger_id,
            team=body.team.id,
            place=Place(channel, message.thread_ts or message.ts, user),
            files=message.files,
            tables=True,
        )
