"""The evaluations table: rows with known answers that are put to models; their rows and answers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.clock import now
from tunesmith.storage.database import insert
from tunesmith.storage.evaluation_values import (
    Evaluation,
    EvaluationKind,
    EvaluationStatus,
    Row,
    RowAnswer,
)
from tunesmith.storage.tables import evaluation_answers, evaluation_rows, evaluations, jobs

_columns = [evaluations.c[name] for name in Evaluation.__dataclass_fields__]
_row_columns = [evaluation_rows.c[name] for name in Row.__dataclass_fields__]
_answer_columns = [evaluation_answers.c[name] for name in RowAnswer.__dataclass_fields__]


async def add(connection: AsyncConnection, evaluation: Evaluation) -> bool:
    """Write an evaluation. False where there is one of that id."""
    statement = insert(connection, evaluations).values(asdict(evaluation) | {"created_at": now()})
    added = await connection.execute(statement.on_conflict_do_nothing(index_elements=["id"]))
    return added.rowcount == 1


async def get(
    connection: AsyncConnection, evaluation_id: str, *, lock: bool = False
) -> Evaluation | None:
    """The evaluation of that id. With `lock` it stays as it is until the transaction ends."""
    statement = select(*_columns).where(evaluations.c.id == evaluation_id)
    found = await _all(connection, statement.with_for_update() if lock else statement)
    return found[0] if found else None


async def status_of(connection: AsyncConnection, evaluation_id: str) -> EvaluationStatus:
    """Where an evaluation stands."""
    statement = select(evaluations.c.status).where(evaluations.c.id == evaluation_id)
    return EvaluationStatus((await connection.execute(statement)).scalar_one())


async def change(connection: AsyncConnection, evaluation_id: str, **values: Any) -> None:
    """Set columns of an evaluation."""
    statement = update(evaluations).where(evaluations.c.id == evaluation_id)
    await connection.execute(statement.values(**values))


async def move_on(
    connection: AsyncConnection,
    evaluation_id: str,
    before: Collection[EvaluationStatus],
    status: EvaluationStatus,
    **values: Any,
) -> bool:
    """Set the status of an evaluation that has one of those `before`. False where it has not."""
    times: dict[str, Any] = {}
    if status is EvaluationStatus.RUNNING:
        times["started_at"] = now()
    elif status not in (EvaluationStatus.PREPARING, EvaluationStatus.OFFERED):
        times["finished_at"] = now()
    result = await connection.execute(
        update(evaluations)
        .where(evaluations.c.id == evaluation_id, evaluations.c.status.in_(before))
        .values(status=status, **times, **values)
    )
    return result.rowcount == 1


async def of_model(connection: AsyncConnection, job_id: str) -> Evaluation | None:
    """The newest evaluation of a job's own model that came to its end."""
    statement = _ended_of(job_id).where(evaluations.c.step.is_(None)).limit(1)
    return next(iter(await _all(connection, statement)), None)


async def of_checkpoints(
    connection: AsyncConnection, job_id: str, most: int = 5
) -> list[Evaluation]:
    """The newest evaluations of a job's checkpoints that came to their end, newest first."""
    statement = _ended_of(job_id).where(evaluations.c.step.is_not(None)).limit(most)
    return await _all(connection, statement)


def _ended_of(job_id: str) -> Select[Any]:
    ended = evaluations.c.status == EvaluationStatus.SUCCEEDED
    newest = (evaluations.c.finished_at.desc(), evaluations.c.id)
    return select(*_columns).where(evaluations.c.job_id == job_id, ended).order_by(*newest)


async def last_asked(connection: AsyncConnection, provider: str) -> dict[str, float]:
    """When each team that has measured a tuned model of a provider last began to, by team.

    Only those count in which that model has answered.
    """
    has_answered = exists().where(
        evaluation_answers.c.evaluation_id == evaluations.c.id,
        evaluation_answers.c.contestant == "tuned",
        evaluation_answers.c.refused.is_(None),
    )
    # The answers of one that has ended may be deleted with its file.
    succeeded = evaluations.c.status == EvaluationStatus.SUCCEEDED
    statement = (
        select(evaluations.c.team, func.max(evaluations.c.started_at).label("asked"))
        .join_from(evaluations, jobs, evaluations.c.job_id == jobs.c.id)
        .where(
            jobs.c.provider == provider,
            evaluations.c.started_at.is_not(None),
            or_(succeeded, has_answered),
        )
        .group_by(evaluations.c.team)
    )
    return {row.team: row.asked for row in (await connection.execute(statement)).all()}


async def add_rows(connection: AsyncConnection, rows: Sequence[Row]) -> None:
    """Write rows; one that is known stays as it is."""
    if rows:
        statement = insert(connection, evaluation_rows).on_conflict_do_nothing()
        await connection.execute(statement, [asdict(row) for row in rows])


async def rows_of(
    connection: AsyncConnection, evaluation_id: str, numbers: Collection[int] | None = None
) -> list[Row]:
    """The rows of an evaluation in order: all of them, or those of these numbers."""
    statement = select(*_row_columns).where(evaluation_rows.c.evaluation_id == evaluation_id)
    if numbers is not None:
        statement = statement.where(evaluation_rows.c.number.in_(numbers))
    found = await connection.execute(statement.order_by(evaluation_rows.c.number))
    return [Row(**row) for row in found.mappings()]


async def choose(
    connection: AsyncConnection, evaluation_id: str, number: int, choice: str, person: str
) -> None:
    """Note which answer to a row a person holds to be right."""
    is_it = and_(
        evaluation_rows.c.evaluation_id == evaluation_id, evaluation_rows.c.number == number
    )
    statement = update(evaluation_rows).where(is_it)
    await connection.execute(statement.values(choice=choice, chosen_by=person))


async def keep(connection: AsyncConnection, answers: Sequence[RowAnswer]) -> None:
    """Keep answers; of each contestant and row the first one is kept."""
    if answers:
        statement = insert(connection, evaluation_answers).on_conflict_do_nothing()
        await connection.execute(statement, [asdict(answer) for answer in answers])


async def answered(connection: AsyncConnection, evaluation_id: str) -> set[tuple[int, str]]:
    """The row and the contestant of each answer that is kept."""
    columns = (evaluation_answers.c.number, evaluation_answers.c.contestant)
    statement = select(*columns).where(evaluation_answers.c.evaluation_id == evaluation_id)
    return {(number, contestant) for number, contestant in await connection.execute(statement)}


async def answers_of(
    connection: AsyncConnection, evaluation_id: str, *, unscored: int | None = None
) -> list[RowAnswer]:
    """The answers of an evaluation by row: all, or so many of those without a score."""
    statement = (
        select(*_answer_columns)
        .where(evaluation_answers.c.evaluation_id == evaluation_id)
        .order_by(evaluation_answers.c.number, evaluation_answers.c.contestant)
    )
    if unscored is not None:
        waits = and_(evaluation_answers.c.score.is_(None), evaluation_answers.c.refused.is_(None))
        statement = statement.where(waits).limit(unscored)
    return [RowAnswer(**row) for row in (await connection.execute(statement)).mappings()]


async def note_scores(
    connection: AsyncConnection, answers: Sequence[RowAnswer], scores: Sequence[Mapping[str, Any]]
) -> None:
    """Note the scores of answers."""
    for answer, score in zip(answers, scores, strict=True):
        is_it = and_(
            evaluation_answers.c.evaluation_id == answer.evaluation_id,
            evaluation_answers.c.number == answer.number,
            evaluation_answers.c.contestant == answer.contestant,
        )
        await connection.execute(update(evaluation_answers).where(is_it).values(score=dict(score)))


async def forget_rows(connection: AsyncConnection, dataset_id: str) -> None:
    """Delete what evaluations keep of a dataset's rows and of the answers to them."""
    own = select(evaluations.c.id).where(evaluations.c.dataset_id == dataset_id)
    for table in (evaluation_rows, evaluation_answers):
        await connection.execute(table.delete().where(table.c.evaluation_id.in_(own)))


async def spent(connection: AsyncConnection, evaluation_id: str) -> Decimal | None:
    """What the answers of an evaluation cost, in USD; None where that is not known of one."""
    answers = evaluation_answers
    asked = and_(answers.c.evaluation_id == evaluation_id, answers.c.refused.is_(None))
    statement = select(
        func.count(), func.count(answers.c.usd), func.coalesce(func.sum(answers.c.usd), 0)
    ).where(asked)
    count, known, usd = (await connection.execute(statement)).one()
    return Decimal(usd) if count == known else None


async def spending(
    connection: AsyncConnection, since: float, **match: str
) -> tuple[Decimal, Decimal]:
    """USD since then of the evaluations whose columns equal `match`: of those that ended, and what
    those on their way are expected to cost.

    One that ended counts what was spent, or its estimate where that is not known.
    """
    ended = evaluations.c.finished_at.is_not(None)
    usd = type_coerce(
        func.coalesce(evaluations.c.usd, evaluations.c.estimated_usd, 0), evaluations.c.usd.type
    )
    statement = select(
        func.coalesce(func.sum(usd).filter(ended), 0),
        func.coalesce(func.sum(usd).filter(~ended), 0),
    ).where(evaluations.c.started_at >= since)
    spent, reserved = (await connection.execute(statement.filter_by(**match))).one()
    return Decimal(spent), Decimal(reserved)


async def _all(connection: AsyncConnection, statement: Any) -> list[Evaluation]:
    rows = (await connection.execute(statement)).mappings()
    return [
        replace(
            Evaluation(**row),
            kind=EvaluationKind(row["kind"]),
            status=EvaluationStatus(row["status"]),
        )
        for row in rows
    ]
