"""Rows on which the model's answer gives another result than the expected one, shown to a person:
both may be right, and what the person holds to be right counts.

Task kind: `evaluation.sum` (sums an evaluation up again).
"""

from pydantic import BaseModel

from tunesmith.bot.answers.evaluation.rows import KnownRow
from tunesmith.bot.answers.evaluation.running import sum_up
from tunesmith.bot.answers.evaluation.summing import Result
from tunesmith.bot.answers.metrics.score import Score
from tunesmith.bot.errors import JobError
from tunesmith.bot.messages import Text, say
from tunesmith.bot.queue import Place, Work
from tunesmith.handlers.evaluation.blocks import LOOK
from tunesmith.handlers.evaluation.card import OfEvaluation, evaluation_of, tell_of
from tunesmith.handlers.slack.blocks import Block, actions, button, code, plain, section
from tunesmith.handlers.slack.blocks import context as small
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.interactions import Interactions
from tunesmith.handlers.slack.kinds import kinds
from tunesmith.handlers.slack.mrkdwn import escape, shorten
from tunesmith.handlers.slack.payloads import ActionBody, carried
from tunesmith.handlers.slack.thread import Where
from tunesmith.storage import evaluations
from tunesmith.storage.evaluation_values import Evaluation, Row, RowAnswer

CHOOSE = "evaluation_choose"
CHOICES = ("tuned", "gold", "both")

_MOST_TEXT = 900
_MOST_CELL = 40


class DisputeForm(BaseModel):
    """What the modal carries: the row that it shows."""

    evaluation_id: str
    channel: str
    number: int


def register(interactions: Interactions) -> None:
    """Listen to the button of the card, and to those of the modal."""
    interactions.action(LOOK, _open)
    for choice in CHOICES:
        interactions.action(f"{CHOOSE}_{choice}", _choose)


async def _open(context: Context, body: ActionBody) -> None:
    evaluation = await _seen(context, body.where, body.user.id, body.value)
    view = await _view(context, evaluation, await context.text(body.user.id))
    await context.outbox.call("views.open", trigger_id=body.trigger_id, view=view)


async def _choose(context: Context, body: ActionBody) -> None:
    """Keep a person's choice, and show the next row."""
    if body.view is None:
        raise JobError(say("common.control_unreadable"))
    about = carried(DisputeForm, body.view.private_metadata)
    where = body.where_opened(about.channel)
    evaluation = await _seen(context, where, body.user.id, about.evaluation_id)
    await context.people.require_colleague(body.user.id)
    if body.value not in CHOICES:
        raise JobError(say("common.control_unreadable"))
    async with context.services.database.write() as connection:
        person = body.user.id
        await evaluations.choose(connection, evaluation.id, about.number, body.value, person)
        again = OfEvaluation(evaluation_id=evaluation.id)
        await sum_again.add_again(connection, again, of=evaluation.id)
        await sum_again.make_due(connection, of=evaluation.id)
    view = await _view(context, evaluation, await context.text(body.user.id))
    await context.outbox.call("views.update", view_id=body.view.id, hash=body.view.hash, view=view)


@kinds.task("evaluation.sum", OfEvaluation, place=Place.CHECK)
async def sum_again(context: Context, work: Work[OfEvaluation]) -> None:
    """Count people's choices in."""
    evaluation = await evaluation_of(context, work.payload.evaluation_id)
    result = await sum_up(context.services, evaluation.id)
    async with work.finish() as connection:
        summary = result.model_dump(mode="json")
        await evaluations.change(connection, evaluation.id, summary=summary)
        await tell_of(connection, evaluation)


async def _seen(context: Context, where: Where, user: str, evaluation_id: str) -> Evaluation:
    """The evaluation that a button names. Raises JobError where this person does not see it."""
    async with context.services.database.read() as connection:
        found = await evaluations.get(connection, evaluation_id)
    if found is None:
        raise JobError(say("evaluation.not_known"))
    await context.job_seen(where, user, found.job_id)
    return found


async def _view(context: Context, evaluation: Evaluation, text: Text) -> Block:
    """The modal with the first row that nobody has decided on."""
    disputed = Result.model_validate(evaluation.summary).disputed
    async with context.services.database.read() as connection:
        rows = await evaluations.rows_of(connection, evaluation.id, disputed)
        answers = await evaluations.answers_of(connection, evaluation.id)
    left = [row for row in rows if row.choice is None]
    view: Block = {
        "type": "modal",
        "title": plain(text.plain("evaluation.dispute_title")),
        "close": plain(text.plain("form.close")),
    }
    if not left:
        key = "evaluation.dispute_done" if rows else "evaluation.file_gone"
        return view | {"blocks": [section(text(key))]}
    row = left[0]
    answer = next(a for a in answers if a.number == row.number and a.contestant == "tuned")
    about = DisputeForm(evaluation_id=evaluation.id, channel=evaluation.channel, number=row.number)
    return view | {
        "private_metadata": about.model_dump_json(),
        "blocks": _row_blocks(text, row, answer, len(left)),
    }


def _row_blocks(text: Text, row: Row, answer: RowAnswer, left: int) -> list[Block]:
    known = KnownRow.model_validate(row.row)
    said = Score.model_validate(answer.score)
    difference = said.execution.difference if said.execution else None
    return [
        small(text("evaluation.dispute_left", count=left, line=known.line)),
        section(f"*{escape(shorten(known.question, _MOST_TEXT))}*"),
        section(text("evaluation.dispute_gold")),
        code(shorten(known.gold, _MOST_TEXT)),
        *(_results(text, difference.gold, difference.gold_rows) if difference else []),
        section(text("evaluation.dispute_tuned")),
        code(shorten(answer.text.strip(), _MOST_TEXT) or "–"),
        *(_results(text, difference.answer, difference.answer_rows) if difference else []),
        actions(
            *(
                button(text.plain(f"evaluation.choose_{choice}"), f"{CHOOSE}_{choice}", choice)
                for choice in CHOICES
            )
        ),
    ]


def _results(text: Text, rows: list[list[str]], count: int) -> list[Block]:
    """What a query gave on the database that tells the two apart."""
    lines = [" | ".join(shorten(cell, _MOST_CELL) for cell in row) for row in rows]
    shown = code("\n".join(lines)) if lines else small("–")
    return [small(text("evaluation.dispute_result", count=count)), shown]
