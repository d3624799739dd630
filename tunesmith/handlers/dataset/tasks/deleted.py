"""Delete a file here: because it was deleted in Slack, or because somebody asks for it.

Task kinds: `dataset.gone` (one for each file that was deleted in Slack: finds what was made of it),
`dataset.delete` (one for each dataset, and one for each job of it that ends after that: removes
what is kept of the file where no job needs it any more; where one does, its thread is told) and
`schema.delete` (the same for a DDL file, which is needed by the training sets made from it).
Figures stay: jobs and models were made from them.
"""

import asyncio

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.ddl.store import stored_schema
from tunesmith.bot.queue import Payload, Place, Work
from tunesmith.handlers.dataset.tasks.report import left_behind
from tunesmith.handlers.slack.blocks import section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.inbox import Removed
from tunesmith.handlers.slack.kinds import OfDataset, kinds
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage import audit, datasets, evaluations, jobs, schemas, tasks
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.jobs import Job
from tunesmith.storage.schemas import AttachedSchema

ACTION = "delete_file"
"""What the audit log calls it."""


_MOST_NAMES = 10


class OfSchema(Payload):
    """A task about one DDL file."""

    schema_id: str


class Gone(Payload):
    """A file that was deleted in Slack; with `channel` and `thread`, only there."""

    team: str
    file: str
    channel: str | None = None
    thread: str | None = None


def subscribe(context: Context) -> None:
    """Let deleted files go when the job that needed them has ended."""
    context.services.job_events.ended.subscribe(_on_ended)


async def note_removed(connection: AsyncConnection, removed: Removed) -> None:
    """Write a task for a file that was deleted in Slack."""
    gone = Gone(
        team=removed.team,
        file=removed.file_id,
        channel=removed.channel,
        thread=removed.thread,
    )
    await file_gone.add(connection, gone, of=removed.source)


async def delete(connection: AsyncConnection, dataset: Dataset, person: str | None) -> bool:
    """Let nothing new be done with a dataset, and what is kept of it go. False where it was so.

    `person` is None where it was deleted in Slack.
    """
    # Locked as a start locks it: what is started from it is seen, or is refused.
    await datasets.get(connection, dataset.id, lock=True)
    if not await datasets.delete(connection, dataset.id):
        return False
    await audit.add(
        connection,
        team=dataset.team,
        channel=dataset.channel,
        person=person,
        action=ACTION,
        subject=dataset.id,
        name=dataset.name,
    )
    await remove_kept.add(connection, OfDataset(dataset_id=dataset.id), of=dataset.id)
    return True


async def delete_schema(
    connection: AsyncConnection, schema: AttachedSchema, person: str | None
) -> None:
    """Let nothing new be made of a DDL file, and its text go. `person` is as in `delete`."""
    if not await schemas.delete(connection, schema.id):
        return
    await audit.add(
        connection,
        team=schema.team,
        channel=schema.channel,
        person=person,
        action=ACTION,
        subject=schema.id,
        name=schema.name,
    )
    await remove_schema.add(connection, OfSchema(schema_id=schema.id), of=schema.id)


async def was_deleted(
    connection: AsyncConnection, team: str, file_id: str, source: str | None = None
) -> bool:
    """Whether a file was deleted in Slack meanwhile: anywhere, or with its message (`source`)."""
    sources = [f"{team}:{file_id}", *([source] if source else [])]
    return await tasks.any_written(connection, [file_gone.key(each) for each in sources])


@kinds.task("dataset.gone", Gone, place=Place.TELL)
async def file_gone(_context: Context, work: Work[Gone]) -> None:
    """Delete what was made of a file that was deleted in Slack."""
    gone = work.payload
    there = {"channel": gone.channel, "thread": gone.thread}
    match = {name: value for name, value in there.items() if value is not None}
    async with work.finish() as connection:
        for dataset in await datasets.of_file(connection, gone.team, gone.file, **match):
            await delete(connection, dataset, None)
        for schema in await schemas.of_file(connection, gone.team, gone.file, **match):
            await delete_schema(connection, schema, None)


@kinds.task("dataset.delete", OfDataset, place=Place.TELL)
async def remove_kept(context: Context, work: Work[OfDataset]) -> None:
    """Remove what is kept of a dataset; where a job needs it, say so: its end comes back here."""
    dataset = await context.dataset(work.payload.dataset_id)
    async with context.services.database.read() as connection:
        needing = await jobs.active_on(connection, [dataset.id])
    if needing:
        ref = ThreadRef(dataset.channel, dataset.thread, dataset.created_by)
        text = await context.text_in(ref)
        words = text("dataset.deleted_later", name=dataset.name, ids=ids_of(needing))
        await context.outbox.post(work, f"dataset.kept:{dataset.id}", ref, words, [section(words)])
        return
    for path in left_behind(context, dataset.id):
        await asyncio.to_thread(path.unlink, missing_ok=True)
    async with work.finish() as connection:
        await datasets.forget_contents(connection, dataset)
        await evaluations.forget_rows(connection, dataset.id)
        await _remove_unused(context, connection, dataset.sha256)
        if dataset.schema_sha256 and await schemas.with_bytes(connection, dataset.schema_sha256):
            await _remove_unused(context, connection, dataset.schema_sha256)


@kinds.task("schema.delete", OfSchema, place=Place.TELL)
async def remove_schema(context: Context, work: Work[OfSchema]) -> None:
    """Remove what is kept of a DDL file; where training sets were made from it, say so: the end of
    the last of them removes it.
    """
    async with context.services.database.read() as connection:
        schema = await schemas.get(connection, work.payload.schema_id)
        assert schema is not None
        made = await datasets.made_from(connection, schema.sha256, schema.team)
    if made:
        ref = ThreadRef(schema.channel, schema.thread, schema.created_by)
        text = await context.text_in(ref)
        names = [f"`{name}`" for name in made[:_MOST_NAMES]]
        words = text("schema.deleted_later", name=schema.name, files=names)
        await context.outbox.post(work, work.task.key, ref, words, [section(words)])
        return
    async with work.finish() as connection:
        await _remove_unused(context, connection, schema.sha256)


def ids_of(needing: list[Job]) -> list[str]:
    """The ids of jobs, as people read them."""
    return [f"`{job.id}`" for job in needing]


async def _remove_unused(context: Context, connection: AsyncConnection, sha256: str) -> None:
    """Remove a file of these bytes, and the schema read in it, where nothing needs them."""
    if not await _is_used(connection, sha256):
        context.forget_schema(sha256)
        path = context.services.settings.files / sha256
        for each in (path, stored_schema(path)):
            await asyncio.to_thread(each.unlink, missing_ok=True)


async def _is_used(connection: AsyncConnection, sha256: str) -> bool:
    """Whether bytes are needed elsewhere: files of the same bytes are kept once."""
    attached = await schemas.with_bytes(connection, sha256)
    if any(each.deleted_at is None for each in attached):
        return True
    if await datasets.is_kept(connection, sha256):
        return True
    return bool(await jobs.active_on(connection, await datasets.with_bytes(connection, sha256)))


async def _on_ended(connection: AsyncConnection, job: Job) -> None:
    used = (job.dataset_id, job.validation_id, job.split_from)
    for dataset_id in {one for one in used if one}:
        dataset = await datasets.get(connection, dataset_id)
        if dataset is not None and dataset.deleted_at is not None:
            about = OfDataset(dataset_id=dataset_id)
            await remove_kept.add(connection, about, of=f"{dataset_id}:{job.told_as}")
