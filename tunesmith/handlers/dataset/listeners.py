"""Somebody attaches a training file, or presses a button under its report."""

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.errors import UserError
from tunesmith.bot.messages import say
from tunesmith.handlers.dataset.blocks import CONVERT, FIX, SPLIT
from tunesmith.handlers.dataset.changes import REMOVE, WRITE, Preview
from tunesmith.handlers.dataset.tasks.check import (
    Attached,
    attached_files,
    check_file,
    check_files,
    is_training_file,
)
from tunesmith.handlers.dataset.tasks.convert import ConvertRequest, convert_file
from tunesmith.handlers.dataset.tasks.deleted import note_removed
from tunesmith.handlers.dataset.tasks.deleted_unseen import note_missed
from tunesmith.handlers.dataset.tasks.fix import FixRequest, fix_file
from tunesmith.handlers.dataset.tasks.preview import PreviewRequest, preview_fix
from tunesmith.handlers.dataset.tasks.split import SplitRequest, split_file
from tunesmith.handlers.dataset.tasks.unread import Unread, tell_unread
from tunesmith.handlers.evaluation.attached import readable, to_evaluate
from tunesmith.handlers.schema.tasks import is_schema_file, read_schemas
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.inbox import Inbox, Received
from tunesmith.handlers.slack.interactions import Interactions
from tunesmith.handlers.slack.payloads import ActionBody, MessageEvent, ShortcutBody, carried
from tunesmith.handlers.slack.thread import ThreadRef

INSPECT = "inspect_message"
_FIX_BEFORE = "mend_file"  # the button's name in reports of earlier versions


def register(interactions: Interactions, inbox: Inbox) -> None:
    """Listen to attached files, the buttons and the message shortcut."""
    inbox.take(_is_attached, _check, check_file)
    inbox.take(_is_asked_about, _check_asked, tell_unread)
    inbox.take_removed(note_removed)
    inbox.take_missed(note_missed)
    interactions.action(CONVERT, _convert)
    for action in (FIX, _FIX_BEFORE):
        interactions.action(action, _preview)
    interactions.action(WRITE, _write)
    interactions.action(REMOVE, _tick)
    interactions.action(SPLIT, _split)
    interactions.shortcut(INSPECT, _check_message)


def _is_attached(event: MessageEvent) -> bool:
    return event.subtype == "file_share" and any(map(is_training_file, event.files))


async def _check(connection: AsyncConnection, received: Received) -> None:
    if to_evaluate(received) is None:
        await check_files(connection, attached_files(received))


def _is_asked_about(event: MessageEvent) -> bool:
    """Files with a mention of the bot, or written to it directly: whatever they are."""
    direct = event.channel_type == "im" and event.subtype == "file_share"
    return bool(event.files) and (event.type == "app_mention" or direct)


async def _check_asked(connection: AsyncConnection, received: Received) -> None:
    """Check tables too; where nothing is for us, say what would be."""
    attached = attached_files(received)
    if to_evaluate(received) is not None and readable(attached):
        return
    if any(is_training_file(file, tables=True) for file in attached.files):
        await check_files(connection, attached, tables=True)
    elif not any(map(is_schema_file, attached.files)):
        names = [file.name or file.id for file in attached.files]
        ref = attached.ref
        unread = Unread(channel=ref.channel, thread=ref.ts, user=ref.user, names=names)
        await tell_unread.add(connection, unread, of=attached.source)


async def _convert(context: Context, body: ActionBody) -> None:
    dataset = await context.dataset_at(body.where, body.value)
    request = ConvertRequest(dataset_id=dataset.id, user=body.user.id)
    async with context.services.database.write() as connection:
        await convert_file.add(connection, request, of=dataset.id)


async def _preview(context: Context, body: ActionBody) -> None:
    dataset = await context.dataset_at(body.where, body.value)
    request = PreviewRequest(dataset_id=dataset.id, user=body.user.id)
    async with context.services.database.write() as connection:
        await preview_fix.add(connection, request, of=dataset.id)


async def _write(context: Context, body: ActionBody) -> None:
    shown = carried(Preview, body.value)
    dataset = await context.dataset_at(body.where, shown.dataset_id)
    codes = [*shown.codes, *body.state.choices(REMOVE)]
    if not codes:
        raise UserError(say("dataset.fix_tick_first"))
    request = FixRequest(dataset_id=dataset.id, user=body.user.id, codes=codes)
    async with context.services.database.write() as connection:
        await fix_file.add(connection, request, of=dataset.id)


async def _tick(_context: Context, _body: ActionBody) -> None:
    """Nothing to do: the choice is read when the button is pressed."""


async def _split(context: Context, body: ActionBody) -> None:
    dataset = await context.dataset_at(body.where, body.value)
    request = SplitRequest(dataset_id=dataset.id, user=body.user.id)
    async with context.services.database.write() as connection:
        await split_file.add(connection, request, of=dataset.id)


async def _check_message(context: Context, body: ShortcutBody) -> None:
    """Check the files of a message, which may have been there before the bot."""
    message, channel, user = body.message, body.channel.id, body.user.id
    ours = [
        file
        for file in message.files
        if is_training_file(file, tables=True) or is_schema_file(file)
    ]
    if not ours:
        raise UserError(say("dataset.attach_hint"))
    ref = ThreadRef(channel, message.thread_ts or message.ts, user)
    attached = Attached(body.trigger_id, body.team.id, ref, message.files)
    async with context.services.database.write() as connection:
        await check_files(connection, attached, tables=True)
        await read_schemas(connection, attached)
