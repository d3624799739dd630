"""`/tune eval` and `/tune replay`: a tuned model, or a checkpoint, is measured."""

import uuid
from dataclasses import replace
from typing import NamedTuple

from tunesmith.bot.answers.evaluation.golden import golden_of, held_out, origin_of
from tunesmith.bot.answers.evaluation.start import EvaluationRequest, request
from tunesmith.bot.answers.model import AskedModel, checkpoint_model, obstacle, tuned_model
from tunesmith.bot.errors import JobError
from tunesmith.bot.messages import Rendered, say
from tunesmith.handlers.evaluation.card import OfEvaluation
from tunesmith.handlers.evaluation.tasks import prepare
from tunesmith.handlers.job.commands.files import file_meant
from tunesmith.handlers.job.commands.subcommand import Asked, choose, jobs_meant
from tunesmith.handlers.slack.replies import Reply, plain_reply
from tunesmith.storage import checkpoints
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.evaluation_values import EvaluationKind
from tunesmith.storage.jobs import Job


class _Meant(NamedTuple):
    """The model that is meant, and the job that trained it."""

    job: Job
    model: AskedModel


async def evaluate(asked: Asked) -> Reply:
    """Read the rows that a model is to be measured on; the thread says what that costs."""
    found, name = await _model_and_file(asked)
    if not isinstance(found, _Meant):
        return found
    job, model = found
    async with asked.context.services.database.read() as connection:
        dataset_id = await held_out(connection, job)
    if name:
        dataset = await file_meant(replace(asked, rest=name))
        if dataset is None:
            raise JobError(say("dataset.not_found", name=name))
        dataset_id = dataset.id
    if dataset_id is None:
        raise JobError(say("evaluation.nothing_held_out", model=model.shown, id=job.id))
    return await _ask_for(asked, EvaluationRequest(job, model, dataset_id, asked.ref.user))


async def evaluate_on(asked: Asked, dataset: Dataset) -> Reply:
    """Measure a model on the rows of a file, once; all that was typed may name the model."""
    name = asked.rest
    found = await _model_meant(asked, name) if name else None
    if found is None and name and " " not in name:
        raise JobError(say("job.not_found", id=name))
    found = found or await _own_model(asked, dataset.id)
    if not isinstance(found, _Meant):
        return found
    job, model = found
    wanted = EvaluationRequest(job, model, dataset.id, asked.ref.user)
    return await _ask_for(asked, wanted, of=f"attached:{dataset.id}")


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
        job,
        tuned_model(asked.context.services, job),
        before.dataset_id,
        asked.ref.user,
        kind=EvaluationKind.REPLAY,
        against=before.id,
    )
    return await _ask_for(asked, wanted)


async def _ask_for(asked: Asked, wanted: EvaluationRequest, of: str | None = None) -> Reply:
    """Write what is to be evaluated; what `of` names is written once."""
    job, model, services = wanted.job, wanted.model, asked.context.services
    if not model.name:
        raise JobError(say("model.none"))
    against = obstacle(services, model, job)
    if against is not None:
        raise JobError(against)
    await asked.context.people.require_colleague(asked.ref.user)
    async with services.database.write() as connection:
        evaluation = await request(connection, wanted, of or f"asked:{uuid.uuid4().hex}")
        about = OfEvaluation(evaluation_id=evaluation.id)
        await prepare.add(connection, about, of=evaluation.id)
    link = await asked.context.permalinks.to(job.channel, job.thread)
    key = "evaluation.being_read" if link else "evaluation.being_read_unlinked"
    return plain_reply(asked.text(key, model=model.shown, link=Rendered(link or "")))


async def _model_and_file(asked: Asked) -> tuple[_Meant | Reply, str]:
    """Whose model is meant, and what stands behind its name: a file."""
    first, _, rest = asked.rest.partition(" ")
    found = await _model_meant(asked, first) if first else None
    if found is not None:
        return found, rest.strip().strip("`")
    rest = asked.rest.strip("`")
    if rest and await file_meant(replace(asked, rest=rest)) is None:
        raise JobError(say("evaluation.not_named", name=rest))
    return await _own_model(asked, rest), rest


async def _own_model(asked: Asked, file: str) -> _Meant | Reply:
    """The thread's or the channel's model, or a reply that lets people choose among several."""
    job = await choose(replace(asked, rest=""), "eval", _has_model, "model.list_none", behind=file)
    return _tuned(asked, job) if isinstance(job, Job) else job


async def _model_meant(asked: Asked, name: str) -> _Meant | None:
    """The model of that name: a job's by its own or the job's id, a checkpoint by its own or as
    `JOB:STEP`; None where there is none.
    """
    name = name.strip("`")
    if job := await _job_meant(asked, name):
        return _tuned(asked, job)
    before, _, step = name.rpartition(":")
    job = await _job_meant(asked, before) if before and step.isdecimal() else None
    async with asked.context.services.database.read() as connection:
        if job is None:
            found = await checkpoints.named(connection, asked.team, name)
        else:
            steps = await checkpoints.of_job(connection, job.id)
            found = next((each for each in steps if each.step == int(step)), None)
    if found is None:
        return None
    job = job or await _job_meant(asked, found.job_id)
    return _Meant(job, checkpoint_model(job, found)) if job else None


def _tuned(asked: Asked, job: Job) -> _Meant:
    return _Meant(job, tuned_model(asked.context.services, job))


async def _job_meant(asked: Asked, name: str) -> Job | None:
    try:
        return (await jobs_meant(replace(asked, rest=name)))[0]
    except JobError:
        return None


def _has_model(job: Job) -> bool:
    return job.fine_tuned_model is not None and job.deleted_at is None
