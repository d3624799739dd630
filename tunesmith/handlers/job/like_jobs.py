"""The jobs that train on the same file now: named and linked where the reader can see them."""

from pydantic import BaseModel, ValidationError

from tunesmith.bot.errors import SlackError
from tunesmith.bot.messages import Message, say
from tunesmith.bot.queue import Retry, Wait
from tunesmith.handlers.slack.channels import is_seen_by
from tunesmith.handlers.slack.context import Context
from tunesmith.storage import jobs
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.jobs import Job

_MOST = 3


class _Link(BaseModel):
    permalink: str


async def like_jobs(context: Context, dataset: Dataset, user: str) -> list[Message]:
    """What is said of them; of those in channels that the person can't see, only that they are."""
    async with context.services.database.read() as connection:
        found = await jobs.on_same_file(connection, dataset.team, dataset.sha256)
    found.sort(key=lambda job: job.channel != dataset.channel)
    said: list[Message] = []
    hidden = False
    for job in found:
        if len(said) == _MOST:
            break
        if job.channel == dataset.channel or await _is_seen(context, job, user):
            said.append(await _named(context, job))
        else:
            hidden = True
    return [*said, say("form.like_hidden")] if hidden else said


async def _is_seen(context: Context, job: Job, user: str) -> bool:
    try:
        return await is_seen_by(context.outbox, job.channel, user)
    except (Retry, Wait):
        return False


async def _named(context: Context, job: Job) -> Message:
    about = {
        "id": job.id,
        "model": job.base_model,
        "user": job.created_by,
        "channel": job.channel,
    }
    try:
        answer = await context.outbox.call(
            "chat.getPermalink", http="GET", channel=job.channel, message_ts=job.thread
        )
        return say("form.like", link=_Link.model_validate(answer).permalink, **about)
    except (SlackError, Retry, Wait, ValidationError):
        return say("form.like_unlinked", **about)
