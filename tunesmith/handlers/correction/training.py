"""Somebody presses to train again: the file is written, kept and attached, and the job started.

Task kinds: `correction.train` (one for each press that has a price of its own) and
`correction.trained` (tells it on the card, attaches the file).
"""

import hashlib
import tempfile
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.answers.corrections.retraining import (
    Prepared,
    Retraining,
    Way,
    file_name,
    prepare,
    request,
)
from tunesmith.bot.datasets import Report
from tunesmith.bot.errors import JobError, UserError
from tunesmith.bot.jobs import Person, start
from tunesmith.bot.messages import Message, Rendered, StoredMessage, say
from tunesmith.bot.queue import Place, Work
from tunesmith.handlers.correction.card import Press
from tunesmith.handlers.correction.weekly import OfFile, offer
from tunesmith.handlers.dataset.tasks.written import attach_kept, keep_written, report_on_kept
from tunesmith.handlers.slack.blocks import section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import InThread, kinds
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage import corrections, datasets
from tunesmith.storage.corrections import Correction
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.jobs import Job

_ATTEMPTS = 6


class Training(InThread):
    """Who pressed what, on the card that is the message `thread`; `groups` are theirs."""

    team: str
    press: Press
    groups: list[str]


class Trained(InThread):
    """What came of it: the job, or why there is none; and the file, where one was written."""

    way: Way
    job_id: str | None = None
    dataset_id: str | None = None
    reason: StoredMessage | None = None


@kinds.task("correction.train", Training, place=Place.CHECK, attempts=_ATTEMPTS)
async def train(context: Context, work: Work[Training]) -> None:
    """Write the file, and start a job like the last one on it."""
    pressed = work.payload
    original = await context.dataset(pressed.press.dataset_id)
    job = await context.job(pressed.press.job_id)
    dataset: Dataset | None = None
    try:
        if original.deleted_at is not None:
            raise JobError(say("dataset.deleted", name=original.name))
        found = await _corrections(context, pressed)
        dataset = await _kept(context, work, original, job, found)
        if dataset is None:
            await _ask_again(work)
            return
        asked = request(
            context.services,
            job,
            dataset,
            Report.model_validate(dataset.report),
            of=work.task.key,
            person=Person(pressed.user, frozenset(pressed.groups)),
        )
        started = await start(context.services, asked)
    except UserError as refused:
        await _end(work, dataset_id=dataset.id if dataset else None, reason=refused.message)
        return
    await _end(work, dataset_id=dataset.id, job_id=started.id)


@train.when_given_up
async def _say_failed(_context: Context, work: Work[Training], reason: Message) -> None:
    await _end(work, reason=reason)


@kinds.task("correction.trained", Trained, place=Place.ATTACH)
async def tell_trained(context: Context, work: Work[Trained]) -> None:
    """Answer on the card, and attach the file in the thread of the model."""
    told, ref = work.payload, work.payload.ref
    text = await context.text_in(ref)
    dataset = await context.dataset(told.dataset_id) if told.dataset_id else None
    link = await context.permalinks.to(dataset.channel, dataset.thread) if dataset else None
    if told.reason is not None:
        words = text("correction.not_started", reason=told.reason)
    else:
        words = text("correction.started", user=told.user, id=told.job_id)
    if link:
        words += " " + text("correction.see_thread", link=Rendered(link))
    await context.outbox.post(work, work.task.key, ref, words, [section(words)])
    if dataset is not None:
        thread = ThreadRef(dataset.channel, dataset.thread, told.user)
        await attach_kept(context, work, thread, [dataset.id])
        await report_on_kept(work, thread, dataset.id)


async def _corrections(context: Context, pressed: Training) -> list[Correction]:
    """What is trained on: all that count, or the pairs of those that no model has seen."""
    press = pressed.press
    chosen = corrections.standing if press.way == "rows" else corrections.waiting
    async with context.services.database.read() as connection:
        found = await chosen(connection, pressed.team, pressed.channel, press.dataset_id)
    if not found:
        raise JobError(say("correction.none_left"))
    return found


async def _kept(
    context: Context, work: Work[Training], original: Dataset, job: Job, found: list[Correction]
) -> Dataset | None:
    """The new dataset, written once; None where its price is not the one that was shown."""
    files, press = context.services.settings.files, work.payload.press
    dataset_id = hashlib.sha256(f"{work.task.key}:file".encode()).hexdigest()[:12]
    async with context.services.database.read() as connection:
        known = await datasets.get(connection, dataset_id)
    if known is not None:  # an earlier try has come so far
        return known
    with tempfile.TemporaryDirectory(dir=files) as folder:
        out = Path(folder) / "training.jsonl"
        again = Retraining(original, job, press.way, found)
        prepared = await prepare(context.services, again, out)
        if prepared.usd != press.usd:
            return None
        await keep_written(context, out)
    dataset = _dataset(work, original, job, prepared, dataset_id)
    async with work.step() as connection:
        await datasets.add(connection, dataset)
        await corrections.note_used(connection, dataset.id, [one.id for one in found])
    return dataset


def _dataset(
    work: Work[Training], original: Dataset, job: Job, prepared: Prepared, dataset_id: str
) -> Dataset:
    way = work.payload.press.way
    return Dataset(
        id=dataset_id,
        team=original.team,
        channel=original.channel,
        thread=job.thread,
        file_id="",
        name=file_name(original, way),
        sha256=prepared.report.sha256,
        report=prepared.report.model_dump(mode="json"),
        created_by=work.payload.user,
        schema_sha256=original.schema_sha256,
        validation_id=original.validation_id if way == "rows" else None,
        corrected_from=original.id,
    )


async def _ask_again(work: Work[Training]) -> None:
    """Have a card with today's price posted."""
    pressed = work.payload
    about = OfFile(
        team=pressed.team,
        channel=pressed.channel,
        user=pressed.user,
        dataset_id=pressed.press.dataset_id,
    )
    async with work.finish() as connection:
        await offer.add(connection, about, of=work.task.key)
        await _tell(connection, work, reason=say("correction.price_changed"))


async def _end(
    work: Work[Training],
    *,
    job_id: str | None = None,
    dataset_id: str | None = None,
    reason: Message | None = None,
) -> None:
    async with work.finish() as connection:
        await _tell(connection, work, job_id=job_id, dataset_id=dataset_id, reason=reason)


async def _tell(
    connection: AsyncConnection,
    work: Work[Training],
    *,
    job_id: str | None = None,
    dataset_id: str | None = None,
    reason: Message | None = None,
) -> None:
    pressed = work.payload
    told = Trained(
        channel=pressed.channel,
        thread=pressed.thread,
        user=pressed.user,
        way=pressed.press.way,
        job_id=job_id,
        dataset_id=dataset_id,
        reason=reason,
    )
    await tell_trained.add(connection, told, of=work.task.key, lane=pressed.ref.attachments)
