"""Somebody wants a training file mended: the Mend button, and the corrected file in the thread.

Task kinds: `mend` (one per file: writes the corrected one) and `mended` (tells what was mended and
attaches it; it is then checked as any attached file is). The original is never changed.
"""

import asyncio
import uuid
from pathlib import Path, PurePath
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.datasets import reading
from tunesmith.bot.datasets.fix import FixResult, fix
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.messages import to_stored
from tunesmith.bot.queue import Work
from tunesmith.handlers.blocks.mend import mended_blocks, mended_text
from tunesmith.handlers.blocks.parts import section
from tunesmith.handlers.blocks.report import MEND
from tunesmith.handlers.context import Context
from tunesmith.handlers.files import inspection_lane
from tunesmith.handlers.places import Place
from tunesmith.handlers.text import escape
from tunesmith.handlers.upload import upload
from tunesmith.handlers.wire import ActionBody
from tunesmith.storage import tasks
from tunesmith.storage.datasets import Dataset


def register(context: Context, app: AsyncApp) -> None:
    """Listen to the button, and let the queue run this module's tasks."""

    async def on_button(ack: AsyncAck, body: dict[str, Any]) -> None:
        await _button(context, ActionBody.model_validate(body))
        await ack()

    async def run_mend(work: Work) -> None:
        await _mend(context, work)

    async def run_mended(work: Work) -> None:
        await _mended(context, work)

    async def give_up(work: Work, reason: str) -> None:
        async with work.step() as connection:
            await _tell(
                connection,
                work,
                await context.dataset(work.task.payload["dataset_id"]),
                {"reason": reason},
            )

    app.action(MEND)(on_button)
    queue = context.services.queue
    queue.handle("mend", run_mend, attempts=6, give_up=give_up)
    queue.handle("mended", run_mended, attempts=100, pace=1)


async def _button(context: Context, body: ActionBody) -> None:
    async with context.services.database.write() as connection:
        await tasks.add(
            connection,
            key=f"mend:{body.value}",
            kind="mend",
            payload={"dataset_id": body.value, "user": body.user.id},
        )


async def _mend(context: Context, work: Work) -> None:
    dataset = await context.dataset(work.task.payload["dataset_id"])
    folder = context.services.settings.files
    unfinished = folder / f"{uuid.uuid4().hex}.part"
    try:
        done = await fix(
            context.services.processes,
            folder / dataset.sha256,
            name=dataset.name,
            catalogue=context.services.catalogue,
            out=unfinished,
        )
        sha256 = await asyncio.to_thread(_keep, unfinished, folder) if done.counts else None
    except DatasetError as error:
        async with work.finish() as connection:
            await _tell(connection, work, dataset, {"reason": to_stored(error.message)})
        return
    finally:
        await asyncio.to_thread(unfinished.unlink, missing_ok=True)
    async with work.finish() as connection:
        what = {"repair": done.model_dump(mode="json"), "sha256": sha256}
        await _tell(connection, work, dataset, what)


def _keep(file: Path, folder: Path) -> str:
    sha256 = reading.sha256(file)
    file.replace(folder / sha256)
    return sha256


async def _tell(
    connection: AsyncConnection, work: Work, dataset: Dataset, what: dict[str, Any]
) -> None:
    asked = work.task.payload
    await tasks.add(
        connection,
        key=f"mended:{dataset.id}",
        kind="mended",
        payload={**asked, **what},
        lane=Place(dataset.channel, dataset.thread, asked["user"]).lane,
    )


async def _mended(context: Context, work: Work) -> None:
    said = work.task.payload
    dataset = await context.dataset(work.task.payload["dataset_id"])
    place = Place(dataset.channel, dataset.thread, said["user"])
    text = await context.text(place.user)
    if "reason" in said:
        reason = await context.reason(place.user, said["reason"])
        words = text("dataset.mend_failed", name=escape(dataset.name), reason=escape(reason))
        await context.outbox.post(work, work.task.key, place, words, [section(words)])
        return
    done = FixResult.model_validate(said["repair"])
    words = mended_text(text, dataset.name, done)
    blocks = mended_blocks(text, dataset.name, done)
    await context.outbox.post(work, work.task.key, place, words, blocks)
    if not done.counts:
        return
    content = context.services.settings.files / said["sha256"]
    name = f"{PurePath(dataset.name).stem}-{dataset.id[:6]}.fixed.jsonl"
    await upload(context, work, place, name=name, content=content, title=done.name)
    async with work.finish() as connection:
        await tasks.add(
            connection,
            key=f"inspect:{work.task.key}",
            kind="inspect",
            payload={
                "source": work.task.key,
                "team": dataset.team,
                "channel": place.channel,
                "thread": place.thread,
                "user": place.user,
                "file": "",
                "name": done.name,
                "sha256": said["sha256"],
            },
            lane=inspection_lane(place),
        )
