"""A job on its way, and at its end."""

from collections.abc import Sequence

from tunesmith.bot.messages import Message, Text, from_stored, say
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
from tunesmith.storage.metrics import Metric

CANCEL = "cancel_job"
ASK = "ask_model"

_BAR = 20
_ICONS = {
    JobStatus.SUCCEEDED: ":white_check_mark:",
    JobStatus.FAILED: ":x:",
    JobStatus.CANCELLED: ":no_entry_sign:",
    JobStatus.RUNNING: ":hammer_and_wrench:",
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


def progress_text(text: Text, job: Job, file: str) -> str:
    """How far a job is, in one plain sentence."""
    return text(
        "job.progress_plain",
        model=job.base_model,
        file=file,
        status=status_said(job.status),
    )


def progress_blocks(
    text: Text,
    job: Job,
    file: str,
    steps: Sequence[Metric],
    *,
    now: float,
    silent: tuple[str, float] | None,
) -> list[Block]:
    """How far a job is: bar, step, loss, time left, and a button to cancel it.

    `silent` is the provider's title and since how many seconds it has not answered.
    """
    blocks = [
        section(text("job.progress_title", icon=icon(job.status), model=job.base_model, file=file)),
        section(f"{_bar(job, steps)} · {_now(text, job, steps, now)}"),
    ]
    if steps:
        blocks.append(fields(_figures(text, steps)))
    if silent and not job.finished_at:
        provider, seconds = silent
        blocks.append(context(text("job.progress_silent", provider=provider, seconds=seconds)))
    if job.cancelled_by and not job.finished_at:
        blocks.append(context(text("job.progress_cancelling", user=job.cancelled_by)))
        if job.cancel_refused:
            reason = from_stored(job.cancel_refused)
            blocks.append(section(text("watch.cancel_refused", reason=reason)))
    blocks.append(context(_chosen(text, job)))
    if not job.finished_at and not job.cancelled_by:
        blocks.append(actions(_cancel_button(text, job)))
    return blocks


def ended_text(text: Text, job: Job) -> str:
    """How a job ended, in one plain sentence."""
    return text(
        f"job.ended_plain_{job.status}", base_model=job.base_model, model=job.fine_tuned_model
    )


def ended_blocks(
    text: Text, job: Job, steps: Sequence[Metric], until: Message | None = None
) -> list[Block]:
    """How a job ended: verdict, figures, and the way on.

    `until` says how long its model answers.
    """
    if job.status is JobStatus.CANCELLED:
        key = "job.ended_cancelled" if job.cancelled_by else "job.ended_cancelled_elsewhere"
        verdict = text(key, base_model=job.base_model, user=job.cancelled_by)
        return [section(verdict), context(text("job.ended_kept"))]
    if job.status is JobStatus.FAILED:
        reason = text("job.ended_reason", reason=from_stored(job.error or ""))
        return [section(text("job.ended_failed", base_model=job.base_model)), section(reason)]
    blocks = [section(text("job.ended_succeeded", model=job.fine_tuned_model))]
    figures = _results(text, job, steps)
    if figures:
        blocks.append(fields(figures))
    if until:
        blocks.append(context(text(until)))
    blocks.append(context(text("job.ended_how")))
    blocks.append(actions(button(text("job.ended_ask"), ASK, job.id, style="primary")))
    return blocks


def jobs_blocks(text: Text, jobs: Sequence[tuple[Job, str]]) -> list[Block]:
    """A list of jobs, each with the name of its file."""
    lines = [text("job.list_title")]
    lines += [
        text(
            "job.list_line",
            icon=icon(job.status),
            id=job.id,
            model=job.fine_tuned_model or job.base_model,
            file=file,
            status=status_said(job.status),
        )
        for job, file in jobs
    ]
    return [section("\n".join(lines))]


def _bar(job: Job, steps: Sequence[Metric]) -> str:
    share = 1.0 if job.status is JobStatus.SUCCEEDED else _share(steps)
    done = round(share * _BAR)
    return f"`{'█' * done}{'░' * (_BAR - done)}` {share * 100:.0f} %"


def _share(steps: Sequence[Metric]) -> float:
    if not steps or not steps[-1].total_steps:
        return 0.0
    return min(1.0, steps[-1].step / steps[-1].total_steps)


def _now(text: Text, job: Job, steps: Sequence[Metric], now: float) -> str:
    state = text(status_said(job.status))
    if job.status is JobStatus.RUNNING and steps and steps[-1].total_steps:
        state = text("job.progress_step", step=steps[-1].step, total=steps[-1].total_steps)
    left = _seconds_left(job, steps, now)
    return text("job.progress_state", state=state, left=left) if left else state


def _seconds_left(job: Job, steps: Sequence[Metric], now: float) -> float | None:
    if job.status is not JobStatus.RUNNING:
        return None
    if job.estimated_finish:
        return max(1.0, job.estimated_finish - now)
    share = _share(steps)
    if not share or not job.started_at:
        return None
    return max(1.0, (now - job.started_at) * (1 - share) / share)


def _figures(text: Text, steps: Sequence[Metric]) -> list[str]:
    last = steps[-1]
    valid = next((step.valid_loss for step in reversed(steps) if step.valid_loss is not None), None)
    figures: list[str] = []
    if last.train_loss is not None:
        figures.append(text("job.progress_loss", loss=last.train_loss))
    if last.train_accuracy is not None:
        figures.append(text("job.progress_accuracy", accuracy=last.train_accuracy))
    if valid is not None:
        figures.append(text("job.progress_valid_loss", loss=valid))
    return figures


def _chosen(text: Text, job: Job) -> str:
    chosen, auto = job.hyperparameters, say("job.auto")
    absolute = "learning_rate" in chosen
    rate = chosen.get("learning_rate" if absolute else "learning_rate_multiplier")
    return text(
        "job.progress_by_learning_rate" if absolute else "job.progress_by",
        user=job.created_by,
        id=job.id,
        epochs=chosen.get("n_epochs", auto),
        rate=auto if rate is None else f"{rate:g}",
    )


def _cancel_button(text: Text, job: Job) -> Block:
    confirm = {
        "title": plain(text("job.cancel_title")),
        "text": plain(text("job.cancel_text")),
        "confirm": plain(text("job.cancel_yes")),
        "deny": plain(text("job.cancel_no")),
        "style": "danger",
    }
    return button(text("job.progress_cancel"), CANCEL, job.id, style="danger", confirm=confirm)


def _results(text: Text, job: Job, steps: Sequence[Metric]) -> list[str]:
    losses = [step.train_loss for step in steps if step.train_loss is not None]
    valid = [step.valid_loss for step in steps if step.valid_loss is not None]
    right = [step.train_accuracy for step in steps if step.train_accuracy is not None]
    results: list[str] = []
    if losses:
        results.append(text("job.ended_loss", first=losses[0], last=losses[-1]))
    if valid:
        results.append(text("job.ended_valid_loss", first=valid[0], last=valid[-1]))
    if right:
        results.append(text("job.ended_accuracy", value=right[-1]))
    if job.trained_tokens:
        results.append(text("job.ended_tokens", count=job.trained_tokens))
    if job.started_at and job.finished_at:
        results.append(text("job.ended_took", seconds=job.finished_at - job.started_at))
    return results
