"""What the messages about a job are made of, and by which keys they are known."""

from tunesmith.bot.answers.model import not_deployed
from tunesmith.bot.jobs import time_left
from tunesmith.bot.messages import Message, say
from tunesmith.handlers.job.reader import EVERYBODY, Reader
from tunesmith.handlers.job.shown import Shown
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage import checkpoints, clock, datasets, metrics, outages, row_losses
from tunesmith.storage.jobs import Job, JobStatus
from tunesmith.storage.metrics import Metric
from tunesmith.storage.outages import Outage


def thread_of(job: Job) -> ThreadRef:
    """The thread in which a job is told."""
    return ThreadRef(job.channel, job.thread, job.created_by)


def card_key(job_id: str) -> str:
    """The key of a job's card."""
    return f"progress:{job_id}"


def checkpoints_key(job: Job) -> str:
    """The key of the table of a job's checkpoints."""
    return f"checkpoints:{job.told_as}"


def picture_key(job: Job) -> str:
    """The key under which Slack's id of a job's picture is kept."""
    return f"picture:{job.told_as}"


async def shown_of(
    context: Context,
    job: Job,
    steps: list[Metric] | None = None,
    reader: Reader = EVERYBODY,
) -> Shown:
    """What is to be shown of a job now."""
    provider = context.services.catalogue.providers[job.provider]
    async with context.services.database.read() as connection:
        file = await datasets.name_of(connection, job.dataset_id)
        now = await clock.read(connection)
        outage = await outages.get(connection, job.provider)
        if steps is None:
            steps = await metrics.of_job(connection, job.id)
        made = await checkpoints.of_job(connection, job.id)
        has_losses = bool(job.finished_at) and await row_losses.are_known(connection, job.id)
    return Shown(
        job=job,
        file=file,
        steps=steps,
        now=now,
        silent=_silent(context, job, outage, now),
        left=time_left(context.services, job),
        lineage=await _lineage(context, job),
        undeployed=not_deployed(context.services, job),
        can_pause=provider.can_pause,
        keeps_checkpoints=provider.keeps_checkpoints,
        checkpoints=made,
        has_row_losses=has_losses,
        reader=reader,
    )


async def _lineage(context: Context, job: Job) -> Message | None:
    """Which model a job moves from another provider, if it does."""
    if job.moved_from is None:
        return None
    moved = await context.job(job.moved_from)
    provider = context.titles[moved.provider]
    return say("move.lineage", model=moved.fine_tuned_model or moved.id, provider=provider)


def _silent(
    context: Context, job: Job, outage: Outage | None, now: float
) -> tuple[str | Message, float] | None:
    provider = context.services.catalogue.providers[job.provider]
    if outage is None or job.status is JobStatus.AWAITING_APPROVAL:
        return None
    quiet = now - outage.since
    return (provider.title, quiet) if quiet > 10 + 3 * provider.poll_seconds else None
