"""Somebody wants a tenth of a training file set aside for validation: the button, and two files.

Task kinds: `split` (one per file: writes both parts) and `split.told` (attaches them; the part to
train on is then reported on). The original is never changed.
"""

import tempfile
from pathlib import Path
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from tunesmith.bot.datasets.split import split
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.messages import to_stored
from tunesmith.bot.queue import Work
from tunesmith.handlers import made
from tunesmith.handlers.blocks.parts import number, section
from tunesmith.handlers.blocks.report import SPLIT
from tunesmith.handlers.context import Context
from tunesmith.handlers.places import Place
from tunesmith.handlers.text import escape
from tunesmith.handlers.wire import ActionBody
from tunesmith.storage import datasets, tasks
from tunesmith.storage.datasets import Dataset


def register(context: Context, app: AsyncApp) -> None:
    """Listen to the button, and let the queue run this module's tasks."""

    async def on_button(ack: AsyncAck, body: dict[str, Any]) -> None:
        await _button(context, ActionBody.model_validate(body))
        await ack()

    async def run_split(work: Work) -> None:
        await _split(context, work)

    async def run_told(work: Work) -> None:
        await _told(context, work)

    async def give_up(work: Work, reason: str) -> None:
        await _tell(context, work, {"reason": reason})

    app.action(SPLIT)(on_button)
    queue = context.services.queue
    queue.handle("split", run_split, attempts=6, give_up=give_up)
    queue.handle("split.told", run_told, attempts=100, pace=1)


async def _button(context: Context, body: ActionBody) -> None:
    async with context.services.database.write() as connection:
        await tasks.add(
            connection,
            key=f"split:{body.value}",
            kind="split",
            payload={"dataset_id": body.value, "user": body.user.id},
        )


async def _split(context: Context, work: Work) -> None:
    whole, files = (
        await context.dataset(work.task.payload["dataset_id"]),
        context.services.settings.files,
    )
    asked = {
        "team": whole.team,
        "channel": whole.channel,
        "thread": whole.thread,
        "user": work.task.payload["user"],
        "name": whole.name,
    }
    with tempfile.TemporaryDirectory(dir=files) as name:
        folder = Path(name)
        try:
            done = await split(
                context.services.processes,
                files / whole.sha256,
                name=whole.name,
                catalogue=context.services.catalogue,
                training=folder / "train.jsonl",
                validation=folder / "valid.jsonl",
            )
            parts = await made.keep_pair(context, work, folder, asked, whole.schema_sha256)
        except DatasetError as error:
            await _tell(context, work, {"reason": to_stored(error.message)})
            return
    what = {
        "datasets": [part.id for part in parts],
        "training": done.training,
        "validation": done.validation,
    }
    await _tell(context, work, what, *parts)


async def _tell(context: Context, work: Work, what: dict[str, Any], *parts: Dataset) -> None:
    whole = await context.dataset(work.task.payload["dataset_id"])
    asked = work.task.payload
    async with work.finish() as connection:
        for part in parts:
            await datasets.add(connection, part)
        await tasks.add(
            connection,
            key=f"split.told:{whole.id}",
            kind="split.told",
            payload={**asked, **what},
            lane=Place(whole.channel, whole.thread, asked["user"]).lane,
        )


async def _told(context: Context, work: Work) -> None:
    said = work.task.payload
    whole = await context.dataset(work.task.payload["dataset_id"])
    place = Place(whole.channel, whole.thread, said["user"])
    text = await context.text(place.user)
    name = escape(whole.name)
    if "reason" in said:
        reason = escape(await context.reason(place.user, said["reason"]))
        words = text("dataset.split_failed", name=name, reason=reason)
    else:
        sides = {side: number(said[side]) for side in ("training", "validation")}
        words = text("dataset.split_done", name=name, **sides)
    await context.outbox.post(work, work.task.key, place, words, [section(words)])
    if "datasets" in said:
        await made.attach(context, work, place, said["datasets"])
