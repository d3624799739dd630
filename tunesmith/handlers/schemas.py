"""Somebody attaches a DDL file: say what is in it, and write a training set when asked.

Task kinds: `schema` (one per attached file), `schema.card` and `schema.picture` (its answer),
`schema.dataset` (one per sent form: writes the set) and `schema.files` (attaches what was
written). The set's files are then reported as any attached file is.
"""

import json
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.ddl import summarise
from tunesmith.bot.ddl.picture import er_picture
from tunesmith.bot.ddl.picture.title import picture_title
from tunesmith.bot.ddl.store import store_schema
from tunesmith.bot.errors import DatasetError, SchemaError
from tunesmith.bot.extras import Extra, is_installed
from tunesmith.bot.messages import to_stored
from tunesmith.bot.queue import Handler, Work
from tunesmith.bot.text2sql import (
    Coverage,
    Reworded,
    TrainingSet,
    add_paraphrases,
    ask_model,
    build_training_set,
    write_training_set,
)
from tunesmith.handlers import made
from tunesmith.handlers.blocks import schema as blocks
from tunesmith.handlers.blocks.parts import section
from tunesmith.handlers.context import Context
from tunesmith.handlers.download import download
from tunesmith.handlers.places import Place
from tunesmith.handlers.text import escape
from tunesmith.handlers.underway import progress_told
from tunesmith.handlers.upload import upload
from tunesmith.handlers.wire import ActionBody, SubmissionBody
from tunesmith.storage import datasets, tasks

_ATTEMPTS = 6
_BUILD_SECONDS = 900.0  # a hundred tables take about ten


def register(context: Context, app: AsyncApp) -> None:
    """Listen to the button and its form, and let the queue run this module's tasks."""

    async def on_button(ack: AsyncAck, body: dict[str, Any]) -> None:
        await _button(context, ack, ActionBody.model_validate(body))

    async def on_form(ack: AsyncAck, body: dict[str, Any]) -> None:
        await _form(context, ack, SubmissionBody.model_validate(body))

    async def give_up(work: Work, reason: str) -> None:
        async with work.step() as connection:
            await _answer(connection, work, "schema.card", {"reason": reason})

    app.action(blocks.WRITE)(on_button)
    app.view(blocks.SUBMIT)(on_form)
    for kind, run in (("schema", _read), ("schema.dataset", _write)):
        context.services.queue.handle(
            kind, _bound(context, run), attempts=_ATTEMPTS, give_up=give_up
        )
    told = {"schema.card": _card, "schema.picture": _picture, "schema.files": _files}
    for kind, run in told.items():
        context.services.queue.handle(kind, _bound(context, run), attempts=100, pace=1)


def _bound(context: Context, run: Callable[[Context, Work], Awaitable[None]]) -> Handler:
    async def bound(work: Work) -> None:
        await run(context, work)

    return bound


async def _read(context: Context, work: Work) -> None:
    asked = work.task.payload
    text = await context.text(asked["user"])
    try:
        _, path = await download(context, text, asked["file"])
        await context.services.processes.run(partial(store_schema, path))
    except (DatasetError, SchemaError) as error:
        async with work.finish() as connection:
            await _answer(connection, work, "schema.card", {"reason": to_stored(error.message)})
        return
    async with work.finish() as connection:
        for kind in ("schema.card", "schema.picture"):
            await _answer(connection, work, kind, {"sha256": path.name})


async def _answer(connection: AsyncConnection, work: Work, kind: str, what: dict[str, Any]) -> None:
    asked = work.task.payload
    place = Place(asked["channel"], asked["thread"], asked["user"])
    await tasks.add(
        connection,
        key=f"{kind}:{work.task.key}",
        kind=kind,
        payload={**asked, **what},
        lane=place.lane,
    )


async def _card(context: Context, work: Work) -> None:
    said = work.task.payload
    place = Place(said["channel"], said["thread"], said["user"])
    text = await context.text(place.user)
    if "reason" in said:
        reason = escape(await context.reason(place.user, said["reason"]))
        words = text("dataset.file_unreadable", name=escape(said["name"]), reason=reason)
        await context.outbox.post(work, work.task.key, place, words, [section(words)])
        return
    schema = await context.schema(said["sha256"])
    summary = await context.services.processes.run(partial(summarise, schema))
    value = blocks.button_value(said["name"], said["sha256"], said["thread"])
    await context.outbox.post(
        work,
        work.task.key,
        place,
        blocks.schema_text(text, said["name"], summary),
        blocks.schema_blocks(
            text, said["name"], summary, value, second_opinion=is_installed(Extra.SQL)
        ),
    )


async def _picture(context: Context, work: Work) -> None:
    said = work.task.payload
    text = await context.text(said["user"])
    language = await context.language(said["user"])
    schema = await context.schema(said["sha256"])
    draw = partial(er_picture, schema, partial(picture_title, language))
    png = (await context.services.processes.run(draw)).png
    place = Place(said["channel"], said["thread"], said["user"])
    title = text("schema.picture", name=escape(said["name"]))
    name = f"tables-{said['sha256'][:12]}.png"
    await upload(context, work, place, name=name, content=png, title=title, alt=title)


async def _button(context: Context, ack: AsyncAck, body: ActionBody) -> None:
    text = await context.text(body.user.id)
    await context.outbox.call(
        "views.open",
        trigger_id=body.trigger_id,
        view=blocks.form(
            text, _with_channel(body), await context.language(body.user.id), _chat_models(context)
        ),
    )
    await ack()


def _chat_models(context: Context) -> list[blocks.ChatModel]:
    """The connected providers' models that answer chats without being deployed first."""
    today = datetime.now(UTC).date()
    return [
        blocks.ChatModel(name, provider.title, entry)
        for name, provider in context.services.catalogue.providers.items()
        if name in context.services.providers and not provider.deploy_required
        for entry in provider.models
        if entry.inference_context and not (entry.shutdown_date and entry.shutdown_date <= today)
    ]


def _with_channel(body: ActionBody) -> str:
    return json.dumps({**json.loads(body.value), "channel": body.container.channel_id})


async def _form(context: Context, ack: AsyncAck, body: SubmissionBody) -> None:
    asked = json.loads(body.view.private_metadata)
    pairs = body.input(blocks.PAIRS)
    async with context.services.database.write() as connection:
        await tasks.add(
            connection,
            key=f"schema.dataset:{body.view.id}",
            kind="schema.dataset",
            payload={
                **asked,
                "team": body.team.id,
                "user": body.user.id,
                "languages": body.choices(blocks.LANGUAGE),
                "max_pairs": int(pairs) if pairs else None,
                "reword": body.input(blocks.REWORD),
            },
        )
    await ack()


async def _write(context: Context, work: Work) -> None:
    asked = work.task.payload
    schema = await context.schema(asked["sha256"])
    how = {"languages": asked["languages"], "max_pairs": asked["max_pairs"]}
    with tempfile.TemporaryDirectory(dir=context.services.settings.files) as name:
        folder = Path(name)
        try:
            if asked["reword"]:
                build = partial(build_training_set, schema, **how)
                card, reworded = await _write_reworded(context, work, build, folder)
            else:
                write = partial(write_training_set, schema, folder, **how)
                card = await context.services.processes.run(write, seconds=_BUILD_SECONDS)
                reworded = None
        except SchemaError as error:
            async with work.finish() as connection:
                await _answer(connection, work, "schema.card", {"reason": to_stored(error.message)})
            return
        parts = await made.keep_pair(context, work, folder, asked, asked["sha256"])
    async with work.finish() as connection:
        for dataset in parts:
            await datasets.add(connection, dataset)
        what = {
            "datasets": [dataset.id for dataset in parts],
            "card": card.model_dump(mode="json"),
            "reworded": reworded.model_dump(mode="json") if reworded else None,
        }
        await _answer(connection, work, "schema.files", what)


async def _write_reworded(
    context: Context, work: Work, build: Callable[[], TrainingSet], folder: Path
) -> tuple[Coverage, Reworded]:
    """Write the set with more ways to ask, from a chat model; without, where it gives none."""
    asked = work.task.payload
    text = await context.text(asked["user"])
    provider, _, model = asked["reword"].partition("/")
    processes = context.services.processes
    built = await processes.run(build, seconds=_BUILD_SECONDS)
    place = Place(asked["channel"], asked["thread"], asked["user"])
    # The key of the task that tells the coverage: its card takes the place of the progress.
    key = _coverage_key(f"schema.files:{work.task.key}")

    def words(share: int) -> str:
        return text("schema.rewording", model=escape(model), share=share)

    async with progress_told(context, work, key, place, words) as progress:
        reworded = await add_paraphrases(
            built,
            ask_model(context.services.provider(provider), model),
            progress=lambda done, of: progress(done / of),
        )
    await processes.run(partial(built.write, folder))
    return await processes.run(built.coverage), reworded


def _coverage_key(task_key: str) -> str:
    return f"coverage:{task_key}"


async def _files(context: Context, work: Work) -> None:
    said = work.task.payload
    place = Place(said["channel"], said["thread"], said["user"])
    text = await context.text(place.user)
    card = Coverage.model_validate(said["card"])
    shown = blocks.coverage_blocks(text, card)
    if said["reworded"]:
        reworded = Reworded.model_validate(said["reworded"])
        shown.append(blocks.reworded_block(text, said["reword"].partition("/")[2], reworded))
    key = _coverage_key(work.task.key)
    await context.outbox.put(work, key, place, blocks.coverage_text(text, card), shown)
    await made.attach(context, work, place, said["datasets"])
