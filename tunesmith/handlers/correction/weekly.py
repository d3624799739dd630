"""Once a week, a channel is asked whether to train on what was corrected since the last time.

Task kinds: `correction.weekly` (one for each channel with corrections that wait, put off from week
to week), `correction.offer` (one for each file: prices the training) and `correction.card` (asks).
"""

import tempfile
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.answers.corrections.retraining import Retraining, corrected, prepare
from tunesmith.bot.answers.corrections.rows import preference_row
from tunesmith.bot.answers.corrections.week import last_call, next_call
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.messages import say
from tunesmith.bot.queue import Payload, Place, Work
from tunesmith.handlers.correction.card import Card, Offered, card_blocks, card_text
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import InThread, kinds
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage import clock, corrections, datasets, jobs
from tunesmith.storage.corrections import Correction

_ATTEMPTS = 6


class InChannel(Payload):
    """A channel with corrections; the card is in the language of `user`, who corrected first."""

    team: str
    channel: str
    user: str


class OfFile(InChannel):
    """The corrections of one file."""

    dataset_id: str


class Asking(InThread):
    """A card to be posted, or edited where it was."""

    key: str
    card: Card


async def ask_weekly(connection: AsyncConnection, correction: Correction) -> None:
    """Have the channel of a correction asked from now on, in the transaction that writes it."""
    about = InChannel(team=correction.team, channel=correction.channel, user=correction.author)
    await weekly.add_again(connection, about, of=f"{correction.team}:{correction.channel}")


async def ask_now(connection: AsyncConnection, team: str, channel: str, user: str) -> bool:
    """Have a channel asked now, because `user` wants it. False where nothing waits."""
    about = InChannel(team=team, channel=channel, user=user)
    found = await corrections.waiting(connection, team, channel)
    now = await clock.read(connection)
    await _offer(connection, about, found, {one.dataset_id for one in found}, f"{now:.3f}")
    return bool(found)


@kinds.task("correction.weekly", InChannel, place=Place.FOLLOW)
async def weekly(context: Context, work: Work[InChannel]) -> None:
    """Have the card made where something came since the last one; come back in a week."""
    about, quiet = work.payload, context.services.settings.quiet_hours
    async with work.finish() as connection:
        now = await clock.read(connection)
        due = last_call(now, quiet)
        found = await corrections.waiting(connection, about.team, about.channel)
        new = {
            one.dataset_id
            for one in found
            if one.offered_at is None and (one.taken_at or due) < due
        }
        await _offer(connection, about, found, new, f"{due:.0f}")
        if found:
            await work.repeat(connection, max(1.0, next_call(now, quiet) - now))


async def _offer(
    connection: AsyncConnection,
    about: InChannel,
    waiting: list[Correction],
    files: set[str],
    occasion: str,
) -> None:
    """Have a card made for each of these files, once for each occasion."""
    for dataset_id in sorted(files):
        of_file = OfFile(**about.model_dump(), dataset_id=dataset_id)
        await offer.add(connection, of_file, of=f"{dataset_id}:{occasion}")
        ids = [one.id for one in waiting if one.dataset_id == dataset_id]
        await corrections.note_offered(connection, ids)


@kinds.task("correction.offer", OfFile, place=Place.CHECK, attempts=_ATTEMPTS)
async def offer(context: Context, work: Work[OfFile]) -> None:
    """Write the file that would be trained on, to know its price."""
    about = work.payload
    card = await _card(context, about)
    if card is None:
        return
    asking = Asking(
        channel=about.channel, thread=None, user=about.user, key=work.task.key, card=card
    )
    lane = ThreadRef(about.channel, None, about.user).lane
    async with work.finish() as connection:
        await show_card.add(connection, asking, of=work.task.key, lane=lane)


@kinds.task("correction.card", Asking, place=Place.TELL, pace=1)
async def show_card(context: Context, work: Work[Asking]) -> None:
    """Post the card when nobody is disturbed by it."""
    await context.outside_quiet_hours()
    asking = work.payload
    text = await context.text_in(asking.ref)
    words, blocks = card_text(text, asking.card), card_blocks(text, asking.card)
    await context.outbox.put(work, asking.key, asking.ref, words, blocks)


async def _card(context: Context, about: OfFile) -> Card | None:
    """The card, or None where nothing waits any more."""
    services = context.services
    async with services.database.read() as connection:
        waiting = await corrections.waiting(connection, about.team, about.channel, about.dataset_id)
        standing = await corrections.standing(
            connection, about.team, about.channel, about.dataset_id
        )
        original = await datasets.get(connection, about.dataset_id)
        job_id = await corrections.newest_job(connection, about.dataset_id)
        job = await jobs.get(connection, job_id or standing[-1].job_id) if standing else None
    if not waiting or original is None or job is None:
        return None
    provider = services.catalogue.providers[job.provider]
    card = Card(
        dataset_id=original.id,
        job_id=job.id,
        file=original.name,
        model=job.fine_tuned_model or job.base_model,
        provider=provider.title,
        count=len(waiting),
        continues=provider.continues,
    )
    if original.deleted_at is not None:
        return card.model_copy(update={"reason": say("dataset.deleted", name=card.file)})
    entry = provider.model(job.base_model)
    takes_pairs = entry and "dpo" in (*entry.methods, *entry.methods_after_tuning)
    # Behind earlier answers there are none: such a file would be empty.
    paired = [one for one in waiting if takes_pairs and preference_row(corrected(one))]
    try:
        offered = [await _offered(context, Retraining(original, job, "rows", standing))]
        if paired:
            offered.append(await _offered(context, Retraining(original, job, "pairs", paired)))
    except DatasetError as error:
        return card.model_copy(update={"reason": error.message})
    return card.model_copy(update={"offered": offered})


async def _offered(context: Context, again: Retraining) -> Offered:
    with tempfile.TemporaryDirectory(dir=context.services.settings.files) as folder:
        prepared = await prepare(context.services, again, Path(folder) / "training.jsonl")
    written = prepared.written
    return Offered(
        way=again.way,
        rows=written.rows,
        added=written.added,
        left=written.left,
        usd=prepared.usd,
        refused=prepared.refused,
    )
