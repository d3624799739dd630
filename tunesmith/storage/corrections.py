"""The corrections table: what people wrote in the place of models' answers, as training data."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Select, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.clock import now
from tunesmith.storage.jobs import JobStatus
from tunesmith.storage.tables import correction_uses, corrections, datasets, jobs


@dataclass(frozen=True, slots=True)
class Correction:
    """What `author` wrote in the place of the answer that is kept as `answer_key` (of one in parts,
    the first).

    It belongs to the training data of `channel`: of the file `dataset_id`, on which the model of
    the job `job_id` was trained, maybe with earlier corrections. `asked_channel` and `asked_thread`
    are where the answer stands, `messages` and `tools` what the model was asked with; `rejected` is
    the message that it answered, `preferred` the one that it should have, in the form of chat
    examples. It counts since `taken_at`; before that, `objection` is what its check has against it,
    as a stored message, and its author may let it count all the same where it `can_be_kept`.
    """

    id: str
    team: str
    channel: str
    job_id: str
    dataset_id: str
    answer_key: str
    asked_channel: str
    asked_thread: str
    messages: list[dict[str, Any]]
    tools: list[dict[str, Any]] | None
    rejected: dict[str, Any]
    preferred: dict[str, Any]
    author: str
    created_at: float = 0.0
    taken_at: float | None = None
    objection: str | None = None
    can_be_kept: bool = False
    withdrawn_at: float | None = None
    offered_at: float | None = None

    @property
    def question(self) -> str:
        """What somebody asked last."""
        content = self.messages[-1]["content"] if self.messages else ""
        return content if isinstance(content, str) else ""


_columns = [corrections.c[name] for name in Correction.__dataclass_fields__]
_IN_ORDER = (corrections.c.taken_at, corrections.c.id)
_IS_LEFT = corrections.c.withdrawn_at.is_(None)
_STANDS = _IS_LEFT & corrections.c.taken_at.is_not(None)


async def add(connection: AsyncConnection, correction: Correction) -> None:
    """Write a correction, made now."""
    values = {**asdict(correction), "created_at": now()}
    await connection.execute(insert(corrections).values(values))


async def get(connection: AsyncConnection, correction_id: str) -> Correction | None:
    """The correction of that id, or None."""
    found = await _all(connection, select(*_columns).where(corrections.c.id == correction_id))
    return next(iter(found), None)


async def take(connection: AsyncConnection, correction_id: str) -> bool:
    """Let a correction count from now on. False where it does, or was withdrawn."""
    statement = update(corrections).where(
        corrections.c.id == correction_id, _IS_LEFT, corrections.c.taken_at.is_(None)
    )
    values = {"taken_at": now(), "objection": None}
    return (await connection.execute(statement.values(values))).rowcount == 1


async def object_to(
    connection: AsyncConnection, correction_id: str, objection: str, *, can_be_kept: bool
) -> None:
    """Note what stands against a correction."""
    statement = update(corrections).where(corrections.c.id == correction_id)
    await connection.execute(statement.values(objection=objection, can_be_kept=can_be_kept))


async def of_answer(connection: AsyncConnection, *keys: str) -> Correction | None:
    """The correction that counts for an answer, or None; `keys` are those of its parts."""
    statement = select(*_columns).where(corrections.c.answer_key.in_(keys), _STANDS)
    newest = statement.order_by(*(column.desc() for column in _IN_ORDER)).limit(1)
    return next(iter(await _all(connection, newest)), None)


async def not_taken(connection: AsyncConnection, author: str, *keys: str) -> list[Correction]:
    """What somebody wrote in the place of an answer and does not count yet, newest first; `keys`
    are those of its parts.
    """
    statement = select(*_columns).where(
        corrections.c.answer_key.in_(keys),
        corrections.c.author == author,
        corrections.c.taken_at.is_(None),
        _IS_LEFT,
    )
    return await _all(connection, statement.order_by(corrections.c.created_at.desc()))


async def standing(
    connection: AsyncConnection, team: str, channel: str, dataset_id: str | None = None
) -> list[Correction]:
    """The corrections that count in a channel, one for each answer, in the order in which they were
    taken; with `dataset_id`, of that file.
    """
    statement = select(*_columns).where(
        corrections.c.team == team, corrections.c.channel == channel, _STANDS
    )
    if dataset_id is not None:
        statement = statement.where(corrections.c.dataset_id == dataset_id)
    newest: dict[str, Correction] = {}
    for one in await _all(connection, statement.order_by(*_IN_ORDER)):
        newest.pop(one.answer_key, None)
        newest[one.answer_key] = one
    return list(newest.values())


async def learnt(connection: AsyncConnection, ids: Collection[str]) -> set[str]:
    """Those of some corrections that a model was trained on, or is now."""
    statement = (
        select(correction_uses.c.correction_id)
        .join(jobs, jobs.c.dataset_id == correction_uses.c.dataset_id)
        .where(
            correction_uses.c.correction_id.in_(ids),
            or_(jobs.c.finished_at.is_(None), jobs.c.status == JobStatus.SUCCEEDED),
        )
    )
    return set((await connection.execute(statement)).scalars())


async def waiting(
    connection: AsyncConnection, team: str, channel: str, dataset_id: str | None = None
) -> list[Correction]:
    """Those of `standing` that no model was trained on yet, nor is now."""
    found = await standing(connection, team, channel, dataset_id)
    known = await learnt(connection, [one.id for one in found])
    return [one for one in found if one.id not in known]


async def withdraw(connection: AsyncConnection, correction_id: str) -> bool:
    """Let a correction count no more, and forget what was written. False where it was so before."""
    statement = update(corrections).where(corrections.c.id == correction_id, _IS_LEFT)
    statement = statement.values(withdrawn_at=now(), preferred={})
    return (await connection.execute(statement)).rowcount == 1


async def note_offered(connection: AsyncConnection, ids: Iterable[str]) -> None:
    """The channel was asked whether to train on these."""
    statement = update(corrections).where(corrections.c.id.in_(list(ids)))
    await connection.execute(statement.values(offered_at=now()))


async def note_used(connection: AsyncConnection, dataset_id: str, ids: Iterable[str]) -> None:
    """A dataset holds these."""
    rows = [{"correction_id": each, "dataset_id": dataset_id} for each in ids]
    await connection.execute(insert(correction_uses), rows)


async def files_with(connection: AsyncConnection, correction_id: str) -> list[str]:
    """The names of the files that hold a correction, oldest first."""
    statement = (
        select(datasets.c.name)
        .join(correction_uses, correction_uses.c.dataset_id == datasets.c.id)
        .where(correction_uses.c.correction_id == correction_id)
        .order_by(datasets.c.created_at)
    )
    return list((await connection.execute(statement)).scalars())


async def newest_job(connection: AsyncConnection, dataset_id: str) -> str | None:
    """The id of the newest job whose model can be asked and was trained on that file, with or
    without corrections.
    """
    statement = (
        select(jobs.c.id)
        .join(datasets, datasets.c.id == jobs.c.dataset_id)
        .where(
            func.coalesce(datasets.c.corrected_from, datasets.c.id) == dataset_id,
            jobs.c.status == JobStatus.SUCCEEDED,
            jobs.c.fine_tuned_model.is_not(None),
            jobs.c.deleted_at.is_(None),
        )
        .order_by(jobs.c.finished_at.desc(), jobs.c.created_at.desc())
        .limit(1)
    )
    return (await connection.execute(statement)).scalar()


async def _all(connection: AsyncConnection, statement: Select[Any]) -> list[Correction]:
    rows = (await connection.execute(statement)).mappings()
    return [Correction(**row) for row in rows]
