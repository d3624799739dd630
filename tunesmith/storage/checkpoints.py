"""The checkpoints table: models in the middle of a job's training, which can be asked too."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.clock import now
from tunesmith.storage.database import insert
from tunesmith.storage.jobs import Job
from tunesmith.storage.tables import checkpoints
from tunesmith.storage.tables import jobs as jobs_table


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The model after `step`, asked as `model`; losses and accuracies as in `Metric`."""

    job_id: str
    step: int
    model: str
    train_loss: float | None = None
    train_accuracy: float | None = None
    valid_loss: float | None = None
    valid_accuracy: float | None = None


_columns = [checkpoints.c[name] for name in Checkpoint.__dataclass_fields__]
_OF_JOB = (
    select(*_columns)
    .where(checkpoints.c.job_id == bindparam("of_job"))
    .order_by(checkpoints.c.step)
)


async def add(connection: AsyncConnection, rows: Sequence[Checkpoint]) -> int:
    """Write checkpoints; one that is known stays as it is. How many are new."""
    statement = insert(connection, checkpoints).on_conflict_do_nothing()
    added = 0
    for row in rows:
        result = await connection.execute(statement.values(**asdict(row), created_at=now()))
        added += result.rowcount
    return added


async def of_job(connection: AsyncConnection, job_id: str) -> list[Checkpoint]:
    """All checkpoints of a job that were ever seen, by step."""
    rows = (await connection.execute(_OF_JOB, {"of_job": job_id})).mappings()
    return [Checkpoint(**row) for row in rows]


async def standing_in(connection: AsyncConnection, jobs: Sequence[Job]) -> dict[str, int]:
    """The steps of the checkpoints that are the models of jobs that failed or were cancelled;
    by the job's id.
    """
    models = {
        job.id: job.fine_tuned_model
        for job in jobs
        if job.fine_tuned_model and job.status.is_fruitless
    }
    if not models:
        return {}
    columns = checkpoints.c.job_id, checkpoints.c.model, checkpoints.c.step
    rows = await connection.execute(select(*columns).where(checkpoints.c.job_id.in_(models)))
    return {job_id: step for job_id, model, step in rows if models[job_id] == model}


async def named(connection: AsyncConnection, team: str, model: str) -> Checkpoint | None:
    """The checkpoint of a team's job that is asked by that name, or None."""
    found = (
        select(*_columns)
        .join_from(checkpoints, jobs_table, checkpoints.c.job_id == jobs_table.c.id)
        .where(jobs_table.c.team == team, checkpoints.c.model == model)
        .limit(1)
    )
    row = (await connection.execute(found)).mappings().first()
    return Checkpoint(**row) if row else None
