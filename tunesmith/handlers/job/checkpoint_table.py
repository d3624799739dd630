"""A job's checkpoints in one message: figures, the suggested one, and which one to use."""

from collections.abc import Sequence

from tunesmith.bot.jobs.checkpoints import suggested
from tunesmith.bot.messages import Text
from tunesmith.bot.providers.catalogue import Provider
from tunesmith.handlers.job.blocks import ASK
from tunesmith.handlers.job.shown import Shown
from tunesmith.handlers.slack.blocks import Block, actions, button, context, section, table
from tunesmith.storage.checkpoints import Checkpoint
from tunesmith.storage.jobs import JobStatus

USE = "use_checkpoint"
"""The beginning of the buttons' ids: each in a row has its own."""

MOST_USE = 5
_MOST_ROWS = 99
# More that the provider has dropped are counted, not listed: long jobs make one for each epoch.
_MOST_GONE = 3


def checkpoints_text(text: Text, shown: Shown) -> str:
    """How many there are, in one plain sentence."""
    count = len(shown.checkpoints)
    return text("checkpoint.plain", count=count, model=shown.job.base_model, file=shown.file)


def checkpoint_blocks(text: Text, shown: Shown, provider: Provider) -> list[Block]:
    """The table, why one is suggested, and buttons where a checkpoint can be asked just so."""
    job, rows, kept = shown.job, shown.checkpoints, provider.keeps_checkpoints
    title = text("checkpoint.title", model=job.fine_tuned_model or job.base_model, file=shown.file)
    there = shown.available
    gone = [row.step for row in rows if row not in there]
    best = suggested(there)
    listed = rows
    if len(gone) > _MOST_GONE:
        listed = [row for row in rows if row in there or row.model == job.asked_as]
    blocks = [section(title), _table(text.plain, shown, listed, best, gone)]
    if len(listed) < len(rows):
        count = len(rows) - len(listed)
        blocks.append(context(text("checkpoint.gone", count=count, provider=provider.title)))
    if best is None:
        return blocks
    why = "last" if best.valid_loss is None else "validation"
    blocks.append(context(text(f"checkpoint.why_{why}", step=best.step)))
    if not job.finished_at and len(there) == kept and best is there[0] is not there[-1]:
        warning = text("checkpoint.going", provider=provider.title, kept=kept, step=best.step)
        blocks.append(section(f":warning: {warning}"))
    if not job.finished_at or job.deleted_at or provider.deploy_required:
        return blocks
    buttons = _buttons(text, shown, there, best) if shown.reader.may_ask else []
    return [*blocks, actions(*buttons)] if buttons else blocks


def _table(
    text: Text,
    shown: Shown,
    listed: Sequence[Checkpoint],
    best: Checkpoint | None,
    gone: Sequence[int],
) -> Block:
    names = ("step", "epoch", "train_loss", "valid_loss", "accuracy", "note")
    lines = [[text(f"checkpoint.column_{name}") for name in names]]
    for row in listed[-_MOST_ROWS:]:
        epoch = shown.epoch_of(row.step)
        accuracy = row.train_accuracy if row.valid_accuracy is None else row.valid_accuracy
        notes = {
            "suggested": row is best,
            "in_use": row.model == shown.job.asked_as,
            "dropped": row.step in gone,
        }
        lines.append(
            [
                str(row.step),
                "" if epoch is None else str(epoch),
                _said(text, "loss", row.train_loss),
                _said(text, "loss", row.valid_loss),
                _said(text, "share", accuracy),
                ", ".join(
                    text(f"checkpoint.note_{note}") for note, holds in notes.items() if holds
                ),
            ]
        )
    return table(lines, right=range(5))


def _said(text: Text, how: str, value: float | None) -> str:
    return "" if value is None else text(f"checkpoint.figure_{how}", value=value)


def _buttons(
    text: Text, shown: Shown, there: Sequence[Checkpoint], best: Checkpoint
) -> list[Block]:
    """Ask what is in use, use another: the job's own model, the suggested one, the last ones."""
    job = shown.job
    names: list[tuple[str, str | None]] = []
    if job.status is JobStatus.SUCCEEDED:
        names.append((text("checkpoint.use_last"), job.fine_tuned_model))
    offered = {row.step: row for row in [best, *reversed(there)][: MOST_USE - 1]}
    names += [(text("checkpoint.use", step=step), row.model) for step, row in offered.items()]
    use = [
        button(words, f"{USE}_{place}", f"{job.id} {model}")
        for place, (words, model) in enumerate(names[:MOST_USE])
        if model != job.asked_as
    ]
    if job.asked_as is None:
        return use
    return [button(text("checkpoint.ask"), ASK, job.id, style="primary"), *use]
