"""What the queue does with DDL files.

Task kinds: `schema` (one per attached file), `schema.card` and `schema.picture` (its answer),
`schema.dataset` (one per sent form: writes a training set) and `schema.files` (attaches what was
written). The set's files are then reported as any attached file is.
"""

import hashlib
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePath
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.ddl import summarise
from tunesmith.bot.ddl.picture import er_picture
from tunesmith.bot.ddl.picture.title import picture_title
from tunesmith.bot.ddl.store import store_schema
from tunesmith.bot.errors import DatasetError, SchemaError
from tunesmith.bot.extras import Extra, is_installed
from tunesmith.bot.generated_files import Source, keep_pair
from tunesmith.bot.messages import Message, StoredMessage, say
from tunesmith.bot.queue import Place, Work
from tunesmith.bot.text2sql import (
    Coverage,
    Reworded,
    TrainingSet,
    add_paraphrases,
    ask_model,
    build_training_set,
    write_training_set,
)
from tunesmith.handlers.dataset.tasks.check import (
    Attached,
    AttachedFile,
    check_lane,
    tell_delayed,
)
from tunesmith.handlers.dataset.tasks.deleted import delete_schema, was_deleted
from tunesmith.handlers.dataset.tasks.written import attach_kept, report_on_kept
from tunesmith.handlers.schema import blocks
from tunesmith.handlers.slack.blocks import section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.downloads import describe, download
from tunesmith.handlers.slack.kinds import InThread, kinds
from tunesmith.handlers.slack.payloads import SlackFile
from tunesmith.handlers.slack.progress import progress_told
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.handlers.slack.uploads import upload
from tunesmith.storage import datasets, schemas
from tunesmith.storage.schemas import AttachedSchema

SCHEMA_FILES = frozenset({".sql", ".ddl"})

_ATTEMPTS = 6
_BUILD_SECONDS = 900.0  # a hundred tables take about ten


class SchemaRead(InThread):
    """What came of a DDL file: its SHA-256, or why it can't be read."""

    name: str
    sha256: str = ""
    reason: StoredMessage | None = None


class TrainingSetRequest(InThread):
    """A sent form: which DDL file, and what its training set is to be like.

    `reword` is provider and model that reword questions, as `provider/model`.
    """

    team: str
    name: str
    sha256: str
    languages: list[str]
    max_pairs: int | None = None
    reword: str | None = None


class WrittenSet(TrainingSetRequest):
    """A training set that was written: its datasets and what it covers."""

    datasets: list[str]
    card: Coverage
    reworded: Reworded | None = None


def is_schema_file(file: SlackFile) -> bool:
    """Whether a file may hold DDL, by its name; one of Slack Connect comes without."""
    return file.name is None or PurePath(file.name).suffix.lower() in SCHEMA_FILES


async def read_schemas(connection: AsyncConnection, attached: Attached) -> None:
    """Write a task for each DDL file."""
    for file in attached.files:
        if is_schema_file(file):
            payload = attached.payload(file)
            lane = check_lane(attached.ref)
            await read_schema.add(connection, payload, of=payload.source, lane=lane)


@kinds.task("schema", AttachedFile, place=Place.CHECK, attempts=_ATTEMPTS)
async def read_schema(context: Context, work: Work[AttachedFile]) -> None:
    """Fetch a DDL file and read it."""
    asked = await _named(context, work.payload)
    if asked is None:
        return
    try:
        _, path = await download(context, asked.file, asked.told)
        await context.services.processes.run(partial(store_schema, path))
    except (DatasetError, SchemaError) as error:
        async with work.finish() as connection:
            await _tell_failed(connection, asked, work.task.key, error.message)
        return
    read = SchemaRead(**_where(asked), name=asked.name, sha256=path.name)
    attached = AttachedSchema(
        id=hashlib.sha256(work.task.key.encode()).hexdigest()[:12],
        team=asked.team,
        channel=asked.channel,
        thread=asked.thread or "",
        file_id=asked.file,
        name=asked.name,
        sha256=path.name,
        created_by=asked.user,
    )
    async with work.finish() as connection:
        await schemas.add(connection, attached)
        if await was_deleted(connection, asked.team, asked.file, asked.source):
            await delete_schema(connection, attached, None)
        await tell_schema.add(connection, read, of=work.task.key, lane=read.ref.lane)


async def require_kept(context: Context, ref: ThreadRef, sha256: str) -> None:
    """Raises SchemaError where the DDL file of a thread was deleted."""
    async with context.services.database.read() as connection:
        found = await schemas.with_bytes(connection, sha256)
    here = [each for each in found if (each.channel, each.thread) == (ref.channel, ref.ts)]
    if here and all(each.deleted_at for each in here):
        raise SchemaError(say("schema.deleted"))


async def _named(context: Context, asked: AttachedFile) -> AttachedFile | None:
    """What to read, by its name; None where it turns out to be no DDL file.

    Where Slack does not say what it is, the check of training files tells of it.
    """
    if asked.name != asked.file:
        return asked
    try:
        file = await describe(context, asked.file)
    except DatasetError:
        return None
    if file.name is None or not is_schema_file(file):
        return None
    return asked.model_copy(update={"name": file.name})


@read_schema.when_given_up
async def _say_unread(_context: Context, work: Work[AttachedFile], reason: Message) -> None:
    async with work.step() as connection:
        await _tell_failed(connection, work.payload, work.task.key, reason)


@read_schema.when_delayed
async def _say_delayed(context: Context, work: Work[AttachedFile], reason: Message) -> None:
    await tell_delayed(context, work, tell_schema.key(work.task.key), reason)


async def _tell_failed(
    connection: AsyncConnection,
    asked: AttachedFile | TrainingSetRequest,
    task_key: str,
    reason: Message,
) -> None:
    read = SchemaRead(**_where(asked), name=asked.name, reason=reason)
    await tell_schema.add(connection, read, of=task_key, lane=asked.ref.lane)


def _where(asked: InThread) -> dict[str, Any]:
    return asked.model_dump(include={"channel", "thread", "user"})


@kinds.task("schema.card", SchemaRead, place=Place.TELL, pace=1)
async def tell_schema(context: Context, work: Work[SchemaRead]) -> None:
    """Post the card of a DDL file, or why there is none."""
    said = work.payload
    text = await context.text_in(said.ref)
    if said.reason is not None:
        words = text("dataset.file_unreadable", name=said.name, reason=said.reason)
        await context.outbox.put(work, work.task.key, said.ref, words, [section(words)])
        return
    try:
        schema = await context.schema(said.sha256)
    except SchemaError as error:
        words = text("dataset.file_unreadable", name=said.name, reason=error.message)
        await context.outbox.put(work, work.task.key, said.ref, words, [section(words)])
        return
    summary = await context.services.processes.run(partial(summarise, schema))
    button = blocks.Button(name=said.name, sha256=said.sha256, thread=said.thread or "")
    await context.outbox.put(
        work,
        work.task.key,
        said.ref,
        blocks.schema_text(text, said.name, summary),
        blocks.schema_blocks(
            text, said.name, summary, button, second_opinion=is_installed(Extra.SQL)
        ),
    )
    async with work.finish() as connection:
        await attach_picture.add(connection, said, of=work.task.key, lane=said.ref.attachments)


@kinds.task("schema.picture", SchemaRead, place=Place.ATTACH)
async def attach_picture(context: Context, work: Work[SchemaRead]) -> None:
    """Attach a picture of the tables."""
    said = work.payload
    text = (await context.text_in(said.ref)).plain
    try:
        schema = await context.schema(said.sha256)
    except SchemaError:
        return  # the card says so
    draw = partial(er_picture, schema, partial(picture_title, text.tag))
    png = (await context.services.processes.run(draw)).png
    title = text("schema.picture", name=said.name)
    name = f"tables-{said.sha256[:12]}.png"
    await upload(context, work, said.ref, name=name, content=png, title=title, alt=title)


@kinds.task("schema.dataset", TrainingSetRequest, place=Place.CHECK, attempts=_ATTEMPTS)
async def write_set(context: Context, work: Work[TrainingSetRequest]) -> None:
    """Write the training set that a form asked for."""
    asked = work.payload
    how = {"languages": asked.languages, "max_pairs": asked.max_pairs}
    with tempfile.TemporaryDirectory(dir=context.services.settings.files) as name:
        folder = Path(name)
        try:
            await require_kept(context, asked.ref, asked.sha256)
            schema = await context.schema(asked.sha256)
            if asked.reword:
                build = partial(build_training_set, schema, **how)
                card, reworded = await _write_reworded(context, work, build, folder)
            else:
                write = partial(write_training_set, schema, folder, **how)
                card = await context.services.processes.run(write, seconds=_BUILD_SECONDS)
                reworded = None
        except SchemaError as error:
            async with work.finish() as connection:
                await _tell_failed(connection, asked, work.task.key, error.message)
            return
        source = Source(
            key=work.task.key,
            team=asked.team,
            channel=asked.channel,
            thread=asked.thread or "",
            user=asked.user,
            name=asked.name,
            schema=asked.sha256,
        )
        parts = await keep_pair(context.services, folder, source)
    written = WrittenSet(
        **asked.model_dump(),
        datasets=[part.id for part in parts],
        card=card,
        reworded=reworded,
    )
    async with work.finish() as connection:
        for dataset in parts:
            await datasets.add(connection, dataset)
        await tell_set.add(connection, written, of=work.task.key, lane=asked.ref.attachments)


@write_set.when_given_up
async def _say_unwritten(
    _context: Context, work: Work[TrainingSetRequest], reason: Message
) -> None:
    async with work.step() as connection:
        await _tell_failed(connection, work.payload, work.task.key, reason)


async def _write_reworded(
    context: Context,
    work: Work[TrainingSetRequest],
    build: Callable[[], TrainingSet],
    folder: Path,
) -> tuple[Coverage, Reworded]:
    """Write the set with more ways to ask, from a chat model; without, where it gives none."""
    asked = work.payload
    text = await context.text_in(asked.ref)
    provider, _, model = (asked.reword or "").partition("/")
    processes = context.services.processes
    built = await processes.run(build, seconds=_BUILD_SECONDS)
    # The key of the task that tells the coverage: its card takes the place of the progress.
    key = _coverage_key(tell_set.key(work.task.key))

    def words(share: float) -> str:
        return text("schema.rewording", model=model, share=share)

    async with progress_told(context, work, key, asked.ref, words) as progress:
        reworded = await add_paraphrases(
            built,
            ask_model(context.services.provider(provider), model),
            progress=lambda done, of: progress(done / of),
        )
    await processes.run(partial(built.write, folder))
    return await processes.run(built.coverage), reworded


def _coverage_key(task_key: str) -> str:
    return f"coverage:{task_key}"


@kinds.task("schema.files", WrittenSet, place=Place.ATTACH)
async def tell_set(context: Context, work: Work[WrittenSet]) -> None:
    """Post what a training set covers, and attach its files."""
    said = work.payload
    text = await context.text_in(said.ref)
    shown = blocks.coverage_blocks(text, said.card)
    if said.reworded:
        model = (said.reword or "").partition("/")[2]
        shown.append(blocks.reworded_block(text, model, said.reworded))
    key = _coverage_key(work.task.key)
    await context.outbox.put(work, key, said.ref, blocks.coverage_text(text, said.card), shown)
    await attach_kept(context, work, said.ref, said.datasets)
    await report_on_kept(work, said.ref, said.datasets[0])
