"""Delete a tuned model, here and at its provider."""

import logging
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.errors import JobError, ProviderBusyError, ProviderError
from tunesmith.bot.job_events import Refusal
from tunesmith.bot.jobs.kinds import OfJob, kinds
from tunesmith.bot.jobs.permissions import Action, Person, require
from tunesmith.bot.messages import say
from tunesmith.bot.providers.trainer import Trainer
from tunesmith.bot.queue import FOREVER, Place, Work
from tunesmith.bot.services import Services
from tunesmith.storage import audit, clock, jobs, tuned
from tunesmith.storage.jobs import Job

_log = logging.getLogger(__name__)


class ModelDeletion(OfJob):
    """Somebody wants a job's model deleted."""

    user: str


@dataclass(frozen=True, slots=True)
class Loss:
    """What else is lost with a model: how many checkpoints, the jobs that train on from it or from
    one of these, and what answers `/ask` in its channel now and then (None: nothing).
    """

    checkpoints: int
    continuing: list[Job]
    answers_now: Job | None
    answers_then: Job | None


async def loss(connection: AsyncConnection, job: Job) -> Loss:
    """What deleting a job's model costs besides."""
    here = {"team": job.team, "channel": job.channel}
    saved = await tuned.checkpoints_of(connection, job.id)
    names = {job.fine_tuned_model, *saved}
    running = await jobs.active(connection, team=job.team, provider=job.provider)
    answering = await jobs.recent(connection, here, 2, answering=True)
    others = [each for each in answering if each.id != job.id]
    return Loss(
        checkpoints=len(names) - 1,
        continuing=[each for each in running if each.continued_from in names],
        answers_now=answering[0] if answering else None,
        answers_then=others[0] if others else None,
    )


async def request_delete_model(services: Services, job_id: str, person: Person) -> Job:
    """Delete a job's model: nobody asks it from now on, and the provider is told to delete it.

    Raises JobError where there is none (any more), NotAllowedError where this person may not.
    """
    async with services.database.write() as connection:
        # The task before the job: as all who do a task lock it before they change the job.
        about = ModelDeletion(job_id=job_id, user=person.id)
        await delete_model.add_again(connection, about, of=job_id)
        job = await jobs.get(connection, job_id, lock=True)
        if job is None:
            raise JobError(say("job.not_known"))
        require(services.settings, person, Action.DELETE, job.created_by)
        if job.fine_tuned_model is None:
            raise JobError(say("model.none"))
        if job.deleted_at is not None:
            raise JobError(say("model.deleted_already", model=job.fine_tuned_model))
        await jobs.change(connection, job_id, deleted_at=await clock.read(connection))
        await audit.add(
            connection,
            team=job.team,
            channel=job.channel,
            person=person.id,
            action=Action.DELETE,
            subject=job_id,
            model=job.fine_tuned_model,
        )
    return job


@kinds.task("delete_model", ModelDeletion, place=Place.JOB, attempts=FOREVER, patience=FOREVER)
async def delete_model(services: Services, work: Work[ModelDeletion]) -> None:
    """Delete a model and its checkpoints at the provider. Where it refuses, the model stays."""
    async with services.database.read() as connection:
        job = await jobs.get(connection, work.payload.job_id)
        saved = await tuned.checkpoints_of(connection, work.payload.job_id)
    if job is None or job.deleted_at is None or job.fine_tuned_model is None:
        return
    client = services.provider(job.provider)
    try:
        await client.delete_model(job.fine_tuned_model)
        await _delete_checkpoints(client, set(saved) - {job.fine_tuned_model})
    except ProviderBusyError:
        raise
    except ProviderError as error:
        async with work.finish() as connection:
            await jobs.change(connection, job.id, deleted_at=None)
            told = f"delete:{job.id}:{work.task.fence}"
            refusal = Refusal(told, job, "delete", work.payload.user, error.message)
            await services.job_events.refused.publish(connection, refusal)


async def _delete_checkpoints(client: Trainer, names: Collection[str]) -> None:
    """Delete them where the provider deletes any: without its model, none is offered here."""
    for name in names:
        try:
            await client.delete_model(name)
        except ProviderBusyError:
            raise
        except ProviderError as error:
            _log.warning("The checkpoint %s was not deleted: %s", name, error)
