"""The jobs table: fine-tuning jobs, from the click to the tuned model."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.clock import now
from tunesmith.storage.tables import datasets, jobs


class JobStatus(StrEnum):
    """Where a job stands: the first four are ours, the rest the provider's.

    A word that a provider adds is a status too: `JobStatus("warming_up")` is none of these
    members, and keeps its word.
    """

    AWAITING_APPROVAL = "awaiting_approval"
    RESERVED = "reserved"
    UPLOADING = "uploading"
    CREATING = "creating"
    VALIDATING_FILES = "validating_files"
    QUEUED = "queued"
    RUNNING = "running"
    PAUSING = "pausing"
    PAUSED = "paused"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @classmethod
    def _missing_(cls, value: object) -> "JobStatus":
        status = str.__new__(cls, value)
        status._name_ = "OTHER"
        status._value_ = str(value)
        return status

    @property
    def is_known(self) -> bool:
        """Whether it is one of the members."""
        return self.name in JobStatus.__members__

    @property
    def is_final(self) -> bool:
        """Whether nothing more happens to a job in this status."""
        return self is JobStatus.SUCCEEDED or self.is_fruitless

    @property
    def is_fruitless(self) -> bool:
        """Whether the job has ended without a model of its own."""
        return self in _FRUITLESS


@dataclass(frozen=True, slots=True)
class Job:
    """A fine-tuning job. `error` is why it failed, was declined or waits for approval, as a stored
    message (`bot/messages`). Times are seconds since 1970 UTC; `seen_at` is when the provider last
    told of it, and `misses` how often it has not when asked since; `asked_at` is when the job's
    creation was last asked for. `looked_at` is when the provider was last asked for it alone; it is
    given up since `lost_at` because the provider did not know it, and was `reopened` so often when
    it was seen again. `cancel_refused` is what the provider says against a cancel, as a stored
    message. `split_from` is the file that its own two were split from; as long as that is its
    training file, it is to be split. `grader` is that of reinforcement, where somebody typed one;
    `epochs` is how many the provider trains, once it tells. `fingerprint` says what is trained: the
    file's bytes, the base model and the hyperparameters.
    """

    id: str
    team: str
    channel: str
    thread: str
    dataset_id: str
    provider: str
    base_model: str
    hyperparameters: dict[str, Any]
    suffix: str | None
    fingerprint: str
    status: JobStatus
    created_by: str
    validation_id: str | None = None
    estimated_usd: Decimal | None = None
    provider_file_id: str | None = None
    provider_validation_id: str | None = None
    provider_job_id: str | None = None
    fine_tuned_model: str | None = None
    trained_tokens: int | None = None
    estimated_finish: float | None = None
    waiting_for: str | None = None
    error: str | None = None
    cancelled_by: str | None = None
    seen_at: float | None = None
    asked_at: float | None = None
    misses: int = 0
    created_at: float = 0
    started_at: float | None = None
    finished_at: float | None = None
    method: str | None = None
    seed: int | None = None
    integrations: list[dict[str, Any]] | None = None
    notify_channel: str | None = None
    continued_from: str | None = None
    moved_from: str | None = None
    approved_by: str | None = None
    paused_by: str | None = None
    billed_usd: Decimal | None = None
    provider_started_at: float | None = None
    provider_finished_at: float | None = None
    result_files: list[str] | None = None
    scores: dict[str, float] | None = None
    deployment: str | None = None
    deleted_at: float | None = None
    shutdown_date: date | None = None
    looked_at: float | None = None
    lost_at: float | None = None
    reopened: int = 0
    cancel_refused: str | None = None
    upload: dict[str, Any] | None = None
    split_from: str | None = None
    grader: dict[str, Any] | None = None
    epochs: int | None = None

    @property
    def asked_as(self) -> str | None:
        """The name of the model that questions about it go to; None where it has none."""
        return self.deployment or self.fine_tuned_model

    @property
    def told_as(self) -> str:
        """The key of what is told once of it: another one each time that it was seen again."""
        return f"{self.id}.{self.reopened}" if self.reopened else self.id


_FRUITLESS = (JobStatus.FAILED, JobStatus.CANCELLED)
_STATUS = list(Job.__dataclass_fields__).index("status")
columns = [jobs.c[name] for name in Job.__dataclass_fields__]
"""What a job is read from."""
_GET = select(*columns).where(jobs.c.id == bindparam("of_id"))


async def add(connection: AsyncConnection, job: Job) -> None:
    """Write a job. The team's row in `budgets` is locked, and no like job is running."""
    values = {**asdict(job), "created_at": now()}
    await connection.execute(jobs.insert().values(values))


async def get(connection: AsyncConnection, job_id: str, *, lock: bool = False) -> Job | None:
    """The job of that id, or None. With `lock` it stays as it is until the transaction ends."""
    statement = _GET.with_for_update() if lock else _GET
    row = (await connection.execute(statement, {"of_id": job_id})).one_or_none()
    return job_of(row) if row else None


async def change(connection: AsyncConnection, job_id: str, **values: Any) -> None:
    """Set columns of a job."""
    await connection.execute(update(jobs).where(jobs.c.id == job_id).values(**values))


async def end(connection: AsyncConnection, job_id: str, status: JobStatus, **values: Any) -> bool:
    """Set a job's last status, once. False where it had ended before."""
    result = await connection.execute(
        update(jobs)
        .where(jobs.c.id == job_id, jobs.c.finished_at.is_(None))
        .values(status=status, finished_at=now(), **values)
    )
    return result.rowcount == 1


async def reopen(connection: AsyncConnection, job: Job, status: JobStatus) -> bool:
    """Let a job go on that was given up. False where it was not, or goes on already.

    The team's row in `budgets` is locked. Where a like job was started meanwhile, this one is
    like no other from now on.
    """
    fingerprint = job.fingerprint
    if await active(connection, team=job.team, channel=job.channel, fingerprint=fingerprint):
        fingerprint = f"{fingerprint}:{job.id}"
    result = await connection.execute(
        update(jobs)
        .where(jobs.c.id == job.id, jobs.c.lost_at.is_not(None))
        .values(
            status=status,
            fingerprint=fingerprint,
            reopened=jobs.c.reopened + 1,
            finished_at=None,
            lost_at=None,
            error=None,
            misses=0,
        )
    )
    return result.rowcount == 1


async def active(connection: AsyncConnection, **match: str) -> list[Job]:
    """Jobs that have not ended, oldest first, whose columns equal `match` (team, provider, ...)."""
    statement = select(*columns).where(jobs.c.finished_at.is_(None)).order_by(jobs.c.created_at)
    return await _all(connection, statement.filter_by(**match))


async def on_same_file(connection: AsyncConnection, team: str, sha256: str) -> list[Job]:
    """A team's jobs that train on a file of these bytes and have not ended, oldest first."""
    same = select(datasets.c.id).where(datasets.c.team == team, datasets.c.sha256 == sha256)
    statement = (
        select(*columns)
        .where(jobs.c.team == team, jobs.c.finished_at.is_(None), _uses(same))
        .order_by(jobs.c.created_at)
    )
    return await _all(connection, statement)


async def active_on(connection: AsyncConnection, dataset_ids: Collection[str]) -> list[Job]:
    """Jobs that train on these datasets or validate with them and have not ended, oldest first."""
    uses = or_(_uses(dataset_ids), jobs.c.validation_id.in_(dataset_ids))
    statement = select(*columns).where(jobs.c.finished_at.is_(None), uses)
    return await _all(connection, statement.order_by(jobs.c.created_at))


def _uses(dataset_ids: Any) -> ColumnElement[bool]:
    """Whether a job trains on one of these datasets, or on a part of it."""
    return or_(jobs.c.dataset_id.in_(dataset_ids), jobs.c.split_from.in_(dataset_ids))


async def count_active(connection: AsyncConnection) -> int:
    """How many jobs have not ended."""
    statement = select(func.count()).where(jobs.c.finished_at.is_(None))
    return (await connection.execute(statement)).scalar_one()


async def recent(
    connection: AsyncConnection,
    match: dict[str, str],
    most: int = 20,
    *,
    skip: int = 0,
    channels: Collection[str] | None = None,
    answering: bool = False,
) -> list[Job]:
    """The newest jobs whose columns equal `match`, newest first, but for the first `skip`.

    Only those of these `channels`, where some are named; where `answering`, only those that have a
    tuned model.
    """
    statement = _recent(tuple(match), in_channels=channels is not None, answering=answering)
    given: dict[str, Any] = {**_given(match), "most": most, "skipped": skip}
    if channels is not None:
        given["channels"] = list(channels)
    return await _all(connection, statement, given)


# Built once: to build one costs several times what it costs to execute it.
@cache
def _recent(match: tuple[str, ...], *, in_channels: bool, answering: bool) -> Any:
    newest = (jobs.c.created_at.desc(), jobs.c.id.desc())
    statement = select(*columns).where(*_matching(match)).order_by(*newest)
    if in_channels:
        statement = statement.where(jobs.c.channel.in_(bindparam("channels", expanding=True)))
    if answering:
        statement = statement.where(has_model())
    most, skipped = bindparam("most", type_=Integer), bindparam("skipped", type_=Integer)
    return statement.offset(skipped).limit(most)


def _matching(names: tuple[str, ...]) -> list[ColumnElement[bool]]:
    return [jobs.c[name] == bindparam(f"of_{name}") for name in names]


def _given(match: dict[str, str]) -> dict[str, str]:
    return {f"of_{name}": value for name, value in match.items()}


async def named(connection: AsyncConnection, team: str, name: str, most: int = 20) -> list[Job]:
    """A team's jobs whose id begins so, or whose tuned model has that name; newest first."""
    is_it = or_(
        jobs.c.id.startswith(name.lower(), autoescape=True), jobs.c.fine_tuned_model == name
    )
    newest = (jobs.c.created_at.desc(), jobs.c.id.desc())
    statement = select(*columns).where(jobs.c.team == team, is_it).order_by(*newest).limit(most)
    return await _all(connection, statement)


def has_model() -> ColumnElement[bool]:
    """Whether a job has a tuned model that was not deleted."""
    return and_(jobs.c.fine_tuned_model.is_not(None), jobs.c.deleted_at.is_(None))


async def tuned(connection: AsyncConnection, provider: str) -> list[Job]:
    """The jobs of a provider whose models were not deleted, oldest first."""
    statement = select(*columns).where(jobs.c.provider == provider, has_model())
    return await _all(connection, statement.order_by(jobs.c.finished_at))


async def spending(
    connection: AsyncConnection, since: float, **match: str
) -> tuple[Decimal, Decimal]:
    """USD since then of the jobs whose columns equal `match`: of those that ended, and what those
    on their way are expected to cost.

    A job that ended counts what was billed. Where that is not known, its estimate counts if it
    succeeded, and nothing otherwise. One that waits for approval costs nothing yet, and one that
    has waited counts from when it was sent to its provider.
    """
    ended = jobs.c.finished_at.is_not(None)
    estimate = case((jobs.c.status.in_(_FRUITLESS), 0), else_=jobs.c.estimated_usd)
    usd = type_coerce(func.coalesce(jobs.c.billed_usd, estimate, 0), jobs.c.billed_usd.type)
    statement = select(
        func.coalesce(func.sum(usd).filter(ended), 0),
        func.coalesce(func.sum(usd).filter(~ended), 0),
    ).where(
        func.coalesce(jobs.c.asked_at, jobs.c.created_at) >= since,
        jobs.c.status != JobStatus.AWAITING_APPROVAL,
    )
    spent, reserved = (await connection.execute(statement.filter_by(**match))).one()
    return Decimal(spent), Decimal(reserved)


async def _all(
    connection: AsyncConnection, statement: Any, given: dict[str, Any] | None = None
) -> list[Job]:
    return [job_of(row) for row in await connection.execute(statement, given)]


def job_of(row: Sequence[Any]) -> Job:
    """The job of a row that has the `columns`, in their order."""
    values = list(row)
    values[_STATUS] = JobStatus(values[_STATUS])
    return Job(*values)
