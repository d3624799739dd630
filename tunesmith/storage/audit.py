"""The audit log: who did what. The database itself refuses to change or delete its rows."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.clock import now
from tunesmith.storage.tables import audit_log


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done. `subject` is the id of a job, dataset or model.

    `person` is None where nobody pressed anything: a provider ended a job. `created_at` is in
    seconds since 1970 UTC.
    """

    id: int
    team: str
    channel: str | None
    person: str | None
    action: str
    subject: str
    details: dict[str, Any]
    created_at: float


_columns = [audit_log.c[name] for name in Entry.__dataclass_fields__]


async def add(
    connection: AsyncConnection,
    *,
    team: str,
    channel: str | None,
    person: str | None,
    action: str,
    subject: str,
    **details: Any,
) -> None:
    """Write down what was done, in the transaction that does it.

    `details` go into JSON: texts, numbers, booleans, and lists of those.
    """
    row = {"team": team, "channel": channel, "person": person, "action": action}
    values = {**row, "subject": subject, "details": details, "created_at": now()}
    await connection.execute(audit_log.insert().values(values))


async def page(
    connection: AsyncConnection,
    team: str,
    *,
    person: str | None = None,
    channels: Collection[str] = (),
    subject: str | None = None,
    channel: str | None = None,
    skip: int = 0,
    most: int = 20,
) -> list[Entry]:
    """Entries of a team, newest first, without the first ones: those of `channel`, and about what
    begins with `subject`.

    With a `person`, only their own and those of `channels`, which they are in.
    """
    conditions: list[ColumnElement[bool]] = [audit_log.c.team == team]
    if person is not None:
        own = audit_log.c.person == person
        conditions.append(or_(own, audit_log.c.channel.in_(channels)))
    if subject is not None:
        conditions.append(audit_log.c.subject.startswith(subject, autoescape=True))
    if channel is not None:
        conditions.append(audit_log.c.channel == channel)
    statement = select(*_columns).where(*conditions).order_by(audit_log.c.id.desc())
    rows = await connection.execute(statement.offset(skip).limit(most))
    return [Entry(**row) for row in rows.mappings()]
