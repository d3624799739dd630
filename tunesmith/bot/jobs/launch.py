"""Launch a job at its provider: upload, create, recorded; never twice."""

import asyncio
from contextlib import ExitStack, suppress
from typing import Any

from tunesmith.bot.datasets import Report
from tunesmith.bot.datasets.tables import as_json_lines
from tunesmith.bot.errors import ProviderBusyError, ProviderError
from tunesmith.bot.providers.client import ProviderClient
from tunesmith.bot.queue import Retry, Work
from tunesmith.bot.services import Services
from tunesmith.storage import datasets, jobs, tasks
from tunesmith.storage.jobs import Job

# A create that was cut off may still be at work over there: look for it only after this long.
_SETTLE_SECONDS = 10.0

_TRAINING_CLOSED = (
    "The provider takes no new fine-tuning jobs from this organisation (OpenAI closed it for "
    "those that never fine-tuned or have not used a tuned model lately). The uploaded file was "
    "deleted there. Start the job on another provider."
)


async def launch(services: Services, work: Work) -> None:
    """Take a reserved job to its provider.

    Each stage is recorded before the next, and what may have taken effect unseen is looked for
    by its name or metadata before it is tried again.
    """
    async with services.database.read() as connection:
        job = await jobs.get(connection, work.task.payload["job_id"])
    if job is None or job.provider_job_id or job.finished_at:
        return
    client = services.provider(job.provider)
    if job.cancelled_by and job.status != "creating":
        await _end(client, work, job, "cancelled", None)
        return
    try:
        if job.provider_file_id is None:
            file_id = await _upload(services, client, work, job, job.dataset_id)
            job = await _record(work, job, provider_file_id=file_id)
        if job.validation_id and job.provider_validation_id is None:
            file_id = await _upload(services, client, work, job, job.validation_id)
            job = await _record(work, job, provider_validation_id=file_id)
        await _create(services, client, work, job)
    except ProviderBusyError:
        raise
    except ProviderError as error:
        reason = _TRAINING_CLOSED if error.code == "training_not_available" else str(error)
        await _end(client, work, job, "failed", reason)


async def give_up_launch(work: Work, reason: str) -> None:
    """Tell of a job that could not be launched in all the attempts."""
    async with work.step() as connection:
        job_id = work.task.payload["job_id"]
        if await jobs.end(connection, job_id, "failed", error=reason):
            await announce_end(connection, job_id)


async def announce_end(connection: Any, job_id: str) -> None:
    """Write the task that tells people of a job's end, in the transaction that ends it."""
    await tasks.add(
        connection, key=f"job.ended:{job_id}", kind="job.ended", payload={"job_id": job_id}
    )
    await tasks.hurry(connection, f"job.progress:{job_id}")


async def _upload(
    services: Services, client: ProviderClient, work: Work, job: Job, dataset_id: str
) -> str:
    filename = f"tunesmith-{job.id}-{dataset_id}.jsonl"
    if work.task.attempts > 1:
        found = await client.find_file(filename)
        if found:
            return found
    await _record(work, job, status="uploading")
    async with services.database.read() as connection:
        dataset = await datasets.get(connection, dataset_id)
    path = services.settings.files / dataset.sha256 if dataset else None
    if dataset is None or path is None or not path.exists():
        raise ProviderError("The training file is no longer kept here. Attach it once more.")
    with ExitStack() as stack:
        made = as_json_lines(path, dataset.name)  # takes its time where it is a table
        source = await asyncio.to_thread(stack.enter_context, made)
        return await client.upload(source.path, filename)


async def _create(services: Services, client: ProviderClient, work: Work, job: Job) -> None:
    metadata = {"tunesmith_job": job.id}
    remote = await client.find_job(metadata) if job.status == "creating" else None
    if remote is None and job.cancelled_by:
        await _end(client, work, job, "cancelled", None)
        return
    if remote is None:
        await _record(work, job, status="creating")
        try:
            remote = await client.create_job(
                base_model=job.base_model,
                training_file=job.provider_file_id or "",
                validation_file=job.provider_validation_id,
                method=await _method(services, job),
                hyperparameters=job.hyperparameters,
                suffix=job.suffix,
                metadata=metadata,
            )
        except ProviderBusyError as busy:
            raise Retry(str(busy), max(_SETTLE_SECONDS, busy.retry_after or 0)) from busy
        except asyncio.CancelledError as stop:  # the next worker must not look at once either
            raise Retry("The bot was stopped.", _SETTLE_SECONDS) from stop
    async with work.finish() as connection:
        await jobs.change(connection, job.id, status=remote.status, provider_job_id=remote.id)
        await tasks.arm(
            connection,
            key=f"watch:{job.provider}",
            kind="watch",
            payload={"provider": job.provider},
        )
        latest = await jobs.get(connection, job.id)
        if latest and latest.cancelled_by:
            await tasks.arm(
                connection, key=f"cancel:{job.id}", kind="cancel", payload={"job_id": job.id}
            )


async def _method(services: Services, job: Job) -> str:
    """The method that the training file is written for."""
    async with services.database.read() as connection:
        dataset = await datasets.get(connection, job.dataset_id)
    return Report.model_validate(dataset.report).method if dataset else "supervised"


async def _record(work: Work, job: Job, **values: Any) -> Job:
    async with work.step() as connection:
        await jobs.change(connection, job.id, **values)
        return await jobs.get(connection, job.id) or job


async def _end(
    client: ProviderClient, work: Work, job: Job, status: str, error: str | None
) -> None:
    for file_id in (job.provider_file_id, job.provider_validation_id):
        if file_id:
            with suppress(ProviderError):
                await client.delete_file(file_id)
    async with work.finish() as connection:
        if await jobs.end(connection, job.id, status, error=error):
            await announce_end(connection, job.id)
