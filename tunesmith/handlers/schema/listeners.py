"""Somebody attaches a DDL file, or asks for a training set."""

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot import clock
from tunesmith.bot.providers import lifetime
from tunesmith.bot.providers.lifetime import Stage
from tunesmith.handlers.dataset.tasks.check import attached_files
from tunesmith.handlers.schema import blocks
from tunesmith.handlers.schema.tasks import (
    TrainingSetRequest,
    is_schema_file,
    read_schema,
    read_schemas,
    write_set,
)
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.inbox import Inbox, Received
from tunesmith.handlers.slack.interactions import Interactions
from tunesmith.handlers.slack.payloads import ActionBody, MessageEvent, SubmissionBody


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
    pressed = blocks.Button.model_validate_json(body.value)
    about = pressed.model_copy(update={"channel": body.container.channel_id})
    view = blocks.form(text.plain, about, _chat_models(context))
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


async def _ask_for_set(context: Context, body: SubmissionBody) -> dict[str, str]:
    about = blocks.Button.model_validate_json(body.view.private_metadata)
    pairs = body.input(blocks.PAIRS)
    request = TrainingSetRequest(
        channel=about.channel or "",
        thread=about.thread,
        user=body.user.id,
        team=body.team.id,
        name=about.name,
        sha256=about.sha256,
        languages=body.view.state.choices(blocks.LANGUAGE),
        max_pairs=int(pairs) if pairs else None,
        reword=body.input(blocks.REWORD),
    )
    async with context.services.database.write() as connection:
        await write_set.add(connection, request, of=body.view.id)
    return {}
