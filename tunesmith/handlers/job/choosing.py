"""Somebody looks at a job's checkpoints, and chooses which of its models answers."""

from tunesmith.bot.jobs.checkpoints import use
from tunesmith.bot.jobs.kinds import OfJob
from tunesmith.handlers.job.blocks import CHECKPOINTS
from tunesmith.handlers.job.checkpoint_table import MOST_USE, USE
from tunesmith.handlers.job.tasks.checkpoints import tell_checkpoints
from tunesmith.handlers.job.tasks.told import tell_model
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.interactions import Interactions
from tunesmith.handlers.slack.payloads import ActionBody


def register(interactions: Interactions) -> None:
    """Listen to the buttons."""
    interactions.action(CHECKPOINTS, _show)
    for place in range(MOST_USE):
        interactions.action(f"{USE}_{place}", _use)


async def _show(context: Context, body: ActionBody) -> None:
    job = await context.job_at(body.where, body.value)
    async with context.services.database.write() as connection:
        await tell_checkpoints.add_again(connection, OfJob(job_id=job.id), of=job.told_as)


async def _use(context: Context, body: ActionBody) -> None:
    job_id, _, model = body.value.partition(" ")
    job = await context.job_at(body.where, job_id)
    person = await context.people.person(body.user.id)
    await use(context.services, job, model, person)
    async with context.services.database.write() as connection:
        await tell_checkpoints.add_again(connection, OfJob(job_id=job.id), of=job.told_as)
        await tell_model(connection, job, person.id, model, of=body.trigger_id)
