"""A file that is attached to a message "eval ..." to the bot: a model is measured on its rows.

Task kind: `evaluation.attached`, one for each such file.
"""

import asyncio
import re
import uuid
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.datasets import Report
from tunesmith.bot.datasets.conversion.convert import convert
from tunesmith.bot.datasets.inspection import inspect
from tunesmith.bot.errors import DatasetError, ProviderError, UserError
from tunesmith.bot.messages import Message, say
from tunesmith.bot.queue import Place, Work
from tunesmith.handlers.dataset.tasks.check import (
    Attached,
    AttachedFile,
    attached_files,
    check_lane,
    check_place,
    dataset_of,
    inspect_attached,
    is_training_file,
)
from tunesmith.handlers.dataset.tasks.written import keep_written
from tunesmith.handlers.evaluation.commands import evaluate_on
from tunesmith.handlers.job.commands.subcommand import Asked
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.inbox import Inbox, Received
from tunesmith.handlers.slack.kinds import kinds
from tunesmith.handlers.slack.mrkdwn import as_typed
from tunesmith.handlers.slack.payloads import MessageEvent, SlackFile
from tunesmith.handlers.slack.replies import plain_reply
from tunesmith.storage import datasets
from tunesmith.storage.datasets import Dataset

_EVAL = re.compile(r"eval\b[:,]?(?P<model>.*)", re.IGNORECASE | re.DOTALL)


class AttachedRows(AttachedFile):
    """A file whose rows a model is to be measured on; `model` is what was typed behind the word."""

    model: str = ""


def register(inbox: Inbox) -> None:
    """Take messages with files."""
    inbox.take(_has_files, _take, evaluate_attached)


def to_evaluate(received: Received) -> str | None:
    """What stands behind the word where the bot is asked to evaluate; None where it is not."""
    found = _EVAL.fullmatch(as_typed(received.said or "", {}).strip())
    return found["model"].strip() if found else None


def readable(attached: Attached) -> list[SlackFile]:
    """The files that may hold rows."""
    return [file for file in attached.files if is_training_file(file, tables=True)]


def _has_files(event: MessageEvent) -> bool:
    return bool(event.files)


async def _take(connection: AsyncConnection, received: Received) -> None:
    model = to_evaluate(received)
    if model is None:
        return
    attached = attached_files(received)
    for file in readable(attached):
        told = attached.payload(file, tables=True)
        payload = AttachedRows(**dict(told), model=model)
        lane, place = check_lane(attached.ref), check_place(file)
        await evaluate_attached.add(connection, payload, of=payload.source, lane=lane, place=place)


@kinds.task("evaluation.attached", AttachedRows, place=Place.CHECK, attempts=6)
async def evaluate_attached(context: Context, work: Work[AttachedRows]) -> None:
    """Read a file, and have a model measured on its rows; what stands against it is told."""
    asked = work.payload
    text = await context.text_in(asked.ref)
    try:
        dataset = await _dataset(context, work)
        if dataset is None:
            return
        line = Asked(context, text, asked.team, asked.ref, asked.model)
        said = await evaluate_on(line, dataset)
    except (UserError, ProviderError, DatasetError) as error:
        said = plain_reply(text(error.message))
    await context.outbox.put(work, work.task.key, asked.ref, *said)


@evaluate_attached.when_given_up
async def _say_failed(context: Context, work: Work[AttachedRows], reason: Message) -> None:
    asked = work.payload
    text = await context.text_in(asked.ref)
    said = say("dataset.file_failed", reason=reason)
    words = text("dataset.file_unreadable", name=asked.name, reason=said)
    await context.outbox.put(work, work.task.key, asked.ref, *plain_reply(words))


async def _dataset(context: Context, work: Work[Any]) -> Dataset | None:
    """The file as a dataset of rows, in JSON Lines; None where it is not for us."""
    report = await inspect_attached(context, work, key=work.task.key)
    if report is None:
        return None
    if report.conversion is not None:
        report = await _converted(context, report)
    dataset = dataset_of(work, report)
    async with work.step() as connection:
        if await datasets.get(connection, dataset.id) is None:
            await datasets.add(connection, dataset)
    return dataset


async def _converted(context: Context, report: Report) -> Report:
    """The report on a file of another container or shape once it is JSON Lines."""
    folder, services = context.services.settings.files, context.services
    unfinished = folder / f"{uuid.uuid4().hex}.part"
    try:
        await convert(
            services.processes,
            folder / report.sha256,
            name=report.name,
            selection=services.selection(),
            out=unfinished,
        )
        sha256 = await keep_written(context, unfinished)
    finally:
        await asyncio.to_thread(unfinished.unlink, missing_ok=True)
    return await inspect(
        services.processes, folder / sha256, name=report.name, selection=services.selection()
    )
