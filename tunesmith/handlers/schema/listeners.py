"""Somebody attaches a DDL file, or asks for a training set."""

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot import clock
from tunesmith.bot.errors import UserError
from tunesmith.bot.messages import say
from tunesmith.bot.providers import lifetime
from tunesmith.bot.providers.lifetime import Stage
from tunesmith.bot.text2sql import LANGUAGES
from tunesmith.handlers.dataset.tasks.check import attached_files
from tunesmith.handlers.schema import blocks
from tunesmith.handlers.schema.tasks import (
    TrainingSetRequest,
    is_schema_file,
    read_schema,
    read_schemas,
    require_kept,
    write_set,
)
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.inbox import Inbox, Received
from tunesmith.handlers.slack.interactions import Interactions
from tunesmith.handlers.slack.payloads import ActionBody, MessageEvent, SubmissionBody, carried
from tunesmith.handlers.slack.thread import ThreadRef


def register(interactions: Interactions, inbox: Inbox) -> None:
    """Listen to attached files, the button and its form."""
    inbox.take(_is_attached, _read, read_schema)
    interactions.action(blocks.WRITE, _open_form)
    interactions.form(blocks.SUBMIT, _ask_for_set)


def _is_attached(event: MessageEvent) -> bool:
    return event.subtype == "file_share" and any(map(is_schema_file, event.files))


async def _read(connection: AsyncConnection, received: Received) -> None:
    await read_schemas(connection, attached_files(received))


async def _open_form(context: Context, body: ActionBody) -> None:
    text = await context.text(body.user.id)
    pressed = carried(blocks.Button, body.value)
    about = pressed.model_copy(update={"channel": body.where.channel})
    ref = ThreadRef(body.where.channel, about.thread, body.user.id)
    await require_kept(context, ref, about.sha256)
    view = blocks.training_set_form(text.plain, about, _chat_models(context))
    await context.outbox.call("views.open", trigger_id=body.trigger_id, view=view)


def _chat_models(context: Context) -> list[blocks.ChatModel]:
    """The connected providers' models that answer chats without being deployed first."""
    today = clock.today()
    return [
        blocks.ChatModel(name, provider.title, entry)
        for name, provider in context.services.catalogue.providers.items()
        if name in context.services.providers and not provider.deploy_required
        for entry in provider.models
        if entry.inference_context and lifetime.stage(provider, entry, today) is not Stage.OFF
    ]


def _check(context: Context, request: TrainingSetRequest) -> None:
    """Raises UserError where something was chosen that the form does not offer."""
    models = {f"{one.provider}/{one.entry.name}" for one in _chat_models(context)}
    if not set(request.languages) <= set(LANGUAGES) or request.reword not in {None, *models}:
        raise UserError(say("common.control_unreadable"))


async def _ask_for_set(context: Context, body: SubmissionBody) -> dict[str, str]:
    about = carried(blocks.Button, body.view.private_metadata)
    where = body.where(about.channel or "")
    request = TrainingSetRequest(
        channel=where.channel,
        thread=about.thread,
        user=body.user.id,
        team=where.team,
        name=about.name,
        sha256=about.sha256,
        languages=body.view.state.choices(blocks.LANGUAGE),
        max_pairs=body.number(blocks.PAIRS),
        reword=body.input(blocks.REWORD),
    )
    _check(context, request)
    async with context.services.database.write() as connection:
        await write_set.add(connection, request, of=body.view.id)
    return {}
