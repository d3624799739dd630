"""Fix a training file: write a corrected one beside it, and attach that.

Task kinds: `fix` (one per file: writes the corrected one) and `fix.told` (tells what was fixed and
attaches it; it is then checked as any attached file is). The original is never changed.
"""

import asyncio
import uuid
from pathlib import Path, PurePath

from pydantic import AliasChoices, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.datasets import reading
from tunesmith.bot.datasets.fix import FixResult, fix
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.messages import Message, StoredMessage
from tunesmith.bot.queue import Place, Work
from tunesmith.handlers.dataset.blocks import fixed_blocks, fixed_text
from tunesmith.handlers.dataset.tasks.check import AttachedFile, check_file, check_lane
from tunesmith.handlers.slack.blocks import section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import TELL_ATTEMPTS, OfDataset, kinds
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.handlers.slack.uploads import upload
from tunesmith.storage.datasets import Dataset


class FixRequest(OfDataset):
    """Who wants a file fixed."""

    user: str


class Fixed(FixRequest):
    """What came of it: what was fixed and the corrected file, or why there is none."""

    fixed: FixResult | None = Field(default=None, validation_alias=AliasChoices("fixed", "repair"))
    sha256: str | None = None
    reason: StoredMessage | None = None


@kinds.task("fix", FixRequest, place=Place.CHECK, attempts=6)
async def fix_file(context: Context, work: Work[FixRequest]) -> None:
    """Write the corrected file."""
    dataset = await context.dataset(work.payload.dataset_id)
    folder = context.services.settings.files
    unfinished = folder / f"{uuid.uuid4().hex}.part"
    try:
        fixed = await fix(
            context.services.processes,
            folder / dataset.sha256,
            name=dataset.name,
            selection=context.services.selection(),
            out=unfinished,
        )
        sha256 = await asyncio.to_thread(_keep, unfinished, folder) if fixed.counts else None
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


def _keep(file: Path, folder: Path) -> str:
    sha256 = reading.sha256(file)
    file.replace(folder / sha256)
    return sha256


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
    lane = ThreadRef(dataset.channel, dataset.thread, asked.user).lane
    await tell_fixed.add(connection, told, of=dataset.id, lane=lane)


@kinds.task("fix.told", Fixed, place=Place.TELL, attempts=TELL_ATTEMPTS, pace=1)
async def tell_fixed(context: Context, work: Work[Fixed]) -> None:
    """Tell what was fixed, attach the corrected file, and have it checked."""
    said = work.payload
    dataset = await context.dataset(said.dataset_id)
    ref = ThreadRef(dataset.channel, dataset.thread, said.user)
    text = await context.text_in(ref)
    if said.fixed is None:
        words = text("dataset.fix_failed", name=dataset.name, reason=said.reason)
        await context.outbox.post(work, work.task.key, ref, words, [section(words)])
        return
    words = fixed_text(text, dataset.name, said.fixed)
    blocks = fixed_blocks(text, dataset.name, said.fixed)
    await context.outbox.post(work, work.task.key, ref, words, blocks)
    if said.sha256 is None:
        return
    content = context.services.settings.files / said.sha256
    name = f"{PurePath(dataset.name).stem}-{dataset.id[:6]}.fixed.jsonl"
    await upload(context, work, ref, name=name, content=content, title=said.fixed.name)
    corrected = AttachedFile(
        channel=dataset.channel,
        thread=dataset.thread,
        user=said.user,
        source=work.task.key,
        team=dataset.team,
        file="",
        name=said.fixed.name,
        sha256=said.sha256,
    )
    async with work.finish() as connection:
        await check_file.add(connection, corrected, of=work.task.key, lane=check_lane(ref))
