"""Set a tenth of a training file aside for validation: two files, without a question in both.

Task kinds: `split` (one per file: writes both parts) and `split.told` (attaches them; where
somebody asked for the split alone, the part to train on is then reported on). The original is never
changed. A job whose file is split at its start does so itself (`bot/jobs/split.py`).
"""

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.errors import DatasetError
from tunesmith.bot.jobs.split import Pair, keep_parts, parts_of
from tunesmith.bot.messages import Message, StoredMessage, say
from tunesmith.bot.queue import Place, Work
from tunesmith.handlers.dataset.tasks.written import attach_kept, report_on_kept
from tunesmith.handlers.slack.blocks import section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import OfDataset, kinds
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage import datasets
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.jobs import Job


class SplitRequest(OfDataset):
    """Who wants a file split."""

    user: str


class Parts(SplitRequest):
    """What came of it: the datasets of both parts and their examples, or why there are none.

    The part to train on is reported on unless a job trains on it already (`for_job`).
    """

    datasets: list[str] = Field(default_factory=list)
    training: int = 0
    validation: int = 0
    reason: StoredMessage | None = None
    for_job: bool = False


def subscribe(context: Context) -> None:
    """Attach what jobs split their files into."""
    context.services.job_events.split.subscribe(_on_split)


@kinds.task("split", SplitRequest, place=Place.CHECK, attempts=6)
async def split_file(context: Context, work: Work[SplitRequest]) -> None:
    """Write both parts."""
    asked = work.payload
    whole = await context.dataset(asked.dataset_id)
    try:
        parts = await parts_of(context.services, whole, asked.user)
    except DatasetError as error:
        async with work.finish() as connection:
            await _tell_failed(connection, whole, asked, error.message)
        return
    async with work.finish() as connection:
        await keep_parts(connection, whole, parts)
        told = _told(whole, parts, asked.user)
        lane = _thread(whole, asked.user).attachments
        await tell_split.add(connection, told, of=whole.id, lane=lane)


@split_file.when_given_up
async def _say_failed(context: Context, work: Work[SplitRequest], reason: Message) -> None:
    whole = await context.dataset(work.payload.dataset_id)
    async with work.step() as connection:
        await _tell_failed(connection, whole, work.payload, reason)


async def _tell_failed(
    connection: AsyncConnection, whole: Dataset, asked: SplitRequest, reason: Message
) -> None:
    told = Parts(dataset_id=whole.id, user=asked.user, reason=reason)
    lane = _thread(whole, asked.user).attachments
    await tell_split.add(connection, told, of=whole.id, lane=lane)


async def _on_split(connection: AsyncConnection, job: Job) -> None:
    whole, training, validation = [
        await datasets.get(connection, dataset_id or "")
        for dataset_id in (job.split_from, job.dataset_id, job.validation_id)
    ]
    assert whole is not None
    assert training is not None
    assert validation is not None
    told = _told(whole, (training, validation), job.created_by, for_job=True)
    lane = _thread(whole, job.created_by).attachments
    await tell_split.add(connection, told, of=f"{whole.id}:{job.id}", lane=lane)


def _told(whole: Dataset, parts: Pair, user: str, *, for_job: bool = False) -> Parts:
    training, validation = parts
    return Parts(
        dataset_id=whole.id,
        user=user,
        datasets=[training.id, validation.id],
        training=training.report["examples"],
        validation=validation.report["examples"],
        for_job=for_job,
    )


@kinds.task("split.told", Parts, place=Place.ATTACH)
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
    if not said.datasets:
        return
    await attach_kept(context, work, ref, said.datasets)
    if not said.for_job:
        await report_on_kept(work, ref, said.datasets[0])


def _thread(whole: Dataset, user: str) -> ThreadRef:
    return ThreadRef(whole.channel, whole.thread, user)
