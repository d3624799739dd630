"""A job's card while it is on its way."""

from collections.abc import Sequence

from tunesmith.bot.jobs.permissions import Action
from tunesmith.bot.messages import Message, Rendered, Text, from_stored, say
from tunesmith.bot.providers.lifetime import TimeLeft
from tunesmith.handlers.comparison.button import compare_model_button
from tunesmith.handlers.job.reader import Reader
from tunesmith.handlers.job.shown import Shown
from tunesmith.handlers.slack.blocks import (
    Block,
    actions,
    button,
    context,
    fields,
    plain,
    section,
)
from tunesmith.storage.jobs import Job, JobStatus

CANCEL = "cancel_job"
PAUSE = "pause_job"
RESUME = "resume_job"
ASK = "ask_model"
MOVE = "move_model"
CHECKPOINTS = "show_checkpoints"
ROW_LOSSES = "show_row_losses"

_BAR = 20
_ICONS = {
    JobStatus.SUCCEEDED: ":white_check_mark:",
    JobStatus.FAILED: ":x:",
    JobStatus.CANCELLED: ":no_entry_sign:",
    JobStatus.RUNNING: ":hammer_and_wrench:",
    JobStatus.PAUSED: ":double_vertical_bar:",
}
_WAITING = ":hourglass_flowing_sand:"


def status_said(status: JobStatus) -> Message:
    """A status in words; one that we don't know as it stands."""
    if status.is_known:
        return say(f"job.status_{status}")
    return say("job.status_other", status=status)


def icon(status: JobStatus) -> str:
    """The sign of a status."""
    return _ICONS.get(status, _WAITING)


def model_buttons(
    text: Text, job: Job, left: TimeLeft | None, reader: Reader, *, can_ask: bool = True
) -> list[Block]:
    """What a reader can do with a tuned model: ask and compare it as long as it answers (where one
    `can_ask` it at all), move it where its end is near or has come.
    """
    found: list[Block] = []
    if can_ask and reader.may_ask and (left is None or not left.is_over):
        found.append(button(text("job.ended_ask"), ASK, job.id, style="primary"))
        found.append(compare_model_button(text, job.id))
    if left is not None and left.is_near and reader.may(Action.MOVE, job):
        style = "primary" if left.is_over else None
        found.append(button(text("move.button"), MOVE, job.id, style=style))
    return found


def progress_text(text: Text, shown: Shown) -> str:
    """How far a job is, in one plain sentence."""
    return text(
        "job.progress_plain",
        model=shown.job.base_model,
        file=shown.file,
        status=status_said(shown.job.status),
    )


def progress_blocks(text: Text, shown: Shown, approval: Sequence[Block] = ()) -> list[Block]:
    """How far a job is: bar, step, figures, time left, cost so far, what is to be said of its
    `approval`, and buttons to steer it.
    """
    job = shown.job
    title = text("job.progress_title", icon=icon(job.status), model=job.base_model, file=shown.file)
    blocks = [section(title), section(f"{_bar(text, shown.share)} · {_now(text, shown)}")]
    figures = _figures(text, shown)
    if figures:
        blocks.append(fields(figures))
    if job.status is JobStatus.UPLOADING and job.upload:
        sent, total = job.upload["sent"], job.upload["total"]
        blocks.append(context(text("watch.uploading", sent=sent, total=total)))
    if job.waiting_for:
        blocks.append(context(text("job.waiting_for", why=job.waiting_for)))
    if shown.silent:
        provider, seconds = shown.silent
        blocks.append(context(text("job.progress_silent", provider=provider, seconds=seconds)))
    if job.cancelled_by:
        blocks.append(context(text("job.progress_cancelling", user=job.cancelled_by)))
        if job.cancel_refused:
            reason = from_stored(job.cancel_refused)
            blocks.append(section(text("watch.cancel_refused", reason=reason)))
    elif job.paused_by and job.status in {JobStatus.PAUSING, JobStatus.PAUSED}:
        blocks.append(context(text("job.progress_paused_by", user=job.paused_by)))
    blocks.append(context(chosen(text, job)))
    blocks += [*lineage(text, shown), *approval]
    buttons = _buttons(text, shown)
    if buttons:
        blocks.append(actions(*buttons))
    return blocks


def chosen(text: Text, job: Job) -> str:
    """Who started a job, and what was chosen for it."""
    chosen, auto = job.hyperparameters, say("job.auto")
    absolute = "learning_rate" in chosen
    rate = chosen.get("learning_rate" if absolute else "learning_rate_multiplier")
    return text(
        "job.progress_by_learning_rate" if absolute else "job.progress_by",
        user=job.created_by,
        id=job.id,
        epochs=chosen.get("n_epochs") or job.epochs or auto,
        rate=auto if rate is None else f"{rate:g}",
    )


def lineage(text: Text, shown: Shown) -> list[Block]:
    """Where a model was moved from, if it was."""
    return [context(text(shown.lineage))] if shown.lineage else []


def _bar(text: Text, share: float) -> str:
    done = round(share * _BAR)
    bar = Rendered("█" * done + "░" * (_BAR - done))
    return text("job.progress_bar", bar=bar, share=round(share, 2))


def _now(text: Text, shown: Shown) -> str:
    job, steps = shown.job, shown.steps
    state = text(status_said(job.status))
    if steps and steps[-1].total_steps:
        step = text("job.progress_step", step=steps[-1].step, total=steps[-1].total_steps)
        state = step if job.status is JobStatus.RUNNING else f"{state} · {step}"
    left = shown.seconds_left
    return text("job.progress_state", state=state, left=left) if left else state


def _figures(text: Text, shown: Shown) -> list[str]:
    """The newest of each figure: training on the left, validation on the right."""
    found: list[str] = []
    for name in ("train_loss", "valid_loss", "train_accuracy", "valid_accuracy"):
        known = (getattr(step, name) for step in reversed(shown.steps))
        value = next((value for value in known if value is not None), None)
        if value is not None:
            found.append(text(f"job.progress_{name}", value=value))
    if shown.cost_so_far is not None:
        found.append(
            text("job.progress_cost", so_far=shown.cost_so_far, total=shown.job.estimated_usd)
        )
    elif shown.job.estimated_usd:
        found.append(text("job.progress_cost_in_all", total=shown.job.estimated_usd))
    return found


def _buttons(text: Text, shown: Shown) -> list[Block]:
    job, may = shown.job, shown.reader.may
    if job.cancelled_by:
        return []
    found: list[Block] = []
    if shown.can_pause and job.status is JobStatus.RUNNING and may(Action.PAUSE, job):
        found.append(button(text("job.progress_pause"), PAUSE, job.id))
    if shown.can_pause and job.status is JobStatus.PAUSED and may(Action.RESUME, job):
        found.append(button(text("job.progress_resume"), RESUME, job.id, style="primary"))
    if may(Action.CANCEL, job):
        found.append(_cancel_button(text, job))
    return found


def _cancel_button(text: Text, job: Job) -> Block:
    confirm = {
        "title": plain(text("job.cancel_title")),
        "text": plain(text("job.cancel_text")),
        "confirm": plain(text("job.cancel_yes")),
        "deny": plain(text("job.cancel_no")),
        "style": "danger",
    }
    return button(text("job.progress_cancel"), CANCEL, job.id, style="danger", confirm=confirm)
