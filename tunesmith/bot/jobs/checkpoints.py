"""The checkpoints of a job: fetched from its provider, kept here; which one is the best; and which
model of a job answers from now on.
"""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.errors import JobError
from tunesmith.bot.jobs.permissions import Person, require_colleague
from tunesmith.bot.messages import say
from tunesmith.bot.providers.remote import RemoteCheckpoint
from tunesmith.bot.services import Services
from tunesmith.storage import audit, checkpoints, jobs, metrics, pace
from tunesmith.storage.checkpoints import Checkpoint
from tunesmith.storage.jobs import Job, JobStatus
from tunesmith.storage.metrics import Metric

# Beside the calls for a job's steps: fifteen a minute for a provider, a few at once.
_TURN_SECONDS, _BURST = 4.0, 5


def suggested(rows: Sequence[Checkpoint]) -> Checkpoint | None:
    """The checkpoint with the lowest validation loss, where it was measured, or else the last."""
    validated = [row for row in rows if row.valid_loss is not None]
    if validated:
        return min(validated, key=lambda row: (row.valid_loss or 0.0, row.step))
    return rows[-1] if rows else None


def available(rows: Sequence[Checkpoint], kept: int | None) -> Sequence[Checkpoint]:
    """Those that a provider has not dropped which keeps so many alone; None: it keeps all."""
    return rows[-kept:] if kept else rows


async def collect_checkpoints(services: Services, job: Job, *, hurry: bool = True) -> bool:
    """Fetch a job's checkpoints, and keep them. Whether there are new ones.

    Without `hurry`, only where it is its turn. Raises ProviderError.
    """
    client = services.provider(job.provider)
    if job.provider_job_id is None or not client.provider.has_checkpoints:
        return False
    if not hurry and not await _is_its_turn(services, job):
        return False
    fetched = await client.checkpoints(job.provider_job_id)
    async with services.database.write(wake=False) as connection:
        measured = {step.step: step for step in await metrics.of_job(connection, job.id)}
        rows = [_row(job, remote, measured.get(remote.step_number)) for remote in fetched]
        return await checkpoints.add(connection, rows) > 0


async def _is_its_turn(services: Services, job: Job) -> bool:
    async with services.database.write(wake=False) as connection:
        wait = await pace.take(
            connection,
            f"checkpoints:{job.provider}",
            interval=_TURN_SECONDS,
            tolerance=_TURN_SECONDS * _BURST,
            most_wait=0,
        )
    return wait is not None


def _row(job: Job, remote: RemoteCheckpoint, step: Metric | None) -> Checkpoint:
    """As the checkpoint says, or else as the step was measured that it was made after."""
    told = remote.metrics
    return Checkpoint(
        job_id=job.id,
        step=remote.step_number,
        model=remote.fine_tuned_model_checkpoint,
        train_loss=_first(told and told.train_loss, step and step.train_loss),
        train_accuracy=_first(
            told and told.train_mean_token_accuracy, step and step.train_accuracy
        ),
        valid_loss=_first(
            told and told.full_valid_loss, told and told.valid_loss, step and step.valid_loss
        ),
        valid_accuracy=_first(
            told and told.full_valid_mean_token_accuracy,
            told and told.valid_mean_token_accuracy,
            step and step.valid_accuracy,
        ),
    )


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)


async def require_use(services: Services, job: Job, model: str, person: Person) -> None:
    """Raises NotAllowedError for a guest, JobError where a job has no such model to be asked."""
    require_colleague(person)
    async with services.database.read() as connection:
        await _require_model(connection, job, model)


async def use(connection: AsyncConnection, job_id: str, model: str, person: str) -> None:
    """Let a checkpoint of a job, or its last model, be what is asked from now on.

    A job that failed or was cancelled has no model of its own: the checkpoint becomes it. Raises
    JobError where the job has no such model (any more).
    """
    job = await jobs.get(connection, job_id, lock=True)
    if job is None:
        raise JobError(say("job.not_known"))
    await _require_model(connection, job, model)
    if job.status is JobStatus.SUCCEEDED:
        asked_as = None if model == job.fine_tuned_model else model
        await jobs.change(connection, job.id, deployment=asked_as)
    else:
        await jobs.change(connection, job.id, fine_tuned_model=model)
    await audit.add(
        connection,
        team=job.team,
        channel=job.channel,
        person=person,
        action="use",
        subject=job.id,
        model=model,
    )


async def _require_model(connection: AsyncConnection, job: Job, model: str) -> None:
    if job.deleted_at is not None:
        raise JobError(say("model.deleted_already", model=job.fine_tuned_model or model))
    names = {row.model for row in await checkpoints.of_job(connection, job.id)}
    if not job.finished_at or model not in names | {job.fine_tuned_model}:
        raise JobError(say("checkpoint.not_known"))
