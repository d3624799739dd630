"""A correction in the thread of its answer.

Task kind: `correction.tell` (one for each thing that becomes of a correction).
"""

from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.answers.corrections.rows import as_text
from tunesmith.bot.errors import TunesmithError
from tunesmith.bot.messages import Text
from tunesmith.bot.queue import Payload, Place, Work
from tunesmith.bot.sql import check_answer
from tunesmith.handlers.correction.blocks import corrected_blocks, held_blocks
from tunesmith.handlers.schema.blocks import check_blocks
from tunesmith.handlers.slack.blocks import Block, section
from tunesmith.handlers.slack.blocks import context as small_print
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import kinds
from tunesmith.handlers.slack.mrkdwn import escape, shorten
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage import corrections, datasets
from tunesmith.storage.corrections import Correction

_MOST_PLAIN = 3_000


class OfCorrection(Payload):
    """A correction of which something is to be told."""

    correction_id: str


async def tell_all(connection: AsyncConnection, *given: Correction | None, happened: str) -> None:
    """Have it told in their threads what has become of corrections; `happened` names why."""
    for one in given:
        if one is not None:
            lane = ThreadRef(one.asked_channel, one.asked_thread, one.author).lane
            about = OfCorrection(correction_id=one.id)
            await tell.add(connection, about, of=f"{one.id}:{happened}", lane=lane)


@kinds.task("correction.tell", OfCorrection, place=Place.TELL, pace=1)
async def tell(context: Context, work: Work[OfCorrection]) -> None:
    """Show a correction in its thread, by one message that is brought up to date."""
    async with context.services.database.read() as connection:
        given = await corrections.get(connection, work.payload.correction_id)
        assert given is not None
        stands = await corrections.of_answer(connection, given.answer_key)
        original = await datasets.get(connection, given.dataset_id)
    ref = ThreadRef(given.asked_channel, given.asked_thread, given.author)
    text = await context.text_in(ref)
    who = await context.people.name(given.author) or given.author
    if given.withdrawn_at is not None:
        words = text("correction.withdrawn", who=who)
        blocks = [section(words)]
    elif given.taken_at is None:
        words, blocks = text("correction.held_plain", who=who), held_blocks(text, given, who)
    elif stands is None or stands.id != given.id:
        words = text("correction.replaced", who=who)
        blocks = [section(words)]
    else:
        schema = original.schema_sha256 if original else None
        checked = await _checked(context, text, schema, as_text(given.preferred))
        words = f"{text('correction.corrected', who=who)}\n{escape(as_text(given.preferred))}"
        blocks = corrected_blocks(text, given, who, sql=schema is not None, checked=checked)
    key = f"corrected:{given.id}"
    await context.outbox.put(work, key, ref, shorten(words, _MOST_PLAIN), blocks)


async def _checked(context: Context, text: Text, sha256: str | None, answer: str) -> list[Block]:
    if sha256 is None:
        return []
    try:
        schema = await context.schema(sha256)
        check = await context.services.processes.run(partial(check_answer, answer, schema))
    except (TunesmithError, OSError):
        return [small_print(text("answer.unchecked"))]
    return check_blocks(text, check)
