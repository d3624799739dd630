"""Fix a training file: write a corrected one beside it, and attach that.

Task kinds: `fix` (one per file: writes the corrected one, as it was shown: see `preview.py`) and
`fix.told` (says in the preview what was done and attaches the file; it is then checked as any
attached file is). The original is never changed.
"""

import asyncio
import uuid
from pathlib import Path, PurePath

from pydantic import AliasChoices, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.datasets.fix import FixResult, fix
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.messages import Message, StoredMessage
from tunesmith.bot.queue import Place, Work
from tunesmith.handlers.dataset.changes import fixed_blocks, fixed_text, has_diff
from tunesmith.handlers.dataset.tasks.written import attach_written, keep_written
from tunesmith.handlers.slack.blocks import section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import OfDataset, kinds
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.handlers.slack.uploads import upload
from tunesmith.storage.datasets import Dataset


class FixRequest(OfDataset):
    """Who wants a file fixed; `codes` are the rules whose fixes are applied.

    Requests of earlier versions name none: those that need not be asked for are applied.
    """

    user: str
    codes: list[str] | None = None


class Fixed(OfDataset):
    """What came of it: what was fixed and the corrected file, or why there is none."""

    user: str
    fixed: FixResult | None = Field(default=None, validation_alias=AliasChoices("fixed", "repair"))
    sha256: str | None = None
    reason: StoredMessage | None = None


@kinds.task("fix", FixRequest, place=Place.CHECK, attempts=6)
async def fix_file(context: Context, work: Work[FixRequest]) -> None:
    """Write the corrected file."""
    asked = work.payload
    dataset = await context.dataset(asked.dataset_id)
    folder = context.services.settings.files
    unfinished = folder / f"{uuid.uuid4().hex}.part"
    try:
        fixed = await fix(
            context.services.processes,
            folder / dataset.sha256,
            name=dataset.name,
            selection=context.services.selection(),
            out=unfinished,
            codes=asked.codes,
            diff=_diff(context, dataset),
        )
        sha256 = await keep_written(context, unfinished) if fixed.counts else None
    except DatasetError as error:
        async with work.finish() as connection:
            await _tell(connection, dataset, work.payload, reason=error.message)
        return
    finally:
        await asyncio.to_thread(unfinished.unlink, missing_ok=True)
    async with work.finish() as connection:
        await _tell(connection, dataset, work.payload, fixed=fixed, sha256=sha256)


@fix_file.when_given_up
async def _say_failed(context: Context, work: Work[FixRequest], reason: Message) -> None:
    dataset = await context.dataset(work.payload.dataset_id)
    async with work.step() as connection:
        await _tell(connection, dataset, work.payload, reason=reason)


def _diff(context: Context, dataset: Dataset) -> Path:
    """Where the complete diff waits until it is attached: the same at every try."""
    return context.services.settings.files / f"{dataset.id}.diff"


async def _tell(
    connection: AsyncConnection,
    dataset: Dataset,
    asked: FixRequest,
    *,
    fixed: FixResult | None = None,
    sha256: str | None = None,
    reason: Message | None = None,
) -> None:
    told = Fixed(dataset_id=dataset.id, user=asked.user, fixed=fixed, sha256=sha256, reason=reason)
    lane = ThreadRef(dataset.channel, dataset.thread, asked.user).attachments
    await tell_fixed.add(connection, told, of=dataset.id, lane=lane)


@kinds.task("fix.told", Fixed, place=Place.ATTACH)
async def tell_fixed(context: Context, work: Work[Fixed]) -> None:
    """Say in the preview what was fixed, attach the corrected file, and have it checked."""
    said = work.payload
    dataset = await context.dataset(said.dataset_id)
    ref = ThreadRef(dataset.channel, dataset.thread, said.user)
    text = await context.text_in(ref)
    if said.fixed is None:
        words = text("dataset.fix_failed", name=dataset.name, reason=said.reason)
        await context.outbox.put(work, work.task.key, ref, words, [section(words)])
        return
    words = fixed_text(text, dataset.name, said.fixed)
    blocks = fixed_blocks(text, dataset.name, said.fixed)
    await context.outbox.put(work, work.task.key, ref, words, blocks)
    diff = _diff(context, dataset)
    if has_diff(said.fixed) and await asyncio.to_thread(diff.exists):
        name = f"{PurePath(dataset.name).stem}-{dataset.id[:6]}.diff"
        title = text.plain("dataset.diff_title", name=dataset.name)
        await upload(context, work, ref, name=name, content=diff, title=title)
    if said.sha256 is not None:
        await attach_written(
            context, work, dataset, user=said.user, name=said.fixed.name, sha256=said.sha256
        )
    await asyncio.to_thread(diff.unlink, missing_ok=True)
