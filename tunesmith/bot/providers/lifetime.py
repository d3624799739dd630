"""How long base models can be trained and tuned models answer, and what is said of it.

From NOTICE_DAYS before training closes or models are shut down, and ever after, everything that
offers them says both dates, and where else training is possible.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from tunesmith.bot.messages import Message, say
from tunesmith.bot.providers.catalogue import BaseModelEntry, Catalogue, Provider

NOTICE_DAYS = 60


class Stage(StrEnum):
    """Where a base model is on its way out.

    CLOSING: trained, with an end in sight. CLOSED: no job can be created, tuned models answer.
    OFF: neither.
    """

    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    OFF = "off"


class Lifetime(NamedTuple):
    """A base model's dates at a provider; None where none is known.

    `last_training` is the last day on which a job can be created; where it is `at_least`, the
    provider may still put it off. From `shutdown` on, neither the model nor its tuned models
    answer.
    """

    last_training: date | None
    at_least: bool
    shutdown: date | None

    def stage(self, today: date) -> Stage:
        """The stage on that day."""
        if self.shutdown is not None and self.shutdown <= today:
            return Stage.OFF
        if self.last_training is not None and self.last_training < today and not self.at_least:
            return Stage.CLOSED
        ends = [end for end in (self.last_training, self.shutdown) if end is not None]
        near = any((end - today).days <= NOTICE_DAYS for end in ends)
        return Stage.CLOSING if near else Stage.OPEN


class Notice(NamedTuple):
    """What is to be said of base models that have the same dates, and at what stage they are."""

    stage: Stage
    message: Message


class TimeLeft(NamedTuple):
    """How long a tuned model answers: not from `shutdown` on, which is `days` away (0 or less
    where it has come).
    """

    shutdown: date
    days: int

    @property
    def is_over(self) -> bool:
        """Whether it answers no more."""
        return self.days <= 0

    @property
    def is_near(self) -> bool:
        """Whether it is said wherever the model is named."""
        return self.days <= NOTICE_DAYS

    @property
    def message(self) -> Message:
        """The day and the days left, in a sentence."""
        if self.is_over:
            return say("lifetime.over", day=self.shutdown)
        return say("lifetime.left", day=self.shutdown, left=_days(self.days))

    @property
    def short(self) -> Message:
        """The days left, beside the day."""
        if self.is_over:
            return say("lifetime.over_short")
        return say("lifetime.left_short", left=_days(self.days))

    @property
    def of_model(self) -> Message:
        """The days left, where nothing else tells of what."""
        if self.is_over:
            return say("lifetime.over_short")
        return say("lifetime.left_of_model", left=_days(self.days))


def days_left(
    provider: Provider, model: str, today: date, told: date | None = None
) -> TimeLeft | None:
    """How long what is tuned on a base model answers, or None where no end is known.

    `model` is the base model's name, or a tuned model's that names it (`ft:BASE:...`); `told` is
    the day that the provider itself names for this account, which goes before the catalogue's.
    """
    entry = provider.model(model)
    shutdown = told or (entry.shutdown_date if entry else None)
    return None if shutdown is None else left_until(shutdown, today)


def left_until(shutdown: date, today: date) -> TimeLeft:
    """How long a tuned model answers that is shut down on that day."""
    return TimeLeft(shutdown, (shutdown - today).days)


def price_for(usd: Decimal | None, left: TimeLeft | None) -> Message | None:
    """What a job costs beside how long its model lives, or None where it has no known end."""
    if left is None or left.is_over:
        return None
    about = {"day": left.shutdown, "left": _days(left.days)}
    if usd is None:
        return say("lifetime.price_unknown", **about)
    return say("lifetime.price", usd=usd, **about) if usd else say("lifetime.free", **about)


def lifetime(provider: Provider, entry: BaseModelEntry) -> Lifetime:
    """The dates of a base model at its provider."""
    last = entry.last_training_date or provider.last_training_date
    return Lifetime(last, entry.last_training_at_least, entry.shutdown_date)


def stage(provider: Provider, entry: BaseModelEntry, today: date) -> Stage:
    """Where a base model is on its way out."""
    return lifetime(provider, entry).stage(today)


def can_train(provider: Provider, entry: BaseModelEntry, today: date) -> bool:
    """Whether a job on this base model can still be created on that day."""
    return provider.trains and stage(provider, entry, today) in (Stage.OPEN, Stage.CLOSING)


def still_training(
    catalogue: Catalogue, today: date, method: str | None = None
) -> dict[str, Provider]:
    """The providers, by name, that train on that day (with this method, where one is named).

    Of a provider whose base models the catalogue does not list, its own last day decides.
    """
    found: dict[str, Provider] = {}
    for name, provider in catalogue.providers.items():
        offered = [each for each in provider.models if can_train(provider, each, today)]
        last = provider.last_training_date
        unlisted = provider.trains and not provider.models and (last is None or today <= last)
        methods = {each for entry in offered for each in entry.methods}
        if unlisted:
            methods |= set(provider.methods)
        if (offered or unlisted) and method in {None, *methods}:
            found[name] = provider
    return found


def notices(
    provider: Provider, today: date, entries: Iterable[BaseModelEntry] | None = None
) -> list[Notice]:
    """What is to be said of a provider's base models (all of them, or `entries`) on that day."""
    chosen = list(provider.models if entries is None else entries)
    by_dates: dict[Lifetime, list[BaseModelEntry]] = {}
    for entry in chosen:
        by_dates.setdefault(lifetime(provider, entry), []).append(entry)
    return [
        Notice(now, _said(provider, dates, models, today))
        for dates, models in by_dates.items()
        if provider.trains and (now := dates.stage(today)) is not Stage.OPEN
    ]


def elsewhere(catalogue: Catalogue, today: date, method: str | None = None) -> Message:
    """Who still trains on that day."""
    places = [provider.title for provider in still_training(catalogue, today, method).values()]
    return say("provider.elsewhere", places=places) if places else say("provider.nowhere_else")


def inference_rule(provider: Provider) -> Message | None:
    """That only organisations which use their tuned models can start jobs, where it is so."""
    rule = provider.recent_inference
    if rule is None:
        return None
    about = {"provider": provider.title, "days": rule.days}
    return say("provider.recent_inference", since=rule.since, **about)


def both(first: Message, second: Message) -> Message:
    """Two sentences, one after the other."""
    return say("provider.both", first=first, second=second)


def _said(
    provider: Provider, dates: Lifetime, models: Sequence[BaseModelEntry], today: date
) -> Message:
    named = say("provider.models", names=[model.name for model in models])
    if len(models) == len(provider.models):
        named = say("provider.all_models")
    about = {"provider": provider.title, "models": named}
    if dates.shutdown is not None and dates.shutdown <= today:
        return say("provider.off", day=dates.shutdown, **about)
    training = None
    if dates.last_training is not None:
        key = _training_key(dates, dates.last_training, today)
        left = _days((dates.last_training - today).days)
        training = say(key, day=dates.last_training, left=left, **about)
    if dates.shutdown is None:
        assert training is not None
        return training
    left = _days((dates.shutdown - today).days)
    if training is None:
        return say("provider.shutting_down", day=dates.shutdown, left=left, **about)
    return both(training, say("provider.answers_until", day=dates.shutdown, left=left))


def _training_key(dates: Lifetime, last: date, today: date) -> str:
    if last < today:
        return "provider.may_have_closed" if dates.at_least else "provider.closed"
    return "provider.trains_at_least" if dates.at_least else "provider.closing"


def _days(count: int) -> Message:
    return say("provider.days", count=count)
