"""Somebody attaches a training file, or presses a button under its report."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.handlers.dataset.blocks import CONVERT, FIX, SPLIT
from tunesmith.handlers.dataset.changes import REMOVE, WRITE, Preview
from tunesmith.handlers.dataset.tasks.check import (
    Attached,
    attached_files,
    check_files,
    is_training_file,
)
from tunesmith.handlers.dataset.tasks.convert import ConvertRequest, convert_file
from tunesmith.handlers.dataset.tasks.fix import FixRequest, fix_file
from tunesmith.handlers.dataset.tasks.preview import PreviewRequest, preview_fix
from tunesmith.handlers.dataset.tasks.split import SplitRequest, split_file
from tunesmith.handlers.schema.tasks import is_schema_file, read_schemas
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.inbox import Inbox, Received
from tunesmith.handlers.slack.payloads import ActionBody, MessageEvent, ShortcutBody
from tunesmith.handlers.slack.thread import ThreadRef

INSPECT = "inspect_message"
_FIX_BEFORE = "mend_file"  # the button's name in reports of earlier versions


def register(context: Context, app: AsyncApp, inbox: Inbox) -> None:
    """Listen to attached files, the buttons and the message shortcut."""

    async def on_convert(ack: AsyncAck, body: dict[str, Any]) -> None:
        await _convert(context, ActionBody.model_validate(body))
        await ack()

    async def on_fix(ack: AsyncAck, body: dict[str, Any]) -> None:
        await _preview(context, ActionBody.model_validate(body))
        await ack()

    async def on_write(ack: AsyncAck, body: dict[str, Any]) -> None:
        await _write(context, ActionBody.model_validate(body))
        await ack()

    async def on_tick(ack: AsyncAck) -> None:
        await ack()  # the choice is read when the button is pressed

    async def on_split(ack: AsyncAck, body: dict[str, Any]) -> None:
        await _split(context, ActionBody.model_validate(body))
        await ack()

    async def on_shortcut(ack: AsyncAck, body: dict[str, Any]) -> None:
        await _check_message(context, ShortcutBody.model_validate(body))
        await ack()

    inbox.take(_is_attached, _check)
    app.action(CONVERT)(on_convert)
    for action in (FIX, _FIX_BEFORE):
        app.action(action)(on_fix)
    app.action(WRITE)(on_write)
    app.action(REMOVE)(on_tick)
    app.action(SPLIT)(on_split)
    app.shortcut({"type": "message_action", "callback_id": INSPECT})(on_shortcut)


def _is_attached(event: MessageEvent) -> bool:
    return event.subtype == "file_share" and any(map(is_training_file, event.files))


async def _check(connection: AsyncConnection, received: Received) -> None:
    await check_files(connection, attached_files(received))


async def _convert(context: Context, body: ActionBody) -> None:
    request = ConvertRequest(dataset_id=body.value, user=body.user.id)
    async with context.services.database.write() as connection:
        await convert_file.add(connection, request, of=body.value)


async def _preview(context: Context, body: ActionBody) -> None:
    request = PreviewRequest(dataset_id=body.value, user=body.user.id)
    async with context.services.database.write() as connection:
        await preview_fix.add(connection, request, of=body.value)


async def _write(context: Context, body: ActionBody) -> None:
    shown = Preview.model_validate_json(body.value)
    codes = [*shown.codes, *body.state.choices(REMOVE)]
    if not codes:
        text, place = await context.text(body.user.id), body.container
        words = text("dataset.fix_tick_first")
        await context.tell(place.channel_id, body.user.id, words, place.thread_ts)
        return
    request = FixRequest(dataset_id=shown.dataset_id, user=body.user.id, codes=codes)
    async with context.services.database.write() as connection:
        await fix_file.add(connection, request, of=shown.dataset_id)


async def _split(context: Context, body: ActionBody) -> None:
    request = SplitRequest(dataset_id=body.value, user=body.user.id)
    async with context.services.database.write() as connection:
        await split_file.add(connection, request, of=body.value)


async def _check_message(context: Context, body: ShortcutBody) -> None:
    """Check the files of a message, which may have been there before the bot."""
    message, channel, user = body.message, body.channel.id, body.user.id
    ours = [
        file
        for file in message.files
        if is_training_file(file, tables=True) or is_schema_file(file)
    ]
    if not ours:
        text = await context.text(user)
        await context.tell(channel, user, text("dataset.attach_hint"))
        return
    ref = ThreadRef(channel, message.thread_ts or message.ts, user)
    attached = Attached(body.trigger_id, body.team.id, ref, message.files)
    async with context.services.database.write() as connection:
        await check_files(connection, attached, tables=True)
        await read_schemas(connection, attached)
