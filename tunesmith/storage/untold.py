"""Tasks that ended without anybody being told."""

from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.clock import now
from tunesmith.storage.tables import datasets, jobs, tasks


@dataclass(frozen=True, slots=True)
class Untold:
    """What somebody asked for and was not told, about which file or question, and in which channel.

    `error` says why it could not be told, `given_up` what there was to tell where that was a
    failure too: both are stored messages.
    """

    file: str | None
    question: str | None
    channel: str | None
    error: str
    given_up: str | None
    done_at: float


async def untold(
    connection: AsyncConnection, *, user: str, seconds: float, most: int
) -> list[Untold]:
    """What this person asked for and was not told within the last `seconds`, newest first."""
    said = tasks.c.payload
    dataset_id = func.coalesce(said["dataset_id"].as_string(), jobs.c.dataset_id)
    asked_by = func.coalesce(said["user"].as_string(), jobs.c.created_by, datasets.c.created_by)
    channel = func.coalesce(said["channel"].as_string(), jobs.c.channel, datasets.c.channel)
    statement = (
        select(
            func.coalesce(said["name"].as_string(), datasets.c.name).label("file"),
            said["question"].as_string().label("question"),
            channel.label("channel"),
            tasks.c.error,
            tasks.c.given_up,
            tasks.c.done_at,
        )
        .select_from(
            tasks.outerjoin(jobs, jobs.c.id == said["job_id"].as_string()).outerjoin(
                datasets, datasets.c.id == dataset_id
            )
        )
        .where(text("tasks.error IS NOT NULL"), tasks.c.done_at > now() - seconds, asked_by == user)
        .order_by(tasks.c.done_at.desc())
        .limit(most)
    )
    return [Untold(**row) for row in (await connection.execute(statement)).mappings()]
