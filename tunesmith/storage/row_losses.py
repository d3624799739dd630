"""The row_losses table: the rows of a training file that cost a tuned model most."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.database import insert
from tunesmith.storage.tables import row_losses


@dataclass(frozen=True, slots=True)
class RowLoss:
    """A row: its line as people see it (in a table, the row), its loss after training in nats (the
    mean over learnt tokens; in DPO, that of the pair), and the beginning of what it asks.
    """

    job_id: str
    line: int
    loss: float
    question: str


async def add(connection: AsyncConnection, rows: Sequence[RowLoss]) -> None:
    """Write rows; one that is known stays as it is."""
    if rows:
        statement = insert(connection, row_losses).on_conflict_do_nothing()
        await connection.execute(statement, [asdict(row) for row in rows])


async def of_job(connection: AsyncConnection, job_id: str) -> list[RowLoss]:
    """The rows that are known of a job, the one with most loss first."""
    order = (row_losses.c.loss.desc(), row_losses.c.line)
    statement = select(row_losses).where(row_losses.c.job_id == job_id).order_by(*order)
    return [RowLoss(**row) for row in (await connection.execute(statement)).mappings()]


async def are_known(connection: AsyncConnection, job_id: str) -> bool:
    """Whether any row of a job is known."""
    return bool(await connection.scalar(select(exists().where(row_losses.c.job_id == job_id))))
