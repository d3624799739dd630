"""The feedback table: what people thought of answers."""

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.clock import now
from tunesmith.storage.database import insert
from tunesmith.storage.tables import feedback


async def put(connection: AsyncConnection, *, key: str, person: str, is_good: bool) -> None:
    """Note what somebody thinks of the answer to the question `key`; it replaces what they thought
    before.
    """
    statement = insert(connection, feedback).values(
        key=key, person=person, is_good=is_good, created_at=now()
    )
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["key", "person"], set_={"is_good": is_good, "created_at": now()}
        )
    )
