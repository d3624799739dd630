"""Run an evaluation: ask what has no answer, score what has no score, sum up."""

from collections.abc import Callable
from functools import partial
from typing import Any

from tunesmith.bot.answers.evaluation.asking import Asking
from tunesmith.bot.answers.evaluation.contestants import contestants_of
from tunesmith.bot.answers.evaluation.scoring import score_answers
from tunesmith.bot.answers.evaluation.start import end
from tunesmith.bot.answers.evaluation.summing import Result, result_of
from tunesmith.bot.queue import Work
from tunesmith.bot.services import Services
from tunesmith.storage import evaluations
from tunesmith.storage.evaluation_values import Evaluation, EvaluationStatus

_ASKING = 0.9
"""The share of the work that asking is."""


async def run(
    services: Services,
    work: Work[Any],
    evaluation: Evaluation,
    progress: Callable[[float], None],
) -> Evaluation:
    """Bring an evaluation that runs to its end, however often that is begun; as it stands then.

    It has ended earlier where somebody cancelled it. Raises as `Asking.run` does.
    """
    await Asking(services, work, evaluation, lambda share: progress(share * _ASKING)).run()
    async with services.database.read() as connection:
        status = await evaluations.status_of(connection, evaluation.id)
    if status is EvaluationStatus.RUNNING:
        await score_answers(
            services, work, evaluation, lambda share: progress(_ASKING + share * (1 - _ASKING))
        )
        result = await sum_up(services, evaluation.id)
        async with work.step() as connection:
            summary = result.model_dump(mode="json")
            await end(connection, evaluation.id, EvaluationStatus.SUCCEEDED, summary=summary)
    async with services.database.read() as connection:
        found = await evaluations.get(connection, evaluation.id)
    assert found is not None
    return found


async def sum_up(services: Services, evaluation_id: str) -> Result:
    """The figures of an evaluation as its answers and people's choices stand."""
    async with services.database.read() as connection:
        known = await evaluations.get(connection, evaluation_id)
        rows = await evaluations.rows_of(connection, evaluation_id)
        answers = await evaluations.answers_of(connection, evaluation_id)
    assert known is not None
    return await services.processes.run(partial(result_of, rows, answers, contestants_of(known)))
