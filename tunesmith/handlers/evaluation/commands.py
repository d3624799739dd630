"""`/tune eval` and `/tune replay`: a tuned model is measured."""

import uuid
from dataclasses import replace

from tunesmith.bot.answers.evaluation.golden import golden_of, held_out, measured, origin_of
from tunesmith.bot.answers.evaluation.start import EvaluationRequest, request
from tunesmith.bot.answers.model import not_deployed
from tunesmith.bot.errors import JobError
from tunesmith.bot.messages import Rendered, say
from tunesmith.handlers.evaluation.card import OfEvaluation
from tunesmith.handlers.evaluation.tasks import prepare
from tunesmith.handlers.job.commands.files import file_meant
from tunesmith.handlers.job.commands.subcommand import Asked, choose, jobs_meant
from tunesmith.handlers.slack.replies import Reply, plain_reply
from tunesmith.storage.evaluations import EvaluationKind
from tunesmith.storage.jobs import Job


async def evaluate(asked: Asked) -> Reply:
    """Read the rows that a model is to be measured on; the thread says what that costs."""
    job, name = await _model_and_file(asked)
    if not isinstance(job, Job):
        return job
    async with asked.context.services.database.read() as connection:
        dataset_id = await held_out(connection, job)
    if name:
        dataset = await file_meant(replace(asked, rest=name))
        if dataset is None:
            raise JobError(say("dataset.not_found", name=name))
        dataset_id = dataset.id
    if dataset_id is None:
        raise JobError(say("evaluation.nothing_held_out", model=job.asked_as or "", id=job.id))
    return await _ask_for(asked, EvaluationRequest(job, dataset_id, asked.ref.user))


async def replay(asked: Asked) -> Reply:
    """Measure a model by the golden answers of the one before it."""
    job = await choose(asked, "replay", _has_model, "model.list_none")
    if not isinstance(job, Job):
        return job
    async with asked.context.services.database.read() as connection:
        before = await origin_of(connection, job)
        if before is None:
            for older in await jobs_meant(replace(asked, rest="")):
                if older.id != job.id and (before := await golden_of(connection, older.id)):
                    break
    if before is None:
        raise JobError(say("evaluation.no_golden", model=job.asked_as or ""))
    wanted = EvaluationRequest(
        job, before.dataset_id, asked.ref.user, kind=EvaluationKind.REPLAY, against=before.id
    )
    return await _ask_for(asked, wanted)


async def _ask_for(asked: Asked, wanted: EvaluationRequest) -> Reply:
    job, services = wanted.job, asked.context.services
    _check(asked, job)
    await asked.context.people.require_colleague(asked.ref.user)
    async with services.database.write() as connection:
        evaluation = await request(
            connection, wanted, measured(services, job), f"asked:{uuid.uuid4().hex}"
        )
        about = OfEvaluation(evaluation_id=evaluation.id)
        await prepare.add(connection, about, of=evaluation.id)
    link = await asked.context.permalinks.to(job.channel, job.thread)
    key = "evaluation.being_read" if link else "evaluation.being_read_unlinked"
    return plain_reply(asked.text(key, model=job.fine_tuned_model, link=Rendered(link or "")))


def _check(asked: Asked, job: Job) -> None:
    """Raise JobError where a job's model can't be asked."""
    if job.fine_tuned_model is None:
        raise JobError(say("model.none"))
    if job.deleted_at is not None:
        raise JobError(say("model.deleted_already", model=job.fine_tuned_model))
    undeployed = not_deployed(asked.context.services, job)
    if undeployed is not None:
        raise JobError(undeployed)


async def _model_and_file(asked: Asked) -> tuple[Job | Reply, str]:
    """Whose model is meant, and what stands behind its name: a file."""
    first, _, rest = asked.rest.partition(" ")
    if first:
        try:
            return (await jobs_meant(replace(asked, rest=first)))[0], rest.strip().strip("`")
        except JobError:
            rest = asked.rest.strip("`")
    return await choose(replace(asked, rest=""), "eval", _has_model, "model.list_none"), rest


def _has_model(job: Job) -> bool:
    return job.fine_tuned_model is not None and job.deleted_at is None
