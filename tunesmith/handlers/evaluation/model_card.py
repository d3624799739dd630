"""`/tune model`: all that is known of one tuned model, on one card."""

from tunesmith.bot.answers.comparison.asking import counted_as
from tunesmith.bot.answers.evaluation.summing import Result
from tunesmith.bot.answers.model import not_deployed, tuned_model
from tunesmith.bot.datasets import Report
from tunesmith.bot.jobs import time_left
from tunesmith.bot.jobs.permissions import Action
from tunesmith.bot.messages import Message, Rendered, Text, from_stored, say
from tunesmith.handlers.answer.choosing import places
from tunesmith.handlers.comparison.button import compare_model_button
from tunesmith.handlers.comparison.tallies import tally_in
from tunesmith.handlers.evaluation.blocks import measured, verdict_lines
from tunesmith.handlers.job.blocks import ASK, MOVE
from tunesmith.handlers.job.commands.subcommand import Asked, choose, run_button
from tunesmith.handlers.job.reader import Reader, reader_in
from tunesmith.handlers.job.rows import slack_time
from tunesmith.handlers.slack.blocks import Block, actions, button, fields, section
from tunesmith.handlers.slack.blocks import context as small
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.replies import Reply
from tunesmith.storage import datasets, evaluations, jobs, metrics
from tunesmith.storage.evaluation_values import Evaluation
from tunesmith.storage.jobs import Job
from tunesmith.storage.metrics import Metric


async def model(asked: Asked) -> Reply:
    """Show a model's card."""
    job = await choose(asked, "model", _has_model, "model.list_none")
    if not isinstance(job, Job):
        return job
    context, text = asked.context, asked.text
    words = text("evaluation.card_title", model=job.fine_tuned_model or job.base_model)
    async with context.services.database.read() as connection:
        dataset = await datasets.get(connection, job.dataset_id)
        held = await datasets.name_of(connection, job.validation_id or "")
        steps = await metrics.of_job(connection, job.id)
        newest = await evaluations.of_model(connection, job.id)
        others = await evaluations.of_checkpoints(connection, job.id)
    report = Report.model_validate(dataset.report) if dataset else None
    figures = [*_data(text, report, held), *_training(context, text, job, steps)]
    link = await context.permalinks.to(job.channel, job.thread)
    blocks = [section(words), fields(figures), *_evaluation(text, newest, others)]
    blocks += await _votes(asked, job)
    blocks += [small(line) for line in await _lineage(context, text, job)]
    left = time_left(context.services, job)
    if left:
        blocks.append(small(text(left.message)))
    undeployed = not_deployed(context.services, job)
    if undeployed:
        blocks.append(small(text(undeployed)))
    key = "evaluation.card_by" if link else "evaluation.card_by_unlinked"
    when = slack_time(job.finished_at or job.created_at, text)
    said = {"user": job.created_by, "when": when, "id": job.id, "link": Rendered(link or "")}
    can_ask = undeployed is None and not (left and left.is_over)
    buttons = _buttons(text, job, await reader_in(context, asked.ref), can_ask=can_ask)
    rows = [actions(*buttons)] if buttons else []
    return words, [*blocks, small(text(key, **said)), *rows]


def _data(text: Text, report: Report | None, held: str) -> list[str]:
    if report is None:
        return []
    found = [
        text(
            "evaluation.card_data",
            file=report.name,
            examples=say("dataset.examples", count=report.examples),
            tokens=say("dataset.tokens", count=report.tokens.total),
        )
    ]
    if held:
        found.append(text("evaluation.card_held", file=held))
    return found


def _training(context: Context, text: Text, job: Job, steps: list[Metric]) -> list[str]:
    title = context.titles[job.provider]
    found = [text("evaluation.card_base", model=job.base_model, provider=title)]
    if job.billed_usd is not None:
        found.append(text("evaluation.card_billed", usd=job.billed_usd))
    elif job.estimated_usd is not None:
        found.append(text("evaluation.card_estimated", usd=job.estimated_usd))
    for name in ("train_loss", "valid_loss"):
        known = [value for step in steps if (value := getattr(step, name)) is not None]
        if known:
            found.append(text(f"job.ended_{name}", first=known[0], last=known[-1]))
    return found


def _evaluation(text: Text, newest: Evaluation | None, others: list[Evaluation]) -> list[Block]:
    """What was measured of the model, and of its checkpoints."""
    found: list[Block] = []
    if newest is None:
        found.append(section(text("evaluation.card_not_evaluated")))
    else:
        result = Result.model_validate(newest.summary)
        when = slack_time(newest.finished_at or newest.created_at, text)
        title = text(f"evaluation.card_{newest.kind}", rows=_rows(result), when=when)
        found.append(section("\n".join([title, *verdict_lines(text, result)])))
    for one in others:
        result = Result.model_validate(one.summary)
        said = {
            "step": one.step,
            "rows": _rows(result),
            "said": Rendered(measured(text, result)),
        }
        found.append(small(text("evaluation.card_checkpoint", **said)))
    return found


def _rows(result: Result) -> Message:
    return say("evaluation.rows", count=result.rows)


async def _votes(asked: Asked, job: Job) -> list[Block]:
    """How people preferred its answers, in comparisons that stand where the card is read."""
    channels = await places(asked.context, asked.ref.channel, asked.ref.user)
    model = counted_as(tuned_model(asked.context.services, job))
    lines = (await tally_in(asked.context, asked.team, channels)).lines_of(asked.text, model)
    return [section("\n".join([asked.text("comparison.card"), *lines]))] if lines else []


async def _lineage(context: Context, text: Text, job: Job) -> list[str]:
    """Where a model comes from."""
    lines: list[str] = []
    if job.continued_from:
        lines.append(text("evaluation.card_continued", model=job.continued_from))
    if job.moved_from:
        async with context.services.database.read() as connection:
            before = await jobs.get(connection, job.moved_from)
        if before is not None:
            about = {"model": before.fine_tuned_model, "provider": context.titles[before.provider]}
            lines.append(text("move.lineage", **about))
    if job.error:
        lines.append(text(from_stored(job.error)))
    return lines


def _buttons(text: Text, job: Job, reader: Reader, *, can_ask: bool) -> list[Block]:
    may_move = reader.may(Action.MOVE, job)
    move = [button(text.plain("move.button"), MOVE, job.id)] if may_move else []
    if not (can_ask and reader.may_ask):
        return move
    return [
        button(text.plain("job.ended_ask"), ASK, job.id, style="primary"),
        compare_model_button(text, job.id),
        run_button(text.plain("evaluation.card_evaluate"), f"eval {job.id}", name="_eval"),
        *move,
    ]


def _has_model(job: Job) -> bool:
    return job.fine_tuned_model is not None and job.deleted_at is None
