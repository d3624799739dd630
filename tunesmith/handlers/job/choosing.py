"""Somebody looks at a job's checkpoints, and chooses which of its models answers.

Task kinds: `job.use` (the chosen model is asked once before it is used) and `job.chosen` (a short
reply in the thread).
"""

from tunesmith.bot.answers.confirming import confirm
from tunesmith.bot.errors import JobError, ProviderBusyError, ProviderError
from tunesmith.bot.jobs.checkpoints import require_use, use
from tunesmith.bot.jobs.kinds import OfJob
from tunesmith.bot.messages import Message, Rendered, say
from tunesmith.bot.queue import Place, Work
from tunesmith.handlers.job.blocks import CHECKPOINTS
from tunesmith.handlers.job.checkpoint_table import MOST_USE, USE
from tunesmith.handlers.job.reader import reader_of
from tunesmith.handlers.job.tasks import show_progress
from tunesmith.handlers.job.tasks.checkpoints import checkpoints_message, tell_checkpoints
from tunesmith.handlers.job.tasks.showing import checkpoints_key, thread_of
from tunesmith.handlers.slack.blocks import section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.interactions import Interactions
from tunesmith.handlers.slack.kinds import kinds
from tunesmith.handlers.slack.payloads import ActionBody
from tunesmith.handlers.slack.replies import beside, plain_reply, screen_of, show
from tunesmith.storage.jobs import Job


class Chosen(OfJob):
    """A model of a job that somebody wants to be asked."""

    model: str
    user: str


def register(interactions: Interactions) -> None:
    """Listen to the buttons."""
    interactions.action(CHECKPOINTS, _show)
    for place in range(MOST_USE):
        interactions.action(f"{USE}_{place}", _use)


async def _show(context: Context, body: ActionBody) -> None:
    """Post the table in the job's thread; where it stands, bring it up to date and lead there. Who
    looks at a job alone sees it in the place of the card.
    """
    if body.container.is_ephemeral:
        job = await context.job_seen(body.where, body.user.id, body.value)
        text, reader = await context.text(body.user.id), await reader_of(context, body.user.id)
        reply = await checkpoints_message(context, text, job, reader)
        await show(context, await screen_of(context, body), reply)
        return
    job = await context.job_at(body.where, body.value)
    table = await context.outbox.posted(checkpoints_key(job))
    async with context.services.database.write() as connection:
        await tell_checkpoints.add_again(connection, OfJob(job_id=job.id), of=job.told_as)
    if table is not None:
        link = await context.permalinks.to(job.channel, table)
        key = "checkpoint.stands_above" if link else "checkpoint.stands_unlinked"
        words = (await context.text(body.user.id))(key, link=Rendered(link or ""))
        await show(context, beside(body), plain_reply(words))


async def _use(context: Context, body: ActionBody) -> None:
    job_id, _, model = body.value.partition(" ")
    job = await context.job_at(body.where, job_id)
    person = await context.people.person(body.user.id)
    await require_use(context.services, job, model, person)
    about = Chosen(job_id=job.id, model=model, user=person.id)
    async with context.services.database.write() as connection:
        await use_model.add(connection, about, of=f"{job.id}:{body.trigger_id}")


@kinds.task("job.use", Chosen, place=Place.ASK)
async def use_model(context: Context, work: Work[Chosen]) -> None:
    """Use the model, if it answers; then the table and the card show it."""
    chosen, job = work.payload, await context.job(work.payload.job_id)
    try:
        await confirm(context.services, job, chosen.model)
        async with work.finish() as connection:
            await use(connection, job.id, chosen.model, chosen.user)
            about = OfJob(job_id=job.id)
            await tell_checkpoints.add_again(connection, about, of=job.told_as)
            await show_progress.add_again(connection, about, of=job.id)
            await tell_chosen.add(connection, chosen, of=work.task.key)
    except ProviderBusyError:
        raise
    except (ProviderError, JobError) as error:
        await _say_unused(context, work, error.message)


@use_model.when_given_up
async def _say_unused(context: Context, work: Work[Chosen], reason: Message) -> None:
    said = say("checkpoint.unused", model=work.payload.model, reason=reason)
    await _reply(context, work, await context.job(work.payload.job_id), said)


@kinds.task("job.chosen", Chosen, place=Place.TELL)
async def tell_chosen(context: Context, work: Work[Chosen]) -> None:
    """Tell who chose which model."""
    said = say("checkpoint.used", user=work.payload.user, model=work.payload.model)
    await _reply(context, work, await context.job(work.payload.job_id), said)


async def _reply(context: Context, work: Work[Chosen], job: Job, said: Message) -> None:
    words = (await context.text_in(thread_of(job)))(said)
    await context.outbox.post(work, work.task.key, thread_of(job), words, [section(words)])
