"""What stands where somebody asks, which tells who answers: read at once, for each question."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ScalarSelect, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.jobs import Job, columns, has_model, job_of
from tunesmith.storage.tables import channels, jobs


@dataclass(frozen=True, slots=True)
class Here:
    """A channel, or a thread of it.

    `newest` is the thread's newest job, `of_thread` the one of it whose tuned model came last,
    `of_channel` that of the channel; `default_model` is what was chosen for the channel, as
    `AskedModel.ref` has it.
    """

    newest: Job | None
    of_thread: Job | None
    of_channel: Job | None
    default_model: str | None

    def job(self, job_id: str | None) -> Job | None:
        """That of these jobs which has this id."""
        found = (self.newest, self.of_thread, self.of_channel)
        return next((one for one in found if one is not None and one.id == job_id), None)


async def look(
    connection: AsyncConnection, *, team: str, channel: str, thread: str | None = None
) -> Here:
    """What stands in a channel, and in a thread of it where one is named."""
    given = {"of_team": team, "of_channel": channel, "of_thread": thread}
    rows = (await connection.execute(_HERE, given)).all()
    newest, of_thread, of_channel, default = rows[0][:_HEAD]
    found = {row.id: job_of(row[_HEAD:]) for row in rows if row.id is not None}
    return Here(found.get(newest), found.get(of_thread), found.get(of_channel), default)


_CHANNEL: list[Any] = [
    jobs.c.team == bindparam("of_team"),
    jobs.c.channel == bindparam("of_channel"),
]
_THREAD = [*_CHANNEL, jobs.c.thread == bindparam("of_thread")]


def _first(of: list[Any], *order: Any) -> ScalarSelect[str]:
    return select(jobs.c.id).where(*of).order_by(*order).limit(1).scalar_subquery()


_MODEL, _LAST = has_model(), jobs.c.finished_at.desc()
_DEFAULT = select(channels.c.default_model).where(
    channels.c.team == bindparam("of_team"), channels.c.channel == bindparam("of_channel")
)
_IDS = select(
    _first(_THREAD, jobs.c.created_at.desc(), jobs.c.id.desc()).label("newest"),
    _first([*_THREAD, _MODEL], _LAST).label("of_thread"),
    _first([*_CHANNEL, _MODEL], _LAST).label("of_channel"),
    _DEFAULT.scalar_subquery().label("default_model"),
).subquery("here")
_HEAD = len(_IDS.c)
_HERE = select(_IDS, *columns).select_from(
    _IDS.outerjoin(jobs, jobs.c.id.in_([_IDS.c.newest, _IDS.c.of_thread, _IDS.c.of_channel]))
)
