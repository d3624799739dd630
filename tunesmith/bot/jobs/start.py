"""Start a job: check it, reserve it, and write the tasks that do the rest."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot import clock
from tunesmith.bot.datasets import Report
from tunesmith.bot.datasets.costs import Offer
from tunesmith.bot.errors import BudgetError, DatasetError, JobError
from tunesmith.bot.jobs.approval import ASK_APPROVAL
from tunesmith.bot.jobs.budget import Payer, over_budget
from tunesmith.bot.jobs.kinds import OfJob
from tunesmith.bot.jobs.launch import launch
from tunesmith.bot.jobs.limits import RefusedError, refusals
from tunesmith.bot.jobs.permissions import Action, Person, can_be_approved, require
from tunesmith.bot.jobs.quote import quote
from tunesmith.bot.jobs.split import can_split, set_aside
from tunesmith.bot.messages import say, to_stored
from tunesmith.bot.providers import lifetime
from tunesmith.bot.services import Services
from tunesmith.storage import audit, budgets, datasets, jobs, tuned
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.jobs import Job, JobStatus


@dataclass(frozen=True, slots=True)
class JobRequest:
    """What somebody asked for. `request_id` is the same when the same click arrives twice.

    `hyperparameters` holds what was chosen, by the provider's names (`Provider.hyperparameters`).
    `continued_from` is the tuned model or checkpoint that training goes on from, `project` that of
    Weights & Biases, `notify_channel` where the end is told beside the job's own channel,
    `moved_from` the job whose model is moved here. With `split`, a tenth of the file is set aside
    for validation first. `grader` is that of reinforcement, where not the catalogue's is used.
    """

    request_id: str
    dataset_id: str
    validation_id: str | None
    provider: str
    base_model: str
    hyperparameters: dict[str, Any]
    suffix: str | None
    person: Person
    seed: int | None = None
    continued_from: str | None = None
    project: str | None = None
    notify_channel: str | None = None
    moved_from: str | None = None
    split: bool = False
    grader: dict[str, Any] | None = None


class AlreadyRunningError(JobError):
    """The same file is being trained on the same base model in the same way, in this channel, or
    waits for approval to be.
    """

    def __init__(self, job: Job) -> None:
        waits = job.status is JobStatus.AWAITING_APPROVAL
        super().__init__(say("job.already_waiting" if waits else "job.already_running", id=job.id))
        self.job = job


async def start(services: Services, request: JobRequest) -> Job:
    """Reserve a job and let it be launched; the same request twice is one job.

    One that is over a budget waits for approval, and reserves nothing until then.

    Where nothing but secrets stands against it, somebody was asked before. Raises NotAllowedError
    where this person may not start jobs, JobError where a file was deleted or is not valid or the
    base model is no longer trained, RefusedError where the provider would not take it,
    AlreadyRunningError where a like job is running, BudgetError where a budget does not
    allow it and nobody else could approve it.
    """
    require(services.settings, request.person, Action.START)
    services.provider(request.provider)
    job_id = hashlib.sha256(request.request_id.encode()).hexdigest()[:12]
    async with services.database.write() as connection:
        dataset = await _kept(connection, request.dataset_id)
        # What is read from here on stays so until this job is written.
        await budgets.lock(connection, dataset.team)
        known = await jobs.get(connection, job_id)
        if known is not None:
            return known
        job = await _checked(connection, services, request, dataset, job_id)
        await jobs.add(connection, job)
        await _note(connection, job)
        if job.status is JobStatus.RESERVED:
            await launch.add(connection, OfJob(job_id=job.id), of=job.id)
        await services.job_events.reserved.publish(connection, job)
    return job


async def _checked(
    connection: AsyncConnection,
    services: Services,
    request: JobRequest,
    dataset: Dataset,
    job_id: str,
) -> Job:
    """The job that is asked for, which waits where it is over a budget. Raises as `start` does."""
    report = Report.model_validate(dataset.report)
    if not (report.valid or report.only_secrets):
        raise JobError(say("job.dataset_has_errors"))
    offer = _offer(services, request)
    aside = _aside(services, dataset, report) if request.split else None
    await _check_limits(connection, offer, dataset, report, request, aside=aside)
    epochs = request.hyperparameters.get("n_epochs")
    price = quote(
        report, offer, epochs=epochs, questions=0, today=clock.today(), aside=aside or 0
    ).training_usd
    fingerprint = _fingerprint(dataset.sha256, request)
    like = {"team": dataset.team, "channel": dataset.channel, "fingerprint": fingerprint}
    running = await jobs.active(connection, **like)
    if running:
        raise AlreadyRunningError(running[0])
    payer = Payer(dataset.team, dataset.channel, request.person.id)
    against = await over_budget(connection, services.settings, payer, price)
    if against and not can_be_approved(services.settings, request.person):
        key = "budget.refused" if price is not None else "budget.refused_unknown"
        raise BudgetError(say(key, reason=against))
    return Job(
        id=job_id,
        team=dataset.team,
        channel=dataset.channel,
        thread=dataset.thread,
        dataset_id=dataset.id,
        validation_id=request.validation_id,
        provider=request.provider,
        base_model=request.base_model,
        hyperparameters=request.hyperparameters,
        suffix=request.suffix,
        fingerprint=fingerprint,
        status=JobStatus.AWAITING_APPROVAL if against else JobStatus.RESERVED,
        error=to_stored(against) if against else None,
        created_by=request.person.id,
        estimated_usd=price,
        method=report.method,
        seed=request.seed,
        continued_from=request.continued_from,
        integrations=_integrations(request.project),
        notify_channel=request.notify_channel,
        moved_from=request.moved_from,
        split_from=dataset.id if request.split else None,
        grader=request.grader,
    )


async def _kept(connection: AsyncConnection, dataset_id: str) -> Dataset:
    """A dataset that is not deleted before this transaction ends. Raises JobError."""
    dataset = await datasets.get(connection, dataset_id, lock=True)
    if dataset is None:
        raise JobError(say("job.no_dataset"))
    if dataset.deleted_at is not None:
        raise JobError(say("dataset.deleted", name=dataset.name))
    return dataset


async def _note(connection: AsyncConnection, job: Job) -> None:
    await audit.add(
        connection,
        team=job.team,
        channel=job.channel,
        person=job.created_by,
        action=_action(job),
        subject=job.id,
        provider=job.provider,
        model=job.base_model,
        usd=None if job.estimated_usd is None else str(job.estimated_usd),
    )


def _action(job: Job) -> str:
    if job.status is JobStatus.AWAITING_APPROVAL:
        return ASK_APPROVAL
    return Action.MOVE if job.moved_from else Action.START


def _offer(services: Services, request: JobRequest) -> Offer:
    """The base model that is asked for. Raises JobError where it can't be trained today."""
    provider, today = services.catalogue.providers[request.provider], clock.today()
    entry = provider.model(request.base_model)
    if entry is None:
        raise JobError(say("form.no_model", provider=provider.title, model=request.base_model))
    if not lifetime.can_train(provider, entry, today):
        closed = lifetime.notices(provider, today, [entry])[0].message
        raise JobError(lifetime.both(closed, lifetime.elsewhere(services.catalogue, today)))
    return Offer(request.provider, provider, entry)


async def _check_limits(
    connection: AsyncConnection,
    offer: Offer,
    dataset: Dataset,
    report: Report,
    request: JobRequest,
    *,
    aside: int | None,
) -> None:
    """Raise RefusedError where the provider would refuse the job."""
    validation = None
    if request.validation_id:
        validation = await _kept(connection, request.validation_id)
    found = refusals(
        offer,
        report,
        Report.model_validate(validation.report) if validation else None,
        hyperparameters=request.hyperparameters,
        seed=request.seed,
        suffix=request.suffix,
        project=request.project,
        continues=request.continued_from is not None,
        aside=aside,
        grader=request.grader,
    )
    if request.continued_from is not None:
        known = await tuned.on(
            connection,
            team=dataset.team,
            channel=dataset.channel,
            provider=offer.name,
            base_model=offer.entry.name,
        )
        if request.continued_from not in {one.model for one in known}:
            found.setdefault("continue", say("form.not_there", model=request.continued_from))
    if found:
        raise RefusedError(found)


def _aside(services: Services, dataset: Dataset, report: Report) -> int:
    """How many examples are set aside at most. Raises RefusedError where none can be."""
    if not can_split(dataset, report):
        raise RefusedError({"validation": say("form.not_split")})
    try:
        return set_aside(services, report)
    except DatasetError as error:
        raise RefusedError({"validation": error.message}) from error


def _integrations(project: str | None) -> list[dict[str, Any]] | None:
    """As OpenAI's API reference writes them ("Create fine-tuning job")."""
    return [{"type": "wandb", "wandb": {"project": project}}] if project else None


def _fingerprint(sha256: str, request: JobRequest) -> str:
    what = [
        sha256,
        "split" if request.split else request.validation_id,
        request.provider,
        request.base_model,
        request.hyperparameters,
        request.suffix,
    ]
    # Versions before knew no more: what nobody chose leaves it as they write it.
    more = {
        "seed": request.seed,
        "continued_from": request.continued_from,
        "grader": request.grader,
    }
    if chosen := {name: value for name, value in more.items() if value is not None}:
        what.append(chosen)
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()
