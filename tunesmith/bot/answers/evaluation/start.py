"""Ask for an evaluation, agree to what it costs, cancel it.

Nothing is asked of any model before somebody who may start jobs has agreed to the price.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.answers.evaluation.contestants import (
    Contestant,
    contestants_of,
    stored,
    total_usd,
)
from tunesmith.bot.answers.model import AskedModel
from tunesmith.bot.errors import BudgetError, JobError
from tunesmith.bot.jobs.budget import Payer, over_budget
from tunesmith.bot.jobs.permissions import Action, Person, require
from tunesmith.bot.messages import Message, say, to_stored
from tunesmith.bot.services import Services
from tunesmith.storage import audit, budgets, evaluations
from tunesmith.storage.evaluation_values import Evaluation, EvaluationKind, EvaluationStatus
from tunesmith.storage.jobs import Job

ACTION = "evaluate"
"""What the audit log calls it."""

OPEN = (EvaluationStatus.PREPARING, EvaluationStatus.OFFERED, EvaluationStatus.RUNNING)
"""Those that have not ended."""


@dataclass(frozen=True, slots=True)
class EvaluationRequest:
    """What is to be evaluated: `model`, that of `job` or a checkpoint of it, on the rows of a
    dataset, for `person`, in the job's thread.

    `against` is the evaluation whose answers a replay is measured by; what is `automatic` was begun
    by no person.
    """

    job: Job
    model: AskedModel
    dataset_id: str
    person: str
    kind: EvaluationKind = EvaluationKind.EVALUATION
    against: str | None = None
    automatic: bool = False


async def request(connection: AsyncConnection, wanted: EvaluationRequest, of: str) -> Evaluation:
    """Write an evaluation that is to be prepared; `of` names the request, so that the same one is
    written once.
    """
    model = wanted.model
    measured = Contestant(label="tuned", ref=model.ref, provider=model.provider, shown=model.shown)
    evaluation = Evaluation(
        id=uuid.uuid5(uuid.NAMESPACE_OID, of).hex[:12],
        team=wanted.job.team,
        channel=wanted.job.channel,
        thread=wanted.job.thread,
        kind=wanted.kind,
        status=EvaluationStatus.PREPARING,
        job_id=wanted.job.id,
        step=model.step,
        dataset_id=wanted.dataset_id,
        created_by=wanted.person,
        against=wanted.against,
        automatic=wanted.automatic,
        contestants=stored([measured]),
    )
    await evaluations.add(connection, evaluation)
    return evaluation


async def agree(
    services: Services,
    connection: AsyncConnection,
    evaluation_id: str,
    person: Person,
    labels: Collection[str] | None = None,
) -> bool:
    """Let models be asked: all, or those of these `labels`. False where somebody had agreed before.

    Raises NotAllowedError where this person may not start what costs, BudgetError where a budget
    does not allow it, JobError where it was cancelled or is not known.
    """
    require(services.settings, person, Action.START)
    known = await evaluations.get(connection, evaluation_id)
    if known is None:
        raise JobError(say("evaluation.not_known"))
    await budgets.lock(connection, known.team)
    offered = (EvaluationStatus.OFFERED,)
    chosen = [each for each in contestants_of(known) if labels is None or each.label in labels]
    price = total_usd(chosen)
    payer = Payer(known.team, known.channel, person.id)
    against = await over_budget(connection, services.settings, payer, price)
    if against is not None and known.status is EvaluationStatus.OFFERED:
        raise BudgetError(say("evaluation.over_budget", reason=against))
    values = {
        "contestants": stored(chosen),
        "estimated_usd": price,
        "created_by": person.id,
    }
    begun = await evaluations.move_on(
        connection, known.id, offered, EvaluationStatus.RUNNING, **values
    )
    if begun:
        await _note(connection, known, person.id, price)
    elif known.status is not EvaluationStatus.RUNNING:
        raise JobError(say("evaluation.not_offered"))
    return begun


async def cancel(
    services: Services, connection: AsyncConnection, evaluation_id: str, person: Person
) -> Evaluation:
    """End an evaluation; what was answered is kept. Raises NotAllowedError, JobError."""
    known = await evaluations.get(connection, evaluation_id)
    if known is None:
        raise JobError(say("evaluation.not_known"))
    require(services.settings, person, Action.CANCEL, known.created_by)
    if not await end(connection, known.id, EvaluationStatus.CANCELLED, cancelled_by=person.id):
        raise JobError(say("evaluation.ended_already"))
    return known


async def end(
    connection: AsyncConnection,
    evaluation_id: str,
    status: EvaluationStatus,
    error: Message | None = None,
    **values: object,
) -> bool:
    """Set the last status of an evaluation, with what was spent. False where it had one."""
    answers = await evaluations.spent(connection, evaluation_id)
    return await evaluations.move_on(
        connection,
        evaluation_id,
        OPEN,
        status,
        error=to_stored(error) if error else None,
        usd=answers,
        **values,
    )


async def _note(
    connection: AsyncConnection, evaluation: Evaluation, person: str, price: object
) -> None:
    await audit.add(
        connection,
        team=evaluation.team,
        channel=evaluation.channel,
        person=person,
        action=ACTION,
        subject=evaluation.job_id,
        usd=None if price is None else str(price),
    )
