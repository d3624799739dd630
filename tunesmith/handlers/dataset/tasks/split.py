"""Set a tenth of a training file aside for validation: two files, without a question in both.

Task kinds: `split` (one per file: writes both parts) and `split.told` (attaches them; the part to
train on is then reported on). The original is never changed.
"""

import tempfile
from pathlib import Path

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.datasets.split import split
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.messages import Message, StoredMessage, say
from tunesmith.bot.queue import Place, Work
from tunesmith.handlers.dataset.tasks.generated import Source, attach, keep_pair
from tunesmith.handlers.slack.blocks import section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import OfDataset, kinds
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage import datasets
from tunesmith.storage.datasets import Dataset


class SplitRequest(OfDataset):
    """Who wants a file split."""

    user: str


class Parts(SplitRequest):
    """What came of it: the datasets of both parts and their examples, or why there are none."""

    datasets: list[str] = Field(default_factory=list)
    training: int = 0
    validation: int = 0
    reason: StoredMessage | None = None


@kinds.task("split", SplitRequest, place=Place.CHECK, attempts=6)
async def split_file(context: Context, work: Work[SplitRequest]) -> None:
    """Write both parts."""
    asked, files = work.payload, context.services.settings.files
    whole = await context.dataset(asked.dataset_id)
    ref = _thread(whole, asked.user)
    with tempfile.TemporaryDirectory(dir=files) as name:
        folder = Path(name)
        try:
            done = await split(
                context.services.processes,
                files / whole.sha256,
                name=whole.name,
                selection=context.services.selection(),
                training=folder / "train.jsonl",
                validation=folder / "valid.jsonl",
            )
            source = Source(whole.team, ref, whole.name, whole.schema_sha256)
            parts = await keep_pair(context, work, folder, source)
        except DatasetError as error:
            async with work.finish() as connection:
                await _tell_failed(connection, whole, asked, error.message)
            return
    told = Parts(
        dataset_id=whole.id,
        user=asked.user,
        datasets=[part.id for part in parts],
        training=done.training,
        validation=done.validation,
    )
    async with work.finish() as connection:
        for part in parts:
            await datasets.add(connection, part)
        await tell_split.add(connection, told, of=whole.id, lane=ref.lane)


@split_file.when_given_up
async def _say_failed(context: Context, work: Work[SplitRequest], reason: Message) -> None:
    whole = await context.dataset(work.payload.dataset_id)
    async with work.step() as connection:
        await _tell_failed(connection, whole, work.payload, reason)


async def _tell_failed(
    connection: AsyncConnection, whole: Dataset, asked: SplitRequest, reason: Message
) -> None:
    told = Parts(dataset_id=whole.id, user=asked.user, reason=reason)
    await tell_split.add(connection, told, of=whole.id, lane=_thread(whole, asked.user).lane)


@kinds.task("split.told", Parts, place=Place.TELL, pace=1)
async def tell_split(context: Context, work: Work[Parts]) -> None:
    """Tell how the file was split, and attach both parts."""
    said = work.payload
    whole = await context.dataset(said.dataset_id)
    ref = _thread(whole, said.user)
    text = await context.text_in(ref)
    if said.reason is not None:
        words = text("dataset.split_failed", name=whole.name, reason=said.reason)
    else:
        words = text(
            "dataset.split_done",
            name=whole.name,
            training=say("dataset.examples", count=said.training),
            validation=said.validation,
        )
    await context.outbox.post(work, work.task.key, ref, words, [section(words)])
    if said.datasets:
        await attach(context, work, ref, said.datasets)


def _thread(whole: Dataset, user: str) -> ThreadRef:
    return ThreadRef(whole.channel, whole.thread, user)
