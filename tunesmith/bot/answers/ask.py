"""Ask a tuned model, as it was trained."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from tunesmith.bot import clock
from tunesmith.bot.datasets import Report
from tunesmith.bot.errors import ProviderError
from tunesmith.bot.jobs import time_left
from tunesmith.bot.messages import Message, say
from tunesmith.bot.providers import lifetime
from tunesmith.bot.providers.trainer import Reply
from tunesmith.bot.services import Services
from tunesmith.storage import datasets, jobs
from tunesmith.storage.jobs import Job

MOST_TOKENS = 1_000


async def find_model(
    services: Services, *, team: str, channel: str, thread: str | None = None
) -> Job | None:
    """The job whose model answers here: the thread's newest, else the channel's newest."""
    async with services.database.read() as connection:
        if thread is not None:
            found = await jobs.with_model(connection, team=team, channel=channel, thread=thread)
            if found is not None:
                return found
        return await jobs.with_model(connection, team=team, channel=channel)


async def in_training(services: Services, *, team: str, channel: str, thread: str) -> Job | None:
    """The thread's newest job, where it has not ended and no model of the thread answers yet."""
    match = {"team": team, "channel": channel, "thread": thread}
    async with services.database.read() as connection:
        if await jobs.with_model(connection, **match) is not None:
            return None
        newest = await jobs.recent(connection, match, 1)
    return next((job for job in newest if job.finished_at is None), None)


@asynccontextmanager
async def ask(services: Services, job: Job, question: str) -> AsyncGenerator[Reply]:
    """Ask a job's model; the block gets its answer as it comes.

    The system prompt that the model was trained with goes in front, because a tuned model
    expects it. Raises ProviderError (also where its base model was shut down), or
    ProviderBusyError where asking again may succeed.
    """
    _check_dates(services, job)
    async with services.database.read() as connection:
        dataset = await datasets.get(connection, job.dataset_id)
    messages = [{"role": "user", "content": question}]
    prompt = Report.model_validate(dataset.report).system_prompt if dataset else None
    if prompt:
        messages.insert(0, {"role": "system", "content": prompt})
    client = services.provider(job.provider)
    undeployed = not_deployed(services, job)
    if undeployed is not None:
        raise ProviderError(undeployed, "not_deployed")
    name = client.provider.inference_name(job.fine_tuned_model, job.deployment) or ""
    async with client.chat(name, messages, most_tokens=MOST_TOKENS) as reply:
        yield reply


def not_deployed(services: Services, job: Job) -> Message | None:
    """Why a job's tuned model can't be asked yet, and what to do; None where it can."""
    provider = services.catalogue.providers[job.provider]
    if provider.inference_name(job.fine_tuned_model, job.deployment) or not job.fine_tuned_model:
        return None
    about = {"provider": provider.title, "model": job.fine_tuned_model, "id": job.id}
    return say("provider.not_deployed", **about)


def _check_dates(services: Services, job: Job) -> None:
    left = time_left(services, job)
    if left is not None and left.is_over:
        elsewhere = lifetime.elsewhere(services.catalogue, clock.today())
        raise ProviderError(lifetime.both(left.message, elsewhere))
