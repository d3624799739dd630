"""Convert a file of another container or shape to JSON Lines that can be trained on.

Task kinds: `convert` (one per file: writes the converted one) and `convert.told` (attaches it; it
is then checked as any attached file is). The original is never changed.
"""

import asyncio
import uuid

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.datasets.conversion.convert import convert
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.messages import Message, StoredMessage
from tunesmith.bot.queue import Place, Work
from tunesmith.handlers.dataset.tasks.written import attach_written, keep_written
from tunesmith.handlers.slack.blocks import section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import OfDataset, kinds
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage.datasets import Dataset


class ConvertRequest(OfDataset):
    """Who wants a file converted."""

    user: str


class Converted(ConvertRequest):
    """What came of it: the converted file, or why there is none."""

    name: str | None = None
    sha256: str | None = None
    reason: StoredMessage | None = None


@kinds.task("convert", ConvertRequest, place=Place.CHECK, attempts=6)
async def convert_file(context: Context, work: Work[ConvertRequest]) -> None:
    """Write the converted file."""
    asked = work.payload
    dataset = await context.dataset(asked.dataset_id)
    folder = context.services.settings.files
    unfinished = folder / f"{uuid.uuid4().hex}.part"
    told = Converted(dataset_id=dataset.id, user=asked.user)
    try:
        done = await convert(
            context.services.processes,
            folder / dataset.sha256,
            name=dataset.name,
            selection=context.services.selection(),
            out=unfinished,
        )
        sha256 = await keep_written(context, unfinished)
        told = told.model_copy(update={"name": done.name, "sha256": sha256})
    except DatasetError as error:
        told = told.model_copy(update={"reason": error.message})
    finally:
        await asyncio.to_thread(unfinished.unlink, missing_ok=True)
    async with work.finish() as connection:
        await _tell(connection, dataset, told)


@convert_file.when_given_up
async def _say_failed(context: Context, work: Work[ConvertRequest], reason: Message) -> None:
    asked = work.payload
    dataset = await context.dataset(asked.dataset_id)
    async with work.step() as connection:
        told = Converted(dataset_id=dataset.id, user=asked.user, reason=reason)
        await _tell(connection, dataset, told)


async def _tell(connection: AsyncConnection, dataset: Dataset, told: Converted) -> None:
    lane = ThreadRef(dataset.channel, dataset.thread, told.user).attachments
    await tell_converted.add(connection, told, of=dataset.id, lane=lane)


@kinds.task("convert.told", Converted, place=Place.ATTACH)
async def tell_converted(context: Context, work: Work[Converted]) -> None:
    """Attach the converted file and have it checked, or tell why there is none."""
    said = work.payload
    dataset = await context.dataset(said.dataset_id)
    if said.name is None or said.sha256 is None:
        ref = ThreadRef(dataset.channel, dataset.thread, said.user)
        text = await context.text_in(ref)
        words = text("dataset.convert_failed", name=dataset.name, reason=said.reason)
        await context.outbox.post(work, work.task.key, ref, words, [section(words)])
        return
    await attach_written(context, work, dataset, user=said.user, name=said.name, sha256=said.sha256)
