"""Somebody looks at the rows with most loss, drops some, and trains again without them."""

from tunesmith.bot.errors import JobError
from tunesmith.bot.messages import say
from tunesmith.handlers.job.blocks import ROW_LOSSES
from tunesmith.handlers.job.form_listeners import open_form
from tunesmith.handlers.job.row_losses.tasks import TRAIN_AGAIN, DropRequest, drop_rows
from tunesmith.handlers.job.row_losses.view import SUBMIT, TURN, WAYS, Ticked, rows_view
from tunesmith.handlers.slack.blocks import Block
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.interactions import Interactions, Outcome
from tunesmith.handlers.slack.payloads import ActionBody, FormView, SubmissionBody, carried
from tunesmith.handlers.slack.thread import Where
from tunesmith.storage import row_losses


def register(interactions: Interactions) -> None:
    """Listen to the buttons and the list."""
    interactions.action(ROW_LOSSES, _show)
    for way in WAYS:
        interactions.action(f"{TURN}_{way}", _turn)
    interactions.form(SUBMIT, _drop)
    interactions.action(TRAIN_AGAIN, _train_again)


async def _show(context: Context, body: ActionBody) -> None:
    ticked = Ticked(job_id=body.value, channel=body.where.channel)
    view = await _view(context, body.where, body.user.id, ticked)
    await context.outbox.call("views.open", trigger_id=body.trigger_id, view=view)


async def _turn(context: Context, body: ActionBody) -> None:
    view = body.view
    if view is None:
        return
    ticked = _ticked(view)
    now = ticked.model_copy(update={"page": int(body.value), "lines": _lines(view, ticked)})
    shown = await _view(context, body.where_opened(ticked.channel), body.user.id, now)
    await context.outbox.call("views.update", view_id=view.id, hash=view.hash, view=shown)


async def _drop(context: Context, body: SubmissionBody) -> Outcome:
    ticked = _ticked(body.view)
    job = await context.job_at(body.where(ticked.channel), ticked.job_id)
    await context.dataset_at(body.where(ticked.channel), job.dataset_id)
    lines = _lines(body.view, ticked)
    if not lines:
        text = (await context.text(body.user.id)).plain
        return {ticked.block_id: text("rows.tick_first")}
    request = DropRequest(job_id=job.id, user=body.user.id, lines=lines)
    async with context.services.database.write() as connection:
        await drop_rows.add(connection, request, of=body.view.id)
    return {}


async def _train_again(context: Context, body: ActionBody) -> None:
    job_id, _, dataset_id = body.value.partition(" ")
    job = await context.job_at(body.where, job_id)
    dataset = await context.dataset_at(body.where, dataset_id)
    await open_form(context, body.trigger_id, body.user.id, dataset, like=job)


async def _view(context: Context, where: Where, user: str, ticked: Ticked) -> Block:
    """The list. Raises JobError where the job or its training file is not there."""
    job = await context.job_at(where, ticked.job_id)
    dataset = await context.dataset_at(where, job.dataset_id)
    async with context.services.database.read() as connection:
        rows = await row_losses.of_job(connection, job.id)
    if not rows:
        raise JobError(say("rows.none", id=job.id))
    return rows_view(await context.text(user), dataset.name, rows, ticked)


def _ticked(view: FormView) -> Ticked:
    return carried(Ticked, view.private_metadata)


def _lines(view: FormView, ticked: Ticked) -> list[int]:
    """The lines that are ticked, on this page and on others."""
    here = [int(line) for line in view.state.choices(ticked.block_id)]
    return sorted({*ticked.lines, *here})
