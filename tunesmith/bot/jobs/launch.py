"""Launch a job at its provider: split, upload, create, recorded; never twice."""

import asyncio
import logging
from contextlib import ExitStack
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.datasets import Report
from tunesmith.bot.datasets.conversion import as_json_lines
from tunesmith.bot.errors import DatasetError, ProviderBusyError, ProviderError
from tunesmith.bot.jobs.end import end_job
from tunesmith.bot.jobs.kinds import OfJob, OfProvider, kinds
from tunesmith.bot.jobs.observe import take_up
from tunesmith.bot.jobs.outage import end_outage, note_outage
from tunesmith.bot.jobs.reasons import reason_of
from tunesmith.bot.jobs.split import split_first
from tunesmith.bot.jobs.uploads import send
from tunesmith.bot.jobs.watch import watch
from tunesmith.bot.messages import Message, say
from tunesmith.bot.providers.remote import RemoteJob
from tunesmith.bot.providers.trainer import OVER_LIMIT, Trainer
from tunesmith.bot.queue import Place, Wait, Work
from tunesmith.bot.services import Services
from tunesmith.storage import clock, datasets, jobs, watching
from tunesmith.storage.clock import now
from tunesmith.storage.jobs import Job, JobStatus
from tunesmith.storage.watching import LOST_SECONDS

_log = logging.getLogger(__name__)

_LOOK_SECONDS = 5.0
# Between two looks for a job that may have been created.
_LOST_PAUSE = 600.0


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
        await _end(services, work, job)
        return
    try:
        job = await split_first(services, work, job)
        if job.provider_file_id is None:
            file_id = await _upload(services, client, work, job, job.dataset_id)
            job = await _record(work, job, provider_file_id=file_id)
        if job.validation_id and job.provider_validation_id is None:
            file_id = await _upload(services, client, work, job, job.validation_id)
            job = await _record(work, job, provider_validation_id=file_id)
        await _create(services, client, work, job)
    except ProviderBusyError as busy:
        await note_outage(services, job.provider, busy.message)
        raise
    except ProviderError as error:
        await end_outage(services, job.provider)
        reason = reason_of(client.provider.title, error.code, error.said) or error.message
        await _end(services, work, job, reason)
    except DatasetError as error:
        await _end(services, work, job, error.message)


@launch.when_given_up
async def _fail(services: Services, work: Work[OfJob], reason: Message) -> None:
    async with work.finish() as connection:
        job = await jobs.get(connection, work.payload.job_id, lock=True)
        if job is None or job.finished_at:
            return
        lost: dict[str, Any] = {}
        if job.status is JobStatus.CREATING:
            reason = say("watch.may_have_been_created", reason=reason)
            lost["lost_at"] = await clock.read(connection)
        await clean_up.add(connection, work.payload, of=job.told_as)
        await end_job(services, connection, job.id, JobStatus.FAILED, reason, **lost)


async def _upload(
    services: Services, client: Trainer, work: Work[OfJob], job: Job, dataset_id: str
) -> str:
    filename = _filename(job, dataset_id)
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
        return await send(services, client, work, source.path, filename)


async def _create(services: Services, client: Trainer, work: Work[OfJob], job: Job) -> None:
    remote = await _look_for(services, client, job)
    if remote is None and job.cancelled_by:
        await _end(services, work, job)
        return
    if remote is None:
        await _await_import(client, job)
        method = job.method or await _method(services, job)
        price = await _price(client, job, method)
        await _record(work, job, status=JobStatus.CREATING, asked_at=now(), estimated_usd=price)
        remote = await client.create_job(
            base_model=job.base_model,
            training_file=job.provider_file_id or "",
            validation_file=job.provider_validation_id,
            method=method,
            hyperparameters=job.hyperparameters,
            suffix=job.suffix,
            seed=job.seed,
            integrations=job.integrations,
            continued_from=job.continued_from,
            grader=job.grader,
            metadata={"tunesmith_job": job.id},
        )
    async with work.finish() as connection:
        await jobs.change(connection, job.id, status=remote.status, provider_job_id=remote.id)
        await _watch(connection, job.provider)


async def _await_import(client: Trainer, job: Job) -> None:
    """Raises Wait while the provider still reads an uploaded file."""
    if not client.provider.imports_files:
        return
    for file_id in (job.provider_file_id, job.provider_validation_id):
        if file_id and not await client.file_ready(file_id):
            raise Wait(say("provider.importing"), _LOOK_SECONDS)


async def _price(client: Trainer, job: Job, method: str) -> Decimal | None:
    """What the job is expected to cost; the provider's own estimate where we know no price.

    Where there is a budget, somebody has agreed to a price that nobody knew. Raises ProviderError
    where the provider says that the account can't pay for it.
    """
    try:
        told = await client.price(
            base_model=job.base_model,
            training_file=job.provider_file_id or "",
            validation_file=job.provider_validation_id,
            method=method,
            hyperparameters=job.hyperparameters,
        )
    except ProviderBusyError:
        raise
    except ProviderError as error:
        if error.code == OVER_LIMIT:
            raise
        _log.info("%s does not tell the price of job %s: %s", job.provider, job.id, error)
        told = None
    return told if job.estimated_usd is None else job.estimated_usd


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
            waited = await clock.read(connection) - asked_at
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
    services: Services, work: Work[OfJob], job: Job, reason: Message | None = None
) -> None:
    """End a job that is not at the provider: failed for a reason, or else cancelled."""
    async with work.finish() as connection:
        await clean_up.add(connection, work.payload, of=job.told_as)
        status = JobStatus.FAILED if reason else JobStatus.CANCELLED
        await end_job(services, connection, job.id, status, reason)


@kinds.task("clean_up", OfJob, place=Place.JOB, patience=LOST_SECONDS)
async def clean_up(services: Services, work: Work[OfJob]) -> None:
    """Delete what the launch of a job that has ended left at the provider.

    A job that may have been created all the same is looked for first, for a day.
    """
    async with services.database.read() as connection:
        job = await jobs.get(connection, work.payload.job_id)
        moment = await clock.read(connection)
    if job is None or job.provider_job_id:
        return
    client = services.provider(job.provider)
    if job.asked_at and job.provider_file_id:
        # Raises, and so deletes nothing, where the provider does not tell.
        remote = await client.find_job(job.provider_file_id, since=job.asked_at)
        if remote is not None:
            await _take_up(services, work, job, remote)
            return
    if job.lost_at and moment < job.lost_at + LOST_SECONDS:
        async with work.finish() as connection:
            await work.repeat(connection, _LOST_PAUSE)
        return
    known = {job.dataset_id: job.provider_file_id, job.validation_id: job.provider_validation_id}
    for dataset_id, file_id in known.items():
        if dataset_id:
            # An upload whose answer got lost is known by its name alone.
            left = file_id or await client.find_file(_filename(job, dataset_id))
            if left:
                await client.delete_file(left)


async def _take_up(services: Services, work: Work[OfJob], job: Job, remote: RemoteJob) -> None:
    """The job was created, though nobody said so: it goes on."""
    async with work.finish() as connection:
        locked = await jobs.get(connection, job.id, lock=True)
        if locked and locked.lost_at:
            await jobs.change(connection, job.id, provider_job_id=remote.id)
            await take_up(services, connection, locked, remote)
            await _watch(connection, job.provider)


async def _watch(connection: AsyncConnection, provider: str) -> None:
    """Let the provider be watched, of which a job is known just now."""
    await watch.add_again(connection, OfProvider(provider=provider), of=provider)
    running, _ = await watching.running(connection, provider)
    if running == 1:
        # The watch may rest: it looked only for jobs that were given up.
        await watch.make_due(connection, of=provider)


def _filename(job: Job, dataset_id: str) -> str:
    """The name of a file at the provider: each job uploads its own."""
    return f"tunesmith-{job.id}-{dataset_id}.jsonl"
