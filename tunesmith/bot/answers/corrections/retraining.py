"""Training again on what people corrected: the file, its price, and the job."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Literal, TypeAlias

from tunesmith.bot import clock
from tunesmith.bot.answers.corrections.file import Written, add_rows, write_pairs
from tunesmith.bot.answers.corrections.rows import Corrected
from tunesmith.bot.datasets import Report, inspect, workers
from tunesmith.bot.datasets.costs import Offer
from tunesmith.bot.jobs import JobRequest, Person
from tunesmith.bot.jobs.limits import refusals
from tunesmith.bot.jobs.quote import quote
from tunesmith.bot.messages import Message, say
from tunesmith.bot.providers import lifetime
from tunesmith.bot.services import Services
from tunesmith.storage.corrections import Correction
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.jobs import Job

Way: TypeAlias = Literal["rows", "pairs"]
"""Train on all rows of the old file with the corrections behind them, or on their pairs alone."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file to train on again. `usd` is the price of the job, None where it is unknown; `refused`
    why the provider would not take it.
    """

    report: Report
    written: Written
    usd: Decimal | None
    refused: Message | None


def corrected(correction: Correction) -> Corrected:
    """A correction as its examples are made from it."""
    return Corrected(
        correction.messages, correction.tools, correction.rejected, correction.preferred
    )


@dataclass(frozen=True, slots=True)
class Retraining:
    """What is to be trained again: the model of `job`, on the file `original` that it goes back to,
    with these corrections.
    """

    original: Dataset
    job: Job
    way: Way
    corrections: Sequence[Correction]


async def prepare(services: Services, again: Retraining, out: Path) -> Prepared:
    """Write the file to `out`, check it and price the job. Raises DatasetError where the old file
    can't be read.
    """
    original, way, corrections = again.original, again.way, again.corrections
    rows = [corrected(one) for one in corrections]
    path, name = services.settings.files / original.sha256, original.name
    call = write_pairs if way == "pairs" else partial(add_rows, path, name)
    written = await services.processes.run(
        partial(call, rows, out), seconds=workers.time_limit(path)
    )
    report = await inspect(
        services.processes, out, name=file_name(original, way), selection=services.selection()
    )
    usd, refused = _judged(services, again.job, report)
    return Prepared(report, written, usd, refused)


def file_name(original: Dataset, way: Way) -> str:
    """What the new file is called."""
    return f"{Path(original.name).stem}-{'corrected' if way == 'rows' else 'preferred'}.jsonl"


def request(
    services: Services, job: Job, dataset: Dataset, report: Report, *, of: str, person: Person
) -> JobRequest:
    """The job on the new file: as `job` was, and going on from its model where that is possible.

    `of` is the same where a press arrives twice.
    """
    provider = services.catalogue.providers[job.provider]
    return JobRequest(
        request_id=of,
        dataset_id=dataset.id,
        validation_id=dataset.validation_id,
        provider=job.provider,
        base_model=job.base_model,
        hyperparameters=_hyperparameters(job, report),
        suffix=job.suffix if provider.takes_suffix else None,
        person=person,
        seed=job.seed,
        continued_from=_goes_on_from(services, job),
        notify_channel=job.notify_channel,
    )


def _goes_on_from(services: Services, job: Job) -> str | None:
    return job.fine_tuned_model if services.catalogue.providers[job.provider].continues else None


def _hyperparameters(job: Job, report: Report) -> dict[str, object]:
    """Those of the earlier job, where it was trained the same way."""
    same = (job.method or "supervised") == report.method
    return dict(job.hyperparameters) if same else {}


def _judged(services: Services, job: Job, report: Report) -> tuple[Decimal | None, Message | None]:
    provider, today = services.catalogue.providers[job.provider], clock.today()
    entry = provider.model(job.base_model)
    if entry is None:
        return None, say("form.no_model", provider=provider.title, model=job.base_model)
    offer = Offer(job.provider, provider, entry)
    if not lifetime.can_train(provider, entry, today):
        return None, lifetime.notices(provider, today, [entry])[0].message
    chosen = _hyperparameters(job, report)
    epochs = job.hyperparameters.get("n_epochs") if chosen else None
    usd = quote(report, offer, epochs=epochs, questions=0, today=today).training_usd
    found = refusals(
        offer,
        report,
        None,
        hyperparameters=chosen,
        seed=job.seed,
        suffix=None,
        project=None,
        continues=provider.continues,
    )
    if not found and not report.valid:
        found = {"model": say("job.dataset_has_errors")}
    return usd, next(iter(found.values()), None)
