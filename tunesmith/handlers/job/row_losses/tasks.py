"""Write a training file without some of its rows, and offer to train on it.

Task kinds: `rows.drop` (writes the file) and `rows.dropped` (tells which rows are left out,
attaches the file and has it reported on). The original is never changed.
"""

import tempfile
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.datasets.chosen_lines import drop
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.generated_files import Source, keep
from tunesmith.bot.messages import Message, StoredMessage
from tunesmith.bot.queue import Payload, Place, Work
from tunesmith.handlers.dataset.tasks.written import attach_kept, report_on_kept
from tunesmith.handlers.slack.blocks import actions, button, section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import kinds
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage import datasets
from tunesmith.storage.datasets import Dataset

TRAIN_AGAIN = "train_without_rows"


class DropRequest(Payload):
    """Who wants which lines left out of a job's training file."""

    job_id: str
    user: str
    lines: list[int]


class Dropped(DropRequest):
    """What came of it: the dataset without them, or why there is none."""

    dataset_id: str | None = None
    reason: StoredMessage | None = None


@kinds.task("rows.drop", DropRequest, place=Place.CHECK, attempts=6)
async def drop_rows(context: Context, work: Work[DropRequest]) -> None:
    """Write the file without these lines."""
    asked, files = work.payload, context.services.settings.files
    job = await context.job(asked.job_id)
    whole = await context.dataset(job.dataset_id)
    source = Source(
        key=work.task.key,
        team=whole.team,
        channel=whole.channel,
        thread=whole.thread,
        user=asked.user,
        name=whole.name,
        schema=whole.schema_sha256,
    )
    with tempfile.TemporaryDirectory(dir=files) as folder:
        path = Path(folder) / f"without-{len(asked.lines)}.jsonl"
        try:
            await drop(
                context.services.processes,
                files / whole.sha256,
                name=whole.name,
                lines=asked.lines,
                out=path,
            )
            made = await keep(context.services, path, source, validation_id=job.validation_id)
        except DatasetError as error:
            async with work.finish() as connection:
                await _tell(connection, work, whole, reason=error.message)
            return
    async with work.finish() as connection:
        await datasets.add(connection, made)
        await _tell(connection, work, whole, dataset_id=made.id)


@drop_rows.when_given_up
async def _say_failed(context: Context, work: Work[DropRequest], reason: Message) -> None:
    job = await context.job(work.payload.job_id)
    whole = await context.dataset(job.dataset_id)
    async with work.step() as connection:
        await _tell(connection, work, whole, reason=reason)


async def _tell(
    connection: AsyncConnection,
    work: Work[DropRequest],
    whole: Dataset,
    *,
    dataset_id: str | None = None,
    reason: Message | None = None,
) -> None:
    asked = work.payload
    told = Dropped(**asked.model_dump(), dataset_id=dataset_id, reason=reason)
    lane = _thread(whole, asked).attachments
    await tell_dropped.add(connection, told, of=work.task.key, lane=lane)


@kinds.task("rows.dropped", Dropped, place=Place.ATTACH)
async def tell_dropped(context: Context, work: Work[Dropped]) -> None:
    """Tell which rows are left out, attach the file, and offer to train on it."""
    said = work.payload
    job = await context.job(said.job_id)
    whole = await context.dataset(job.dataset_id)
    ref = _thread(whole, said)
    text = await context.text_in(ref)
    if said.dataset_id is None:
        words = text("rows.failed", name=whole.name, reason=said.reason)
        await context.outbox.post(work, work.task.key, ref, words, [section(words)])
        return
    made = await context.dataset(said.dataset_id)
    words = text(
        "rows.dropped",
        user=said.user,
        count=len(said.lines),
        lines=[str(line) for line in said.lines],
        name=whole.name,
        made=made.name,
    )
    again = button(text("rows.again"), TRAIN_AGAIN, f"{job.id} {made.id}", style="primary")
    await context.outbox.post(work, work.task.key, ref, words, [section(words), actions(again)])
    await attach_kept(context, work, ref, [made.id])
    await report_on_kept(work, ref, made.id)


def _thread(whole: Dataset, asked: DropRequest) -> ThreadRef:
    return ThreadRef(whole.channel, whole.thread, asked.user)
