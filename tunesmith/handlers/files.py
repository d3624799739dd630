"""Somebody attaches a training file: fetch it and check it.

Task kind: `inspect` (one per attached file). Its answer is told by `handlers/report.py`.
"""

import asyncio
import hashlib
from pathlib import Path, PurePath
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.datasets import inspect
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.messages import to_stored
from tunesmith.bot.queue import Work
from tunesmith.handlers.context import Context
from tunesmith.handlers.download import download
from tunesmith.handlers.places import Place
from tunesmith.handlers.report import findings_list
from tunesmith.handlers.text import Text, escape
from tunesmith.handlers.underway import progress_told
from tunesmith.handlers.wire import SlackFile
from tunesmith.storage import datasets, tasks
from tunesmith.storage.datasets import Dataset

TRAINING_FILES = frozenset({".jsonl"})
TABLE_FILES = frozenset({".csv", ".tsv", ".xlsx", ".parquet", ".json"})
SCHEMA_FILES = frozenset({".sql", ".ddl"})

_ATTEMPTS = 6


def is_training_file(file: SlackFile, *, tables: bool = False) -> bool:
    """Whether a file is for us, by its name: Slack calls a .jsonl file plain binary.

    A file of Slack Connect comes without a name; it is looked at when it is fetched. Tables are
    attached for many reasons: they count only where somebody asks for the check (`tables`).
    """
    suffixes = TRAINING_FILES | TABLE_FILES if tables else TRAINING_FILES
    return file.name is None or PurePath(file.name).suffix.lower() in suffixes


def is_schema_file(file: SlackFile) -> bool:
    """Whether a file holds DDL, by its name; `handlers/schemas.py` answers it."""
    return file.name is not None and PurePath(file.name).suffix.lower() in SCHEMA_FILES


def is_ours(file: SlackFile, *, tables: bool = False) -> bool:
    """Whether a file gets an answer; `tables` as in `is_training_file`."""
    return is_training_file(file, tables=tables) or is_schema_file(file)


async def enqueue(
    connection: AsyncConnection,
    *,
    source: str,
    team: str,
    place: Place,
    files: list[SlackFile],
    tables: bool = False,
) -> None:
    """Write a task for each file that is for us; `source` names the delivery they came with.

    A thread's files are checked one after the other, so that the answers stand in their order.
    """
    for file in files:
        if is_ours(file, tables=tables):
            kind = "schema" if is_schema_file(file) else "inspect"
            await tasks.add(
                connection,
                key=f"{kind}:{source}:{file.id}",
                kind=kind,
                payload={
                    "source": f"{source}:{file.id}",
                    "team": team,
                    "channel": place.channel,
                    "thread": place.thread,
                    "user": place.user,
                    "file": file.id,
                    "name": file.name or file.id,
                    "tables": tables,
                },
                lane=inspection_lane(place),
            )


def inspection_lane(place: Place) -> str:
    """The queue's lane in which the files of a thread are checked."""
    return f"inspect:{place.channel}:{place.thread}"


def register(context: Context) -> None:
    """Let the queue run this module's task."""

    async def run_inspect(work: Work) -> None:
        await _inspect(context, work)

    async def give_up(work: Work, reason: str) -> None:
        user = work.task.payload["user"]
        text = await context.text(user)
        said = await context.reason(user, reason)
        async with work.step() as connection:
            await _say_unreadable(connection, work, text("dataset.file_failed", reason=said))

    context.services.queue.handle("inspect", run_inspect, attempts=_ATTEMPTS, give_up=give_up)


async def _inspect(context: Context, work: Work) -> None:
    asked = work.task.payload
    text = await context.text(asked["user"])
    # A try that broke off may have posted progress: the report takes that message's place.
    await context.outbox.known(work, _report_key(work), _place(asked))
    # The same at every try, so that a list which a broken-off try began is written over.
    dataset_id = hashlib.sha256(work.task.key.encode()).hexdigest()[:12]
    listed = findings_list(context, dataset_id)
    try:
        name, path = await _fetch(context, text, asked)
        if name is None:
            return

        def words(share: int) -> str:
            return text("dataset.file_checking", name=escape(name), share=share)

        async with progress_told(
            context, work, _report_key(work), _place(asked), words
        ) as progress:
            report = await inspect(
                context.services.processes,
                path,
                name=name,
                catalogue=context.services.catalogue,
                findings=listed,
                progress=progress,
            )
    except DatasetError as error:
        await asyncio.to_thread(listed.unlink, missing_ok=True)
        async with work.finish() as connection:
            await _say_unreadable(connection, work, to_stored(error.message))
        return
    dataset = Dataset(
        id=dataset_id,
        team=asked["team"],
        channel=asked["channel"],
        thread=asked["thread"],
        file_id=asked["file"],
        name=name,
        sha256=report.sha256,
        report=report.model_dump(mode="json"),
        created_by=asked["user"],
    )
    async with work.finish() as connection:
        await datasets.add(connection, dataset)
        await _answer(connection, work, {"dataset_id": dataset.id})


async def _fetch(context: Context, text: Text, asked: dict[str, Any]) -> tuple[str | None, Path]:
    """The file's name and where it lies; no name where it turns out not to be for us.

    With `sha256`, it is a file of our own making, which lies there already.
    """
    if "sha256" in asked:
        return asked["name"], context.services.settings.files / asked["sha256"]
    file, path = await download(context, text, asked["file"])
    if not is_training_file(file, tables=asked["tables"]):
        return None, path
    return file.name or asked["name"], path


async def _say_unreadable(connection: AsyncConnection, work: Work, reason: str) -> None:
    await _answer(connection, work, {"name": work.task.payload["name"], "reason": reason})


async def _answer(connection: AsyncConnection, work: Work, what: dict[str, Any]) -> None:
    place = _place(work.task.payload)
    await tasks.add(
        connection,
        key=_report_key(work),
        kind="report",
        payload={
            "channel": place.channel,
            "thread": place.thread,
            "user": place.user,
            **what,
        },
        lane=place.lane,
    )


def _place(asked: dict[str, Any]) -> Place:
    return Place(asked["channel"], asked["thread"], asked["user"])


def _report_key(work: Work) -> str:
    return f"report:{work.task.payload['source']}"
