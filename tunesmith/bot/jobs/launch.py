"""Launch a job at its provider: upload, create, recorded; never twice."""

import asyncio
from contextlib import ExitStack, suppress
from typing import Any

from tunesmith.bot.datasets import Report
from tunesmith.bot.datasets.conversion import as_json_lines
from tunesmith.bot.errors import ProviderBusyError, ProviderError
from tunesmith.bot.jobs.end import end_job
from tunesmith.bot.jobs.kinds import OfJob, OfProvider, kinds
from tunesmith.bot.jobs.watch import watch
from tunesmith.bot.messages import Message, say
from tunesmith.bot.providers.remote import RemoteJob
from tunesmith.bot.providers.trainer import Trainer
from tunesmith.bot.queue import Place, Wait, Work
from tunesmith.bot.services import Services
from tunesmith.storage import datasets, jobs
from tunesmith.storage.clock import now
from tunesmith.storage.jobs import Job, JobStatus

_LOOK_SECONDS = 5.0


@kinds.task("launch", OfJob, place=Place.JOB)
async def launch(services: Services, work: Work[OfJob]) -> None:
    """Take a reserved job to its provider.

    Each stage is recorded before the next, and what may have taken effect unseen is looked for
    by its name or metadata before it is tried again.
    """
    async with services.database.read() as connection:
        job = await jobs.get(connection, work.payload.job_id)
    if job is None or job.provider_job_id or job.finished_at:
        return
    client = services.provider(job.provider)
    if job.cancelled_by and job.status is not JobStatus.CREATING:
        await _end(services, client, work, job)
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
        closed = error.code == "training_not_available"
        reason = say("provider.training_closed") if closed else error.message
        await _end(services, client, work, job, reason)


@launch.when_given_up
async def _fail(services: Services, work: Work[OfJob], reason: Message) -> None:
    async with work.step() as connection:
        await end_job(services, connection, work.payload.job_id, JobStatus.FAILED, reason)


async def _upload(
    services: Services, client: Trainer, work: Work[OfJob], job: Job, dataset_id: str
) -> str:
    filename = f"tunesmith-{job.id}-{dataset_id}.jsonl"
    if work.tried_before:
        found = await client.find_file(filename)
        if found:
            return found
    await _record(work, job, status=JobStatus.UPLOADING)
    async with services.database.read() as connection:
        dataset = await datasets.get(connection, dataset_id)
    path = services.settings.files / dataset.sha256 if dataset else None
    if dataset is None or path is None or not path.exists():
        raise ProviderError(say("job.file_gone"))
    with ExitStack() as stack:
        made = as_json_lines(path, dataset.name)  # takes its time where it is a table
        source = await asyncio.to_thread(stack.enter_context, made)
        return await client.upload(source.path, filename)


async def _create(services: Services, client: Trainer, work: Work[OfJob], job: Job) -> None:
    remote = await _look_for(services, client, job)
    if remote is None and job.cancelled_by:
        await _end(services, client, work, job)
        return
    if remote is None:
        await _await_import(client, job)
        await _record(work, job, status=JobStatus.CREATING, asked_at=now())
        remote = await client.create_job(
            base_model=job.base_model,
            training_file=job.provider_file_id or "",
            validation_file=job.provider_validation_id,
            method=job.method or await _method(services, job),
            hyperparameters=job.hyperparameters,
            suffix=job.suffix,
            seed=job.seed,
            integrations=job.integrations,
            continued_from=job.continued_from,
            metadata={"tunesmith_job": job.id},
        )
    async with work.finish() as connection:
        await jobs.change(connection, job.id, status=remote.status, provider_job_id=remote.id)
        about = OfProvider(provider=job.provider)
        await watch.add_again(connection, about, of=job.provider)


async def _await_import(client: Trainer, job: Job) -> None:
    """Raises Wait while the provider still reads an uploaded file."""
    if not client.provider.imports_files:
        return
    for file_id in (job.provider_file_id, job.provider_validation_id):
        if file_id and not await client.file_ready(file_id):
            raise Wait(say("provider.importing"), _LOOK_SECONDS)


async def _look_for(services: Services, client: Trainer, job: Job) -> RemoteJob | None:
    """The job at the provider, where an earlier try may have created it.

    Raises Wait while it may still appear there.
    """
    if job.status is not JobStatus.CREATING:
        return None
    asked_at = job.asked_at or job.created_at
    remote = await client.find_job(job.provider_file_id or "", since=asked_at)
    if remote is None:
        async with services.database.read() as connection:
            waited = await jobs.clock(connection) - asked_at
        left = client.provider.settle_seconds - waited
        if left > 0:
            raise Wait(say("provider.may_still_create"), min(left, _LOOK_SECONDS))
    return remote


async def _method(services: Services, job: Job) -> str:
    """The method that the training file is written for."""
    async with services.database.read() as connection:
        dataset = await datasets.get(connection, job.dataset_id)
    return Report.model_validate(dataset.report).method if dataset else "supervised"


async def _record(work: Work[OfJob], job: Job, **values: Any) -> Job:
    async with work.step() as connection:
        await jobs.change(connection, job.id, **values)
        return await jobs.get(connection, job.id) or job


async def _end(
    services: Services,
    client: Trainer,
    work: Work[OfJob],
    job: Job,
    reason: Message | None = None,
) -> None:
    """End a job that is not at the provider: failed for a reason, or else cancelled."""
    for file_id in (job.provider_file_id, job.provider_validation_id):
        if file_id:
            with suppress(ProviderError):
                await client.delete_file(file_id)
    async with work.finish() as connection:
        status = JobStatus.FAILED if reason else JobStatus.CANCELLED
        await end_job(services, connection, job.id, status, reason)
