"""The questions table: those that wait for their answer, where it is limited how many may be asked.

One that is answered counts by its answer, which has the same key.
"""

from typing import Any

from sqlalchemy import exists, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.clock import now
from tunesmith.storage.database import insert
from tunesmith.storage.tables import answers, questions


async def begin(
    connection: AsyncConnection, key: str, *, team: str, channel: str, asked_by: str
) -> None:
    """Note that a question is asked from now on."""
    statement = insert(connection, questions).values(
        key=key, team=team, channel=channel, asked_by=asked_by, asked_at=now()
    )
    await connection.execute(statement.on_conflict_do_nothing(index_elements=["key"]))


async def end(connection: AsyncConnection, key: str) -> None:
    """Forget a question that has its answer, or gets none."""
    await connection.execute(questions.delete().where(questions.c.key == key))


async def forget(connection: AsyncConnection, team: str, seconds: float) -> None:
    """Forget a team's questions that are older: whoever asked them was never told."""
    old = (questions.c.team == team, questions.c.asked_at < now() - seconds)
    await connection.execute(questions.delete().where(*old))


async def has_begun(connection: AsyncConnection, key: str) -> bool:
    """Whether a question waits for its answer, or has some of it."""
    statement = select(
        exists().where(questions.c.key == key) | exists().where(answers.c.key == key)
    )
    return bool((await connection.execute(statement)).scalar_one())


async def until_fewer(
    connection: AsyncConnection, most: int, seconds: float, match: dict[str, str]
) -> float | None:
    """The seconds until fewer than `most` questions whose columns equal `match` are younger than
    `seconds`, counted from their answer or, as long as they wait for it, from when they were asked;
    None where they are fewer now.
    """
    young: Any = now() - seconds
    answered = (
        select(answers.c.created_at.label("at"))
        .filter_by(**match)
        .where(answers.c.created_at > young)
    )
    waiting = (
        select(questions.c.asked_at.label("at"))
        .filter_by(**match)
        .where(questions.c.asked_at > young, ~exists().where(answers.c.key == questions.c.key))
    )
    counted = union_all(answered, waiting).subquery()
    statement = (
        select(counted.c.at - now() + seconds)
        .order_by(counted.c.at.desc())
        .offset(most - 1)
        .limit(1)
    )
    left = (await connection.execute(statement)).scalar_one_or_none()
    return left if left is not None and left > 0 else None
