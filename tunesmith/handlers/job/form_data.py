"""What the form that starts a job knows: base models, files, models to go on from, like jobs."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot import clock
from tunesmith.bot.datasets import Report
from tunesmith.bot.datasets.costs import Offer
from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.row_fields import row_fields
from tunesmith.bot.errors import DatasetError, JobError, ProviderError
from tunesmith.bot.jobs.budget import Budget
from tunesmith.bot.jobs.quote import MONTH_DAYS, Quote, quote
from tunesmith.bot.jobs.split import can_split, set_aside
from tunesmith.bot.messages import Message
from tunesmith.bot.providers.catalogue import Weights
from tunesmith.bot.providers.remote import RemoteNeeds
from tunesmith.bot.services import Services
from tunesmith.handlers.job.base_models import notices_of, offers, why_none
from tunesmith.handlers.job.form_values import (
    EPOCHS,
    MODEL,
    SPLIT,
    VALIDATION,
    Filled,
    whole,
)
from tunesmith.handlers.slack.context import Context
from tunesmith.storage import answers, channels, datasets, tuned
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.tuned import Tuned

_NEEDS_SECONDS = 1.0


@dataclass(frozen=True)
class FormData:
    """All that a form shows beside what was chosen in it.

    `offers` are the base models that can be chosen: those of the channel's default provider before
    the others, the cheapest first. `offer` is the one that is chosen, `tuned` what training can go
    on from there. `others` are the files that can serve for validation, `questions` how many the
    channel asked in the last month, `notices` what is said of the chosen base model's dates, `like`
    of jobs that train on this file now. `against` is the budget that does not allow the job, which
    then starts only where it `can_be_approved`; `budgets` are those that have a limit. `aside` is
    how many examples are set aside at most where the file is split, None where it can't be. `gone`
    is the model that the earlier job went on from, where this one can't. `needs` is what the job
    needs of the machine that trains, where its provider tells; `weights` what is known of the
    chosen base model, where it is of open ones. `fields` are those of the file's rows, where a
    grader can name them.
    """

    dataset: Dataset
    report: Report
    offers: Sequence[Offer]
    offer: Offer
    tuned: Sequence[Tuned]
    others: Sequence[Dataset]
    questions: int
    notices: Sequence[Message]
    like: Sequence[Message] = ()
    against: Message | None = None
    can_be_approved: bool = False
    budgets: Sequence[Budget] = ()
    aside: int | None = None
    gone: str | None = None
    needs: RemoteNeeds | None = None
    weights: Weights | None = None
    fields: Sequence[str] = ()

    def quote(self, offer: Offer, filled: Filled | None = None) -> Quote:
        """What a job on that base model costs with what was chosen."""
        filled = filled or {}
        return quote(
            self.report,
            offer,
            epochs=_epochs_of(filled, offer),
            questions=self.questions,
            today=clock.today(),
            aside=(self.aside or 0) if filled.get(VALIDATION) == SPLIT else 0,
        )

    @property
    def needs_approval(self) -> bool:
        """Whether somebody has to approve the job before it starts."""
        return self.against is not None and self.can_be_approved

    @cached_property
    def needs_tuned(self) -> bool:
        """Whether the chosen base model trains this way only from a tuned model."""
        return self.report.method not in self.offer.entry.methods


def _epochs_of(filled: Filled, offer: Offer) -> int | None:
    """The number of epochs that was chosen; None where it can't be."""
    chosen = whole(filled.get(EPOCHS))
    return chosen if chosen is not None and 1 <= chosen <= offer.provider.max_epochs else None


async def gather(context: Context, dataset: Dataset, filled: Filled) -> FormData:
    """What the form shows where this was chosen. Raises JobError where no base model can be."""
    services = context.services
    report = Report.model_validate(dataset.report)
    async with services.database.read() as connection:
        questions = await answers.asked_in(connection, dataset.team, dataset.channel, MONTH_DAYS)
        found = await datasets.in_channel(connection, dataset.team, dataset.channel)
        offered = [
            offer
            for offer in offers(services, report)
            if report.method in offer.entry.methods or await _tuned(connection, dataset, offer)
        ]
        if not offered:
            raise JobError(why_none(services, report))
        default = await channels.default_provider(
            connection, team=dataset.team, channel=dataset.channel
        )
        ordered = sorted(offered, key=lambda one: (one.name != default, *_price(report, one)))
        chosen = filled.get(MODEL)
        offer = next((one for one in ordered if value_of(one) == chosen), ordered[0])
        bases = await _tuned(connection, dataset, offer)
    return FormData(
        dataset=dataset,
        report=report,
        offers=ordered,
        offer=offer,
        tuned=bases,
        others=_others(found, dataset, report),
        questions=questions,
        notices=notices_of(offer),
        aside=_aside(services, dataset, report),
        weights=services.catalogue.weights.get(offer.entry.hub or ""),
        needs=await _needs(services, offer, report, filled),
        fields=await _fields(services, dataset, report),
    )


async def _fields(services: Services, dataset: Dataset, report: Report) -> list[str]:
    if report.method != "reinforcement":
        return []
    return await asyncio.to_thread(row_fields, services.settings.files / dataset.sha256)


async def _needs(
    services: Services, offer: Offer, report: Report, filled: Filled
) -> RemoteNeeds | None:
    """A form must be there within three seconds: what takes long is not waited for."""
    if not offer.provider.tells_needs or report.method == "reinforcement":
        return None
    epochs = _epochs_of(filled, offer)
    asked = services.provider(offer.name).needs(
        base_model=offer.entry.name,
        method=report.method,
        hyperparameters=offer.provider.hyperparameters(epochs, None),
        tokens=max(1, report.tokens.total),
    )
    try:
        return await asyncio.wait_for(asked, _NEEDS_SECONDS)
    except (TimeoutError, ProviderError):
        return None


def value_of(offer: Offer) -> str:
    """The value of a base model's option."""
    return f"{offer.name}/{offer.entry.name}"


async def _tuned(connection: AsyncConnection, dataset: Dataset, offer: Offer) -> list[Tuned]:
    """What training on a base model can go on from."""
    if not offer.provider.continues:
        return []
    return await tuned.on(
        connection,
        team=dataset.team,
        channel=dataset.channel,
        provider=offer.name,
        base_model=offer.entry.name,
    )


def _aside(services: Services, dataset: Dataset, report: Report) -> int | None:
    try:
        return set_aside(services, report) if can_split(dataset, report) else None
    except DatasetError:
        return None


def _price(report: Report, offer: Offer) -> tuple[bool, Decimal]:
    usd = quote(report, offer, epochs=None, questions=0, today=clock.today()).training_usd
    return usd is None, usd or Decimal(0)


def _others(found: Sequence[Dataset], dataset: Dataset, report: Report) -> list[Dataset]:
    """The files that can serve for validation, those of the same thread first; of several with the
    same bytes one, that of the thread or the oldest.
    """

    def is_near(other: Dataset) -> bool:
        return other.thread == dataset.thread

    fitting = [other for other in found if _can_validate(other, dataset, report)]
    once = {other.sha256: other for other in sorted(fitting, key=is_near)}
    return sorted(once.values(), key=is_near, reverse=True)


def _can_validate(other: Dataset, dataset: Dataset, report: Report) -> bool:
    """Whether a file can serve for validation: it may be too short to train on."""
    if other.sha256 == dataset.sha256 or other.report["format"] != report.format:
        return False
    findings = Report.model_validate(other.report).findings
    wrong = {finding.code for finding in findings if finding.severity is Severity.ERROR}
    return wrong <= {"too_few_examples"}
