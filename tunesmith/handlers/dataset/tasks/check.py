"""Check an attached training file: fetch it, and say what is in it.

Task kind: `inspect` (one per attached file). Its outcome is told by `report.py`.
"""

import asyncio
import hashlib
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, cast

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.datasets import Report, inspect
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.messages import Message, say
from tunesmith.bot.queue import Place, Work
from tunesmith.handlers.dataset.tasks.deleted import delete, was_deleted
from tunesmith.handlers.dataset.tasks.report import Outcome, findings_list, tell_outcome
from tunesmith.handlers.slack.blocks import section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.downloads import download
from tunesmith.handlers.slack.inbox import Received
from tunesmith.handlers.slack.kinds import InThread, kinds
from tunesmith.handlers.slack.payloads import SlackFile
from tunesmith.handlers.slack.progress import progress_told
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage import datasets
from tunesmith.storage.datasets import Dataset

TRAINING_FILES = (".jsonl",)
TABLE_FILES = (".csv", ".tsv", ".xlsx", ".parquet", ".json")
_COMPRESSED = (".gz", ".zst")

_ATTEMPTS = 6
# Its check takes seconds, so that small files would wait for it.
_LARGE_BYTES = 20_000_000


class AttachedFile(InThread):
    """A file that somebody attached; `source` names the delivery that it came with.

    `tables` says whether a table is to be checked too; `told` is what the delivery told of it. A
    file of our own making is kept already: it has `sha256`; where Slack has refused it, `file` (its
    id there) is empty.
    """

    source: str
    team: str
    file: str
    name: str
    tables: bool = False
    told: SlackFile | None = None
    sha256: str | None = None


def is_training_file(file: SlackFile, *, tables: bool = False) -> bool:
    """Whether a file is for us, by its name: Slack calls a .jsonl file plain binary.

    A compressed file counts as what is in it. A file of Slack Connect comes without a name; it is
    looked at when it is fetched. Tables are attached for many reasons: they count only where
    somebody asks for the check (`tables`).
    """
    if file.name is None:
        return True
    suffixes = TRAINING_FILES + TABLE_FILES if tables else TRAINING_FILES
    name = PurePath(file.name.lower())
    return (name.with_suffix("") if name.suffix in _COMPRESSED else name).suffix in suffixes


def check_lane(ref: ThreadRef) -> str:
    """The queue's lane in which the files of a thread are checked, so that their reports stand in
    the files' order.
    """
    return f"inspect:{ref.channel}:{ref.ts}"


def check_place(file: SlackFile) -> Place | None:
    """Where a file is checked: large ones have a place of their own."""
    return Place.LARGE if file.size > _LARGE_BYTES else None


@dataclass(frozen=True, slots=True)
class Attached:
    """The files of a message; `source` names the delivery that it came with."""

    source: str
    team: str
    ref: ThreadRef
    files: list[SlackFile]

    def payload(self, file: SlackFile, *, tables: bool = False) -> AttachedFile:
        """What the task for one of them is about."""
        return AttachedFile(
            channel=self.ref.channel,
            thread=self.ref.ts,
            user=self.ref.user,
            source=f"{self.source}:{file.id}",
            team=self.team,
            file=file.id,
            name=file.name or file.id,
            tables=tables,
            told=file,
        )


def attached_files(received: Received) -> Attached:
    """The files of a message that reached the bot."""
    return Attached(received.source, received.team, received.ref, received.event.files)


async def check_files(
    connection: AsyncConnection, attached: Attached, *, tables: bool = False
) -> None:
    """Write a task for each training file."""
    for file in attached.files:
        if is_training_file(file, tables=tables):
            payload = attached.payload(file, tables=tables)
            lane, place = check_lane(attached.ref), check_place(file)
            await check_file.add(connection, payload, of=payload.source, lane=lane, place=place)


@kinds.task("inspect", AttachedFile, place=Place.CHECK, attempts=_ATTEMPTS)
async def check_file(context: Context, work: Work[AttachedFile]) -> None:
    """Fetch a file and check it."""
    asked = work.payload
    listed = findings_list(context, dataset_id(work))
    try:
        key = tell_outcome.key(asked.source)
        report = await inspect_attached(context, work, key=key, findings=listed)
    except DatasetError as error:
        await asyncio.to_thread(listed.unlink, missing_ok=True)
        async with work.finish() as connection:
            await _say_unreadable(connection, asked, error.message)
        return
    if report is None:
        return
    dataset = dataset_of(work, report)
    async with work.finish() as connection:
        await datasets.add(connection, dataset)
        if asked.file and await was_deleted(connection, asked.team, asked.file, asked.source):
            await delete(connection, dataset, None)
        outcome = _outcome(asked, dataset_id=dataset.id)
        await tell_outcome.add(connection, outcome, of=asked.source, lane=asked.ref.lane)


async def inspect_attached(
    context: Context, work: Work[Any], *, key: str, findings: Path | None = None
) -> Report | None:
    """Fetch an attached file and inspect it, telling the progress in the message of that key; None
    where it turns out not to be for us. Raises DatasetError where it can't be read.
    """
    asked = cast("AttachedFile", work.payload)
    text = await context.text_in(asked.ref)
    name, path = await _fetch(context, asked)
    if name is None:
        return None

    def words(share: float) -> str:
        return text("dataset.file_checking", name=name, share=share)

    async with progress_told(context, work, key, asked.ref, words) as progress:
        return await inspect(
            context.services.processes,
            path,
            name=name,
            selection=context.services.selection(),
            findings=findings,
            progress=progress,
        )


def dataset_id(work: Work[Any]) -> str:
    """The id of the dataset that a file becomes: the same at every try, so that what a broken-off
    one began is written over.
    """
    return hashlib.sha256(work.task.key.encode()).hexdigest()[:12]


def dataset_of(work: Work[Any], report: Report) -> Dataset:
    """The dataset that an inspected file becomes."""
    asked = cast("AttachedFile", work.payload)
    return Dataset(
        id=dataset_id(work),
        team=asked.team,
        channel=asked.channel,
        thread=asked.thread or "",
        file_id=asked.file,
        name=report.name,
        sha256=report.sha256,
        report=report.model_dump(mode="json"),
        created_by=asked.user,
    )


@check_file.when_given_up
async def _say_failed(_context: Context, work: Work[AttachedFile], reason: Message) -> None:
    async with work.step() as connection:
        said = say("dataset.file_failed", reason=reason)
        await _say_unreadable(connection, work.payload, said)


@check_file.when_delayed
async def _say_delayed(context: Context, work: Work[AttachedFile], reason: Message) -> None:
    await tell_delayed(context, work, tell_outcome.key(work.payload.source), reason)


async def tell_delayed(
    context: Context, work: Work[AttachedFile], key: str, reason: Message
) -> None:
    """Tell in the message of that key, which the answer replaces, what a file waits for.

    A file without a name may not be for us: nothing would replace the message then.
    """
    asked = work.payload
    if asked.name == asked.file:
        return
    text = await context.text_in(asked.ref)
    words = text("dataset.file_delayed", name=asked.name, reason=reason)
    await context.outbox.put(work, key, asked.ref, words, [section(words)])


async def _fetch(context: Context, asked: AttachedFile) -> tuple[str | None, Path]:
    """The file's name and where it lies; no name where it turns out not to be for us."""
    if asked.sha256 is not None:
        return asked.name, context.services.settings.files / asked.sha256
    file, path = await download(context, asked.file, asked.told)
    if not is_training_file(file, tables=asked.tables):
        return None, path
    return file.name or asked.name, path


async def _say_unreadable(
    connection: AsyncConnection, asked: AttachedFile, reason: Message
) -> None:
    outcome = _outcome(asked, name=asked.name, reason=reason)
    await tell_outcome.add(connection, outcome, of=asked.source, lane=asked.ref.lane)


def _outcome(
    asked: AttachedFile,
    *,
    dataset_id: str | None = None,
    name: str | None = None,
    reason: Message | None = None,
) -> Outcome:
    return Outcome(
        channel=asked.channel,
        thread=asked.thread,
        user=asked.user,
        dataset_id=dataset_id,
        name=name,
        reason=reason,
    )
