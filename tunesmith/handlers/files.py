"""Somebody attaches a training file: fetch it, check it, answer in the thread.

Task kinds: `inspect` (one per attached file) and `report` (its answer).
"""

import uuid
from pathlib import PurePath
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.datasets import Report, inspect
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.queue import Work
from tunesmith.handlers.blocks.parts import section
from tunesmith.handlers.blocks.report import report_blocks, report_text
from tunesmith.handlers.context import Context
from tunesmith.handlers.download import download
from tunesmith.handlers.places import Place
from tunesmith.handlers.text import escape
from tunesmith.handlers.wire import SlackFile
from tunesmith.storage import datasets, tasks
from tunesmith.storage.datasets import Dataset

TRAINING_FILES = frozenset({".jsonl"})
SCHEMA_FILES = frozenset({".sql", ".ddl"})

_ATTEMPTS = 6


def is_training_file(file: SlackFile) -> bool:
    """Whether a file is for us, by its name: Slack calls a .jsonl file plain binary.

    A file of Slack Connect comes without a name; it is looked at when it is fetched.
    """
    return file.name is None or PurePath(file.name).suffix.lower() in TRAINING_FILES


def is_schema_file(file: SlackFile) -> bool:
    """Whether a file holds DDL, by its name; `handlers/schemas.py` answers it."""
    return file.name is not None and PurePath(file.name).suffix.lower() in SCHEMA_FILES


def is_ours(file: SlackFile) -> bool:
    """Whether a file gets an answer."""
    return is_training_file(file) or is_schema_file(file)


async def enqueue(
    connection: AsyncConnection, *, source: str, team: str, place: Place, files: list[SlackFile]
) -> None:
    """Write a task for each file that is for us; `source` names the delivery they came with.

    A thread's files are checked one after the other, so that the answers stand in their order.
    """
    for file in files:
        if is_ours(file):
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
                },
                lane=f"inspect:{place.channel}:{place.thread}",
            )


def register(context: Context) -> None:
    """Let the queue run this module's tasks."""

    async def run_inspect(work: Work) -> None:
        await _inspect(context, work)

    async def run_report(work: Work) -> None:
        await _report(context, work)

    async def give_up(work: Work, reason: str) -> None:
        text = await context.text(work.task.payload["user"])
        async with work.step() as connection:
            await _say_unreadable(connection, work, text("file_failed", reason=reason))

    queue = context.services.queue
    queue.handle("inspect", run_inspect, attempts=_ATTEMPTS, give_up=give_up)
    queue.handle("report", run_report, attempts=100, pace=1)


async def _inspect(context: Context, work: Work) -> None:
    asked = work.task.payload
    text = await context.text(asked["user"])
    try:
        file, path = await download(context, text, asked["file"])
        if not is_training_file(file):
            return
        name = file.name or asked["name"]
        report = await inspect(path, name=name, catalogue=context.services.catalogue)
    except DatasetError as error:
        async with work.finish() as connection:
            await _say_unreadable(connection, work, str(error))
        return
    dataset = Dataset(
        id=uuid.uuid4().hex[:12],
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


async def _say_unreadable(connection: AsyncConnection, work: Work, reason: str) -> None:
    await _answer(connection, work, {"name": work.task.payload["name"], "reason": reason})


async def _answer(connection: AsyncConnection, work: Work, what: dict[str, Any]) -> None:
    asked = work.task.payload
    place = Place(asked["channel"], asked["thread"], asked["user"])
    await tasks.add(
        connection,
        key=f"report:{asked['source']}",
        kind="report",
        payload={
            "channel": place.channel,
            "thread": place.thread,
            "user": place.user,
            **what,
        },
        lane=place.lane,
    )


async def _report(context: Context, work: Work) -> None:
    said = work.task.payload
    place = Place(said["channel"], said["thread"], said["user"])
    text = await context.text(place.user)
    if "reason" in said:
        words = text("file_unreadable", name=escape(said["name"]), reason=escape(said["reason"]))
        await context.outbox.post(work, work.task.key, place, words, [section(words)])
        return
    async with context.services.database.read() as connection:
        dataset = await datasets.get(connection, said["dataset_id"])
        assert dataset is not None
        twin = await datasets.twin(connection, dataset)
    report = Report.model_validate(dataset.report)
    blocks = report_blocks(
        text,
        report,
        dataset.id,
        titles=context.titles,
        twin=(twin.created_by, await _link(context, twin)) if twin else None,
    )
    await context.outbox.post(work, work.task.key, place, report_text(text, report), blocks)


async def _link(context: Context, dataset: Dataset) -> str:
    answer = await context.outbox.call(
        "chat.getPermalink", http="GET", channel=dataset.channel, message_ts=dataset.thread
    )
    return str(answer["permalink"])
