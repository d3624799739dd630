"""The jobs table as the watch reads it: which jobs a provider is asked about, and when it was.

A job that was given up because its provider did not know it is asked about for another
`LOST_SECONDS`.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.clock import now
from tunesmith.storage.jobs import JobStatus
from tunesmith.storage.tables import jobs

LOST_SECONDS = 86_400.0
# Between two looks at a job that was given up.
_LOST_PAUSE = 600.0


@dataclass(frozen=True, slots=True)
class Watched:
    """What the watch needs to know of a job: of 10,000 jobs it reads no more than that."""

    id: str
    provider_job_id: str
    status: JobStatus
    estimated_finish: float | None
    waiting_for: str | None
    epochs: int | None
    lost: bool


@dataclass(frozen=True, slots=True)
class Phase:
    """Jobs of one status, and when the first of them is expected to finish."""

    status: JobStatus
    count: int
    estimated_finish: float | None


async def among(
    connection: AsyncConnection, provider: str, provider_job_ids: Collection[str]
) -> dict[str, Watched]:
    """Those of these jobs of a provider that are watched, by the provider's id."""
    found = await _read(connection, provider, jobs.c.provider_job_id.in_(provider_job_ids))
    return {watched.provider_job_id: watched for watched in found}


async def unseen(
    connection: AsyncConnection, provider: str, since: float, most: int
) -> list[Watched]:
    """Jobs of which nothing was told `since` then, those first that were longest not asked for."""
    condition = and_(
        func.coalesce(jobs.c.seen_at, 0) < since,
        func.coalesce(jobs.c.asked_at, jobs.c.created_at) < since,
        or_(jobs.c.lost_at.is_(None), func.coalesce(jobs.c.looked_at, 0) < since - _LOST_PAUSE),
    )
    return await _read(connection, provider, condition, most)


async def running(connection: AsyncConnection, provider: str) -> tuple[int, float]:
    """How many jobs run at a provider, and when the oldest of them was written."""
    statement = select(func.count(), func.min(jobs.c.created_at)).where(
        jobs.c.provider == provider,
        jobs.c.provider_job_id.is_not(None),
        jobs.c.finished_at.is_(None),
    )
    count, oldest = (await connection.execute(statement)).one()
    return count, oldest or 0.0


async def phases(connection: AsyncConnection, provider: str) -> list[Phase]:
    """The jobs that run at a provider, by status."""
    statement = (
        select(jobs.c.status, func.count(), func.min(jobs.c.estimated_finish))
        .where(
            jobs.c.provider == provider,
            jobs.c.provider_job_id.is_not(None),
            jobs.c.finished_at.is_(None),
        )
        .group_by(jobs.c.status)
    )
    rows = (await connection.execute(statement)).all()
    return [Phase(JobStatus(status), count, finish) for status, count, finish in rows]


async def channels(connection: AsyncConnection, provider: str) -> list[tuple[str, str]]:
    """The channels whose jobs run at a provider, each with somebody who started one there."""
    statement = (
        select(jobs.c.channel, func.min(jobs.c.created_by))
        .where(jobs.c.provider == provider, jobs.c.finished_at.is_(None))
        .group_by(jobs.c.channel)
    )
    return [(channel, user) for channel, user in await connection.execute(statement)]


async def any_lost(connection: AsyncConnection, provider: str) -> bool:
    """Whether a job of the provider is given up that may be seen again."""
    statement = select(jobs.c.id).where(jobs.c.provider == provider, _may_be_seen_again()).limit(1)
    return (await connection.execute(statement)).first() is not None


async def note_seen(connection: AsyncConnection, ids: Collection[str]) -> None:
    """The provider has told of these jobs."""
    if ids:
        statement = update(jobs).where(jobs.c.id.in_(ids)).values(seen_at=now(), misses=0)
        await connection.execute(statement)


async def note_look(connection: AsyncConnection, job_id: str) -> None:
    """The provider is asked for this job alone."""
    await connection.execute(update(jobs).where(jobs.c.id == job_id).values(looked_at=now()))


async def _read(
    connection: AsyncConnection, provider: str, condition: ColumnElement[bool], most: int = 1_000
) -> list[Watched]:
    statement = (
        select(
            jobs.c.id,
            jobs.c.provider_job_id,
            jobs.c.status,
            jobs.c.estimated_finish,
            jobs.c.waiting_for,
            jobs.c.epochs,
            jobs.c.lost_at.is_not(None),
        )
        .where(
            jobs.c.provider == provider,
            jobs.c.provider_job_id.is_not(None),
            or_(jobs.c.finished_at.is_(None), _may_be_seen_again()),
            condition,
        )
        .order_by(func.coalesce(jobs.c.looked_at, 0), jobs.c.created_at)
        .limit(most)
    )
    rows = (await connection.execute(statement)).all()
    return [
        Watched(id_, name, JobStatus(status), finish, waits, epochs, lost)
        for id_, name, status, finish, waits, epochs, lost in rows
    ]


def _may_be_seen_again() -> ColumnElement[bool]:
    return jobs.c.lost_at > now() - LOST_SECONDS
