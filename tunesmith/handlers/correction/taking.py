"""A correction is checked, and counts from then on; or its author is told what stands against it.

Task kind: `correction.check` (one for each correction).
"""

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.answers.corrections.objections import Objections, objections
from tunesmith.bot.answers.corrections.retraining import corrected
from tunesmith.bot.datasets import Report
from tunesmith.bot.ddl.model import Schema
from tunesmith.bot.errors import SchemaError
from tunesmith.bot.messages import Message, to_stored
from tunesmith.bot.queue import Place, Work
from tunesmith.handlers.correction.telling import OfCorrection, tell_all
from tunesmith.handlers.correction.weekly import ask_weekly
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import kinds
from tunesmith.storage import audit, corrections
from tunesmith.storage.corrections import Correction
from tunesmith.storage.datasets import Dataset

_ATTEMPTS = 6


async def give(connection: AsyncConnection, correction: Correction) -> None:
    """Write a correction and have it checked; what its author wrote before that does not count
    yet, it takes the place of.
    """
    author, key = correction.author, correction.answer_key
    for earlier in await corrections.not_taken(connection, author, key):
        await corrections.withdraw(connection, earlier.id)
        await tell_all(connection, earlier, happened="rewritten")
    await corrections.add(connection, correction)
    await check.add(connection, OfCorrection(correction_id=correction.id), of=correction.id)


async def take(connection: AsyncConnection, correction: Correction) -> bool:
    """Let a correction count, in the place of the one before. False where it does already."""
    before = await corrections.of_answer(connection, correction.answer_key)
    if not await corrections.take(connection, correction.id):
        return False
    await note(connection, correction, correction.author, "correct")
    await tell_all(connection, before, happened=f"replaced:{correction.id}")
    await tell_all(connection, correction, happened="taken")
    await ask_weekly(connection, correction)
    return True


async def withdraw(connection: AsyncConnection, correction: Correction, person: str) -> None:
    """Let a correction count no more; the one before it counts again."""
    if not await corrections.withdraw(connection, correction.id):
        return
    await note(connection, correction, person, "withdraw")
    stands = await corrections.of_answer(connection, correction.answer_key)
    await tell_all(connection, correction, stands, happened=f"withdrawn:{correction.id}")


async def note(
    connection: AsyncConnection, correction: Correction, person: str, action: str
) -> None:
    """Write down what somebody has done with a correction."""
    await audit.add(
        connection,
        team=correction.team,
        channel=correction.channel,
        person=person,
        action=action,
        subject=correction.id,
    )


@kinds.task("correction.check", OfCorrection, place=Place.CHECK, attempts=_ATTEMPTS)
async def check(context: Context, work: Work[OfCorrection]) -> None:
    """Check it as training files are checked, and against the schema of its file."""
    async with context.services.database.read() as connection:
        correction = await corrections.get(connection, work.payload.correction_id)
    assert correction is not None
    if correction.withdrawn_at is not None:
        return
    original = await context.dataset(correction.dataset_id)
    kind = Report.model_validate(original.report).format
    schema = await _schema_of(context, original)
    found = await objections(context.services, corrected(correction), kind, schema)
    async with work.finish() as connection:
        await _judge(connection, correction, found)


async def _schema_of(context: Context, dataset: Dataset) -> Schema | None:
    """The schema that a data set was made from; None where there is none, or it was deleted."""
    if dataset.schema_sha256 is None:
        return None
    try:
        return await context.schema(dataset.schema_sha256)
    except SchemaError:
        return None


@check.when_given_up
async def _say_failed(context: Context, work: Work[OfCorrection], reason: Message) -> None:
    """What could not be checked is not taken unseen: its author decides."""
    async with context.services.database.read() as connection:
        correction = await corrections.get(connection, work.payload.correction_id)
    assert correction is not None
    async with work.step() as connection:
        await _judge(connection, correction, Objections(said=reason))


async def _judge(connection: AsyncConnection, correction: Correction, found: Objections) -> None:
    against = found.refused or found.said
    if against is None:
        await take(connection, correction)
        return
    kept = found.refused is None
    await corrections.object_to(connection, correction.id, to_stored(against), can_be_kept=kept)
    await tell_all(connection, correction, happened="held")
