"""A job's card after its end: the result, and the way on."""

from dataclasses import dataclass

from tunesmith.bot.jobs.checkpoints import suggested
from tunesmith.bot.jobs.verdict import Sign, verdict
from tunesmith.bot.messages import Message, Text, from_stored, say
from tunesmith.handlers.job.blocks import (
    CHECKPOINTS,
    ROW_LOSSES,
    chosen,
    icon,
    lineage,
    model_buttons,
)
from tunesmith.handlers.job.loss_chart import loss_chart, picture_alt
from tunesmith.handlers.job.shown import Shown
from tunesmith.handlers.slack.blocks import Block, actions, button, context, fields, image, section
from tunesmith.storage.jobs import JobStatus

_SCORES = ("accuracy", "weighted_f1")
# They ask for more training, which a job that broke off would have had.
_OF_WHOLE_JOBS = frozenset({Sign.STILL_FALLING, Sign.FLAT})
RESULT = "job_result"
"""The id of the first block of a card that is a result."""


@dataclass(frozen=True, slots=True)
class Charts:
    """The charts that a result shows: one that Slack draws itself, and the picture, by Slack's id
    of the file.
    """

    native: bool = False
    picture: str | None = None


def result_text(text: Text, shown: Shown) -> str:
    """How a job ended, in one plain sentence."""
    job, step = shown.job, shown.standing_in
    if step is not None:
        return text("checkpoint.stands_plain", step=step, model=job.fine_tuned_model)
    return text(
        f"job.ended_plain_{job.status}", base_model=job.base_model, model=job.fine_tuned_model
    )


def result_blocks(text: Text, shown: Shown, charts: Charts) -> list[Block]:
    """How a job ended: verdict, figures, charts, and the way on."""
    blocks = [section(_verdict(text, shown)) | {"block_id": RESULT}]
    figures = _figures(text, shown)
    if figures:
        blocks.append(fields(figures))
    if said := _said_of_losses(shown):
        blocks.append(section(text(said)))
    blocks += _charts(text, shown, charts)
    if shown.job.status is JobStatus.SUCCEEDED or shown.standing_in is not None:
        if shown.left:
            blocks.append(context(text(shown.left.message)))
        if shown.undeployed:
            blocks.append(context(text(shown.undeployed)))
        elif not (shown.left and shown.left.is_over):
            blocks.append(context(text("job.ended_how")))
        buttons = model_buttons(
            text, shown.job, shown.left, shown.reader, can_ask=not shown.undeployed
        )
        if len(shown.checkpoints) > 1 or shown.standing_in is not None:
            buttons.append(button(text("checkpoint.button"), CHECKPOINTS, shown.job.id))
        if shown.has_row_losses:
            buttons.append(button(text("rows.button"), ROW_LOSSES, shown.job.id))
        end = [context(chosen(text, shown.job)), *lineage(text, shown)]
        return [*blocks, *end, actions(*buttons)] if buttons else [*blocks, *end]
    blocks += [context(text("job.ended_kept")), context(chosen(text, shown.job))]
    blocks += lineage(text, shown)
    if shown.available and not shown.job.deleted_at:
        blocks.append(section(text("checkpoint.of_ended", count=len(shown.available))))
        blocks.append(actions(button(text("checkpoint.button"), CHECKPOINTS, shown.job.id)))
    return blocks


def _verdict(text: Text, shown: Shown) -> str:
    said, step = _end(text, shown), shown.standing_in
    if step is None:
        return said
    stands = text("checkpoint.stands", step=step, model=shown.job.fine_tuned_model)
    return f"{said}\n{stands}"


def _end(text: Text, shown: Shown) -> str:
    job = shown.job
    values = {
        "icon": icon(job.status),
        "base_model": job.base_model,
        "file": shown.file,
        "model": job.fine_tuned_model,
    }
    if job.status is JobStatus.SUCCEEDED:
        return text("job.ended_succeeded", **values)
    if job.status is JobStatus.FAILED:
        failed = text("job.ended_failed", **values)
        return f"{failed}\n{text(from_stored(job.error))}" if job.error else failed
    if job.cancelled_by:
        said = text("job.ended_cancelled", **values, user=job.cancelled_by)
        return f"{said}\n{text(from_stored(job.error))}" if job.error else said
    return text("job.ended_cancelled_elsewhere", **values)


def _said_of_losses(shown: Shown) -> Message | None:
    found = verdict(shown.steps)
    if found and found.sign in _OF_WHOLE_JOBS and shown.job.status is not JobStatus.SUCCEEDED:
        return None
    if found is None or found.best_step is None:
        return say(f"verdict.sign_{found.sign}") if found else None
    epoch = shown.epoch_of(found.best_step)
    key = "verdict.sign_overfitting" if epoch is None else "verdict.sign_overfitting_epoch"
    said = say(key, step=found.best_step, epoch=epoch or 0)
    best = suggested(shown.available)
    if best is None or best.valid_loss is None or best is shown.available[-1]:
        return said
    return say("verdict.better", verdict=said, step=best.step)


def _charts(text: Text, shown: Shown, charts: Charts) -> list[Block]:
    found: list[Block] = []
    if charts.native and (drawn := loss_chart(text.plain, shown.steps, shown.epoch_of)):
        found.append(drawn)
    if charts.picture:
        found.append(image(charts.picture, picture_alt(text.plain, shown.steps)))
    return found


def _figures(text: Text, shown: Shown) -> list[str]:
    job, steps = shown.job, shown.steps
    figures: list[str] = []
    for name in ("train_loss", "valid_loss", "train_accuracy", "valid_accuracy"):
        known = [value for step in steps if (value := getattr(step, name)) is not None]
        if known:
            figures.append(text(f"job.ended_{name}", first=known[0], last=known[-1]))
    figures += [
        text(f"job.ended_{name}", value=value)
        for name, value in (job.scores or {}).items()
        if name in _SCORES
    ]
    if job.trained_tokens:
        figures.append(text("job.ended_tokens", count=job.trained_tokens))
    if shown.took is not None:
        figures.append(text("job.ended_took", seconds=shown.took))
    is_free = not (job.billed_usd or job.estimated_usd)
    if job.billed_usd is not None and job.estimated_usd is not None and not is_free:
        usd = {"estimated": job.estimated_usd, "billed": job.billed_usd}
        figures.append(text("job.ended_cost", **usd))
    elif job.estimated_usd and job.status is JobStatus.SUCCEEDED:
        figures.append(text("job.ended_cost_estimated", estimated=job.estimated_usd))
    return figures
