"""The tuned models and checkpoints that training can go on from."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.tables import checkpoints, datasets, jobs


@dataclass(frozen=True, slots=True)
class Tuned:
    """A tuned model, or the checkpoint of a job after `step`, by the name that it is asked by.

    `file` is the name of the file that it was trained on, `finished_at` when its job ended.
    """

    model: str
    job_id: str
    file: str
    finished_at: float
    step: int | None = None


async def on(
    connection: AsyncConnection,
    *,
    team: str,
    channel: str,
    provider: str,
    base_model: str,
    most: int = 20,
) -> list[Tuned]:
    """Those of a channel on a base model that were not deleted, the newest first; each model is
    followed by its job's checkpoints, the last one first.
    """
    names = (jobs.c.fine_tuned_model, jobs.c.id, datasets.c.name, jobs.c.finished_at)
    ended = (
        select(*names)
        .join(datasets, datasets.c.id == jobs.c.dataset_id)
        .where(
            jobs.c.team == team,
            jobs.c.channel == channel,
            jobs.c.provider == provider,
            jobs.c.base_model == base_model,
            jobs.c.finished_at.is_not(None),
            jobs.c.deleted_at.is_(None),
        )
        .order_by(jobs.c.finished_at.desc())
        .limit(most)
    )
    rows = (await connection.execute(ended)).all()
    steps = await _checkpoints(connection, [row.id for row in rows])
    found: list[Tuned] = []
    for model, job_id, file, finished_at in rows:
        if model is not None:
            found.append(Tuned(model, job_id, file, finished_at))
        found += [
            Tuned(name, job_id, file, finished_at, step)
            for name, step in steps.get(job_id, [])
            if name != model
        ]
    return found


async def checkpoints_of(connection: AsyncConnection, job_id: str) -> list[str]:
    """The names of a job's checkpoints, the last one first."""
    return [model for model, _ in (await _checkpoints(connection, [job_id])).get(job_id, [])]


async def _checkpoints(
    connection: AsyncConnection, job_ids: list[str]
) -> dict[str, list[tuple[str, int]]]:
    """The names and steps of each job's checkpoints, the last one first."""
    named = (checkpoints.c.job_id, checkpoints.c.model, checkpoints.c.step)
    query = select(*named).where(checkpoints.c.job_id.in_(job_ids)).order_by(named[2].desc())
    found: dict[str, list[tuple[str, int]]] = {}
    for job_id, model, step in await connection.execute(query):
        found.setdefault(job_id, []).append((model, step))
    return found
