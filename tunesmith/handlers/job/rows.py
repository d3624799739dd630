"""Jobs in a list: a row for each, with a link to its thread."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from tunesmith.bot.answers.model import not_deployed
from tunesmith.bot.jobs import time_left
from tunesmith.bot.jobs.permissions import Action
from tunesmith.bot.messages import Rendered, Text, say
from tunesmith.handlers.job.blocks import icon, model_buttons, status_said
from tunesmith.handlers.job.reader import Reader
from tunesmith.handlers.slack.blocks import Block, actions, button, section
from tunesmith.handlers.slack.context import Context
from tunesmith.storage import checkpoints, datasets
from tunesmith.storage.jobs import Job


async def job_rows(
    context: Context, text: Text, jobs: Sequence[Job], press: Callable[[Job], Block] | None = None
) -> list[Block]:
    """A section for each job, with the button that `press` gives."""
    links = await asyncio.gather(*(context.permalinks.to(job.channel, job.thread) for job in jobs))
    async with context.services.database.read() as connection:
        files = [await datasets.name_of(connection, job.dataset_id) for job in jobs]
    rows: list[Block] = []
    for job, file, link in zip(jobs, files, links, strict=True):
        row = section(_words(text, job, file, link))
        row["block_id"] = f"job_{job.id}"
        if press:
            row["accessory"] = press(job)
        rows.append(row)
    return rows


async def model_rows(
    context: Context,
    text: Text,
    jobs: Sequence[Job],
    reader: Reader,
    press: Callable[[Job], Block | None] | None = None,
) -> list[Block]:
    """Two blocks for each tuned model: what it is and how long it answers, and the buttons that
    are for the reader, with that which `press` gives.
    """
    links = await asyncio.gather(*(context.permalinks.to(job.channel, job.thread) for job in jobs))
    async with context.services.database.read() as connection:
        files = [await datasets.name_of(connection, job.dataset_id) for job in jobs]
        steps = await checkpoints.standing_in(connection, jobs)
    rows: list[Block] = []
    for job, file, link in zip(jobs, files, links, strict=True):
        words = text(
            "model.line" if link else "model.line_unlinked",
            model=job.fine_tuned_model,
            base=job.base_model,
            provider=context.titles[job.provider],
            file=file,
            user=job.created_by,
            when=slack_time(job.finished_at or job.created_at, text),
            id=job.id,
            link=Rendered(link or ""),
        )
        left, undeployed = time_left(context.services, job), not_deployed(context.services, job)
        stands = say(f"model.from_{job.status}", step=steps[job.id]) if job.id in steps else None
        said = [text(one) for one in (stands, left and left.message, undeployed) if one]
        row = section("\n".join([words, *said]))
        buttons = model_buttons(text, job, left, reader, can_ask=not undeployed)
        if press and (more := press(job)):
            buttons.append(more)
        if reader.may(Action.DELETE, job):
            buttons.append(button(text("model.delete"), "tune_run_delete", f"delete {job.id}"))
        rows.append(row | {"block_id": f"model_{job.id}"})
        rows += [actions(*buttons)] if buttons else []
    return rows


def _words(text: Text, job: Job, file: str, link: str | None) -> str:
    return text(
        "job.list_line" if link else "job.list_line_unlinked",
        icon=icon(job.status),
        id=job.id,
        model=job.fine_tuned_model or job.base_model,
        file=file,
        status=status_said(job.status),
        user=job.created_by,
        when=slack_time(job.created_at, text),
        link=Rendered(link or ""),
    )


def slack_time(seconds: float, text: Text) -> str:
    """A moment as Slack writes it for each reader, in their own time zone."""
    day = datetime.fromtimestamp(seconds, UTC).date()
    return Rendered(text("command.moment_of", at=round(seconds), day=day))
