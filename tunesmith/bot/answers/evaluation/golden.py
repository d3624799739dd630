"""Golden answers: what a new model answers to rows that were held out, recorded once its job has
succeeded, so that a later model, another provider or a moved model is measured by them.
"""

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.answers.evaluation.contestants import contestants_of, total_usd
from tunesmith.bot.answers.evaluation.start import EvaluationRequest, end, request
from tunesmith.bot.answers.model import not_deployed, tuned_model
from tunesmith.bot.jobs.budget import Payer, over_budget
from tunesmith.bot.messages import Message, say
from tunesmith.bot.services import Services
from tunesmith.storage import budgets, datasets, evaluations, jobs
from tunesmith.storage.evaluation_values import Evaluation, EvaluationKind, EvaluationStatus
from tunesmith.storage.jobs import Job


async def held_out(connection: AsyncConnection, job: Job) -> str | None:
    """The dataset whose rows a job's model has not learnt: its validation file, else the one that
    was set aside from its training file.
    """
    if job.validation_id:
        return job.validation_id
    dataset = await datasets.get(connection, job.dataset_id)
    return dataset.validation_id if dataset else None


async def golden_of(connection: AsyncConnection, job_id: str) -> Evaluation | None:
    """The newest answers of a job's model to held-out rows, however they came to be recorded."""
    return await evaluations.of_model(connection, job_id)


async def origin_of(connection: AsyncConnection, job: Job) -> Evaluation | None:
    """The golden answers of the model that a job moves here, or goes on from."""
    if job.moved_from:
        return await golden_of(connection, job.moved_from)
    if job.continued_from:
        for before in await jobs.named(connection, job.team, job.continued_from):
            if found := await golden_of(connection, before.id):
                return found
    return None


async def record(services: Services, connection: AsyncConnection, job: Job) -> Evaluation | None:
    """Write the evaluation that records a new model's golden answers, and measures it by those of
    the model that it stands for. None where it can't be asked, or no rows were held out.
    """
    if not job.fine_tuned_model or not_deployed(services, job):
        return None
    before = await origin_of(connection, job)
    dataset_id = before.dataset_id if before else await held_out(connection, job)
    if dataset_id is None:
        return None
    wanted = EvaluationRequest(
        job=job,
        model=tuned_model(services, job),
        dataset_id=dataset_id,
        person=job.created_by,
        kind=EvaluationKind.REPLAY if before else EvaluationKind.GOLDEN,
        against=before.id if before else None,
        automatic=True,
    )
    return await request(connection, wanted, f"golden:{job.told_as}")


async def agree_by_setting(
    services: Services, connection: AsyncConnection, evaluation: Evaluation
) -> bool:
    """Let an evaluation begin that nobody is asked about. False where its price is above the
    setting TUNESMITH_GOLDEN_USD, not known, or over a budget: it is ended, and says so.
    """
    price = total_usd(contestants_of(evaluation))
    reason: Message | None = None
    if price is None:
        reason = say("evaluation.golden_price_unknown")
    elif price > services.settings.golden_usd:
        reason = say("evaluation.golden_too_dear", price=price, most=services.settings.golden_usd)
    else:
        await budgets.lock(connection, evaluation.team)
        payer = Payer(evaluation.team, evaluation.channel, evaluation.created_by)
        reason = await over_budget(connection, services.settings, payer, price)
    if reason is not None:
        await end(connection, evaluation.id, EvaluationStatus.CANCELLED, reason)
        return False
    return await evaluations.move_on(
        connection, evaluation.id, (EvaluationStatus.OFFERED,), EvaluationStatus.RUNNING
    )
