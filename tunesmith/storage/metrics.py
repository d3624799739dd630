"""The metrics table: loss and accuracy of each training step."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.database import insert
from tunesmith.storage.tables import metrics


@dataclass(frozen=True, slots=True)
class Metric:
    """One step. Losses are means over tokens, accuracies the share of tokens guessed right."""

    job_id: str
    step: int
    total_steps: int | None
    train_loss: float | None
    train_accuracy: float | None
    valid_loss: float | None
    valid_accuracy: float | None


async def add(connection: AsyncConnection, rows: Sequence[Metric]) -> None:
    """Write steps; a step that is known stays as it is."""
    if rows:
        statement = insert(connection, metrics).on_conflict_do_nothing()
        await connection.execute(statement, [asdict(row) for row in rows])


async def of_job(connection: AsyncConnection, job_id: str) -> list[Metric]:
    """All steps of a job, in order."""
    statement = select(metrics).where(metrics.c.job_id == job_id).order_by(metrics.c.step)
    return [Metric(**row) for row in (await connection.execute(statement)).mappings()]
