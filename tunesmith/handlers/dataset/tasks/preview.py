"""Show what fixing a training file would change, before anything is written.

Task kinds: `fix.preview` (one per file: fixes it without writing) and `fix.previewed` (posts what
would change, with the button that has the fixed file written: see `fix.py`).
"""

from collections.abc import Collection

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.datasets.fix import FixResult, fix
from tunesmith.bot.datasets.rules import FIXABLE, FIXED_BY_DEFAULT
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.messages import Message, StoredMessage
from tunesmith.bot.queue import Place, Work
from tunesmith.handlers.dataset.changes import preview_blocks, preview_text
from tunesmith.handlers.dataset.tasks.fix import tell_fixed
from tunesmith.handlers.slack.blocks import section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import OfDataset, kinds
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage.datasets import Dataset


class PreviewRequest(OfDataset):
    """Who wants to see what can be fixed."""

    user: str


class Previewed(PreviewRequest):
    """What would be fixed, or why nothing can be.

    `removable` is how much each rule would remove that is only applied on request.
    """

    fixed: FixResult | None = None
    removable: dict[str, int] = Field(default_factory=dict[str, int])
    reason: StoredMessage | None = None


@kinds.task("fix.preview", PreviewRequest, place=Place.CHECK, attempts=6)
async def preview_fix(context: Context, work: Work[PreviewRequest]) -> None:
    """Find out what would change."""
    asked = work.payload
    dataset = await context.dataset(asked.dataset_id)
    on_request = (FIXABLE - FIXED_BY_DEFAULT) & dataset.report["counts"].keys()
    told = Previewed(dataset_id=dataset.id, user=asked.user)
    try:
        fixed = await _without_writing(context, dataset, FIXED_BY_DEFAULT)
        removable: dict[str, int] = {}
        if on_request:
            every = await _without_writing(context, dataset, FIXED_BY_DEFAULT | on_request)
            removable = {code: n for code, n in every.counts.items() if code in on_request}
        told = told.model_copy(update={"fixed": fixed, "removable": removable})
    except DatasetError as error:
        told = told.model_copy(update={"reason": error.message})
    async with work.finish() as connection:
        await _tell(connection, dataset, told)


async def _without_writing(context: Context, dataset: Dataset, codes: Collection[str]) -> FixResult:
    return await fix(
        context.services.processes,
        context.services.settings.files / dataset.sha256,
        name=dataset.name,
        selection=context.services.selection(),
        out=None,
        codes=codes,
    )


@preview_fix.when_given_up
async def _say_failed(context: Context, work: Work[PreviewRequest], reason: Message) -> None:
    asked = work.payload
    dataset = await context.dataset(asked.dataset_id)
    async with work.step() as connection:
        told = Previewed(dataset_id=dataset.id, user=asked.user, reason=reason)
        await _tell(connection, dataset, told)


async def _tell(connection: AsyncConnection, dataset: Dataset, told: Previewed) -> None:
    lane = ThreadRef(dataset.channel, dataset.thread, told.user).lane
    await tell_preview.add(connection, told, of=dataset.id, lane=lane)


@kinds.task("fix.previewed", Previewed, place=Place.TELL, pace=1)
async def tell_preview(context: Context, work: Work[Previewed]) -> None:
    """Post what would change, in the message that then says what was done."""
    said = work.payload
    dataset = await context.dataset(said.dataset_id)
    ref = ThreadRef(dataset.channel, dataset.thread, said.user)
    text = await context.text_in(ref)
    if said.fixed is None:
        words = text("dataset.fix_failed", name=dataset.name, reason=said.reason)
        blocks = [section(words)]
    else:
        words = preview_text(text, dataset.name, said.fixed, said.removable)
        blocks = preview_blocks(text, dataset.name, dataset.id, said.fixed, said.removable)
    await context.outbox.post(work, tell_fixed.key(dataset.id), ref, words, blocks)
