"""Score the answers of an evaluation, a few at a time, in worker processes."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from tunesmith.bot.answers.evaluation.rows import KnownRow
from tunesmith.bot.answers.metrics.score import Facts, Score, score, score_all
from tunesmith.bot.errors import WorkerError
from tunesmith.bot.queue import Work
from tunesmith.bot.services import Services
from tunesmith.storage import evaluations
from tunesmith.storage.evaluation_values import Evaluation, RowAnswer

_AT_ONCE = 8
_SECONDS = 300.0


async def score_answers(
    services: Services,
    work: Work[Any],
    evaluation: Evaluation,
    progress: Callable[[float], None],
) -> None:
    """Score every answer that has no score; each score is kept at once.

    `progress` takes the share of those that are scored.
    """
    facts = Facts.model_validate(evaluation.facts)
    async with services.database.read() as connection:
        rows = await evaluations.rows_of(connection, evaluation.id)
        total = len(await evaluations.answered(connection, evaluation.id))
    golds = {row.number: KnownRow.model_validate(row.row).gold for row in rows}
    done = 0
    while True:
        async with services.database.read() as connection:
            waiting = await evaluations.answers_of(connection, evaluation.id, unscored=_AT_ONCE)
        if not waiting:
            return
        scores = await _scores(services, [(golds[each.number], each) for each in waiting], facts)
        async with work.step() as connection:
            rows_of = [each.model_dump(mode="json") for each in scores]
            await evaluations.note_scores(connection, waiting, rows_of)
        done += len(waiting)
        progress(min(1.0, done / max(1, total)))


async def _scores(
    services: Services, pairs: Sequence[tuple[str, RowAnswer]], facts: Facts
) -> list[Score]:
    """The scores of answers. Where one of them breaks its worker, the others are scored without
    it, and it counts as undecided.
    """
    texts = [(gold, answer.text) for gold, answer in pairs]
    try:
        return await services.processes.run(partial(score_all, texts, facts), seconds=_SECONDS)
    except WorkerError:
        if len(pairs) == 1:
            # Without the schema nothing is run; what could not be run proves nothing.
            unrun = facts.model_copy(update={"schema_": None})
            return [score(*texts[0], unrun).model_copy(update={"right": None})]
        return [score for pair in pairs for score in await _scores(services, [pair], facts)]
