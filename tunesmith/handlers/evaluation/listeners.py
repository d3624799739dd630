"""Somebody agrees to an evaluation or ends one; golden answers are recorded after a job."""

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.answers.evaluation.golden import record
from tunesmith.bot.answers.evaluation.start import agree, cancel
from tunesmith.bot.errors import JobError
from tunesmith.bot.messages import say
from tunesmith.handlers.evaluation import attached, disputes
from tunesmith.handlers.evaluation.blocks import ALONE, CANCEL, EXPORT, START
from tunesmith.handlers.evaluation.card import OfEvaluation, tell_of
from tunesmith.handlers.evaluation.files import export
from tunesmith.handlers.evaluation.tasks import evaluate, prepare
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.inbox import Inbox
from tunesmith.handlers.slack.interactions import Interactions
from tunesmith.handlers.slack.payloads import ActionBody
from tunesmith.storage import evaluations
from tunesmith.storage.evaluation_values import Evaluation
from tunesmith.storage.jobs import Job, JobStatus


def register(interactions: Interactions, inbox: Inbox) -> None:
    """Listen to the buttons of an evaluation's card, and to files that are to be evaluated on."""
    attached.register(inbox)
    interactions.action(START, _start)
    interactions.action(f"{START}_{ALONE}", _start)
    interactions.action(CANCEL, _cancel)
    interactions.action(EXPORT, _export)
    disputes.register(interactions)


def subscribe(context: Context) -> None:
    """Let golden answers be recorded when a job has succeeded."""

    async def on_ended(connection: AsyncConnection, job: Job) -> None:
        if job.status is not JobStatus.SUCCEEDED:
            return
        evaluation = await record(context.services, connection, job)
        if evaluation is not None:
            about = OfEvaluation(evaluation_id=evaluation.id)
            await prepare.add(connection, about, of=evaluation.id)

    context.services.job_events.ended.subscribe(on_ended)


async def _start(context: Context, body: ActionBody) -> None:
    """Let models be asked. Raises NotAllowedError, BudgetError, JobError."""
    evaluation_id, _, alone = body.value.partition(" ")
    evaluation = await _named(context, body, evaluation_id)
    person = await context.people.person(body.user.id)
    labels = ("tuned", "golden") if alone else None
    async with context.services.database.write() as connection:
        if await agree(context.services, connection, evaluation.id, person, labels):
            about = OfEvaluation(evaluation_id=evaluation.id)
            await evaluate.add(connection, about, of=evaluation.id)
            await tell_of(connection, evaluation)


async def _cancel(context: Context, body: ActionBody) -> None:
    evaluation = await _named(context, body, body.value)
    person = await context.people.person(body.user.id)
    async with context.services.database.write() as connection:
        await cancel(context.services, connection, evaluation.id, person)
        await tell_of(connection, evaluation)


async def _export(context: Context, body: ActionBody) -> None:
    evaluation = await _named(context, body, body.value)
    await context.people.require_colleague(body.user.id)
    async with context.services.database.write() as connection:
        about = OfEvaluation(evaluation_id=evaluation.id)
        await export.add_again(connection, about, of=evaluation.id)


async def _named(context: Context, body: ActionBody, evaluation_id: str) -> Evaluation:
    """The evaluation that a button names. Raises JobError where this person does not see it."""
    async with context.services.database.read() as connection:
        found = await evaluations.get(connection, evaluation_id)
    if found is None:
        raise JobError(say("evaluation.not_known"))
    await context.job_seen(body.where, body.user.id, found.job_id)
    return found
