"""An evaluation in the hands of the queue.

Task kinds: `evaluation.prepare` (reads the rows and prices the questions) and `evaluation` (asks,
scores and sums up; one for each that somebody agreed to).
"""

import contextlib
from collections.abc import Sequence

from tunesmith.bot.answers.evaluation.golden import agree_by_setting
from tunesmith.bot.answers.evaluation.offering import offer
from tunesmith.bot.answers.evaluation.running import run
from tunesmith.bot.answers.evaluation.start import end
from tunesmith.bot.errors import ProviderBusyError, SlackError
from tunesmith.bot.messages import Message
from tunesmith.bot.queue import Place, Retry, Work
from tunesmith.handlers.evaluation.blocks import cancel_row, progress_words, waiting_words
from tunesmith.handlers.evaluation.card import (
    OfEvaluation,
    card_key,
    evaluation_of,
    tell_of,
    thread_of,
)
from tunesmith.handlers.evaluation.files import attach
from tunesmith.handlers.slack.blocks import Block
from tunesmith.handlers.slack.blocks import context as small
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import kinds
from tunesmith.handlers.slack.progress import progress_told
from tunesmith.storage.evaluation_values import Evaluation, EvaluationKind, EvaluationStatus

_PATIENCE = 86_400.0


@kinds.task("evaluation.prepare", OfEvaluation, place=Place.CHECK, attempts=6)
async def prepare(context: Context, work: Work[OfEvaluation]) -> None:
    """Read the rows and say what asking costs; what was agreed to before begins at once."""
    evaluation = await evaluation_of(context, work.payload.evaluation_id)
    if evaluation.status is EvaluationStatus.PREPARING:
        evaluation = await offer(context.services, work, evaluation)
    async with work.finish() as connection:
        automatic = evaluation.automatic and evaluation.status is EvaluationStatus.OFFERED
        if automatic and await agree_by_setting(context.services, connection, evaluation):
            await evaluate.add(connection, work.payload, of=evaluation.id)
        await tell_of(connection, evaluation)


@kinds.task("evaluation", OfEvaluation, place=Place.EVALUATE, patience=_PATIENCE)
async def evaluate(context: Context, work: Work[OfEvaluation]) -> None:
    """Ask every contestant every row, and sum up what came of it."""
    evaluation = await evaluation_of(context, work.payload.evaluation_id)
    if evaluation.status is EvaluationStatus.RUNNING:
        evaluation = await _run(context, work, evaluation)
    async with work.finish() as connection:
        await tell_of(connection, evaluation)
        if evaluation.summary and evaluation.kind is not EvaluationKind.GOLDEN:
            await attach.add(connection, work.payload, of=evaluation.id)


@prepare.when_given_up
@evaluate.when_given_up
async def _say_failed(context: Context, work: Work[OfEvaluation], reason: Message) -> None:
    evaluation = await evaluation_of(context, work.payload.evaluation_id)
    async with work.finish() as connection:
        await end(connection, evaluation.id, EvaluationStatus.FAILED, reason)
        await tell_of(connection, evaluation)


async def _run(context: Context, work: Work[OfEvaluation], evaluation: Evaluation) -> Evaluation:
    if evaluation.kind is EvaluationKind.GOLDEN:
        return await run(context.services, work, evaluation, lambda _: None)
    ref, key = thread_of(evaluation), card_key(evaluation.id)
    text = await context.text_in(ref)

    def words(share: float) -> str:
        return progress_words(text, evaluation, share)

    cancel = [cancel_row(text, evaluation)]
    try:
        async with progress_told(context, work, key, ref, words, below=cancel) as progress:
            return await run(context.services, work, evaluation, progress)
    except (ProviderBusyError, Retry) as waits:
        said = waiting_words(text, evaluation, waits.message)
        await _show_quietly(context, work, evaluation, said, [small(said), *cancel])
        raise


async def _show_quietly(
    context: Context,
    work: Work[OfEvaluation],
    evaluation: Evaluation,
    words: str,
    blocks: Sequence[Block],
) -> None:
    """Bring the card up to date where Slack takes it at once."""
    key, ref = card_key(evaluation.id), thread_of(evaluation)
    with contextlib.suppress(Retry, SlackError):
        await context.outbox.put(work, key, ref, words, [*blocks], background=True)
