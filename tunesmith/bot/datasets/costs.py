"""What training on a file costs, for each base model that can be trained on it."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from pydantic import BaseModel

from tunesmith.bot.datasets import tokens
from tunesmith.bot.datasets.distributions import Distribution, total
from tunesmith.bot.providers import lifetime
from tunesmith.bot.providers.catalogue import BaseModelEntry, Provider

_MILLION = Decimal(1_000_000)


class Offer(NamedTuple):
    """A base model at a provider."""

    name: str
    provider: Provider
    entry: BaseModelEntry


class Cost(BaseModel):
    """The cost of one job, and of using what comes out. Money is in USD; None means unknown.

    `billed_tokens` is tokens x epochs, after each example is cut at the model's training context;
    `free_tokens` of them are the team's free allowance.
    Where the provider keeps its number of epochs to itself, `epochs` is None and the figures are
    those of one epoch. `answers_usd` is what 1,000 answers of the same length as the file's cost.
    `last_training_date` is the last day on which a job can be created; from `shutdown_date` on,
    `days_left` from now, neither the base model nor a model tuned on it answers.
    """

    provider: str
    model: str
    epochs: int | None
    billed_tokens: int
    usd: Decimal | None
    train_usd_per_million: Decimal | None
    free_tokens: int = 0
    answers_usd: Decimal | None
    hosting_usd_per_hour: Decimal | None
    truncated_examples: int
    lost_tokens: int
    last_training_date: date | None = None
    shutdown_date: date | None
    days_left: int | None
    as_of: date


class Length(NamedTuple):
    """How long the examples of a file are, in one encoding (the key of `tokens.source`)."""

    encoding: str
    tokens: Counter[int]
    answers: Distribution


def costs(models: Sequence[Offer], length: Length, today: date) -> list[Cost]:
    """The costs on each base model of the file's encoding, cheapest first, unknown ones last."""
    if not length.tokens:
        return []
    found = [
        _cost(offer, length, today)
        for offer in models
        if tokens.source(offer.entry.encoding, offer.entry.tokenizer_file) == length.encoding
    ]
    return sorted(found, key=lambda cost: (cost.usd is None, cost.usd or 0))


def _cost(offer: Offer, length: Length, today: date) -> Cost:
    provider, entry = offer.provider, offer.entry
    examples = length.tokens.total()
    everything = total(length.tokens)
    limit = entry.train_context
    cut = Counter({size: n for size, n in length.tokens.items() if limit and size > limit})
    lost = total(cut) - (limit or 0) * cut.total()
    epochs = provider.epochs(examples)
    billed = (everything - lost) * (epochs or 1)
    free = min(billed, entry.free_train_tokens or 0)
    usd = None if entry.train_usd is None else entry.train_usd * (billed - free) / _MILLION
    answers_usd = None
    if entry.input_usd is not None and entry.output_usd is not None:
        answer = Decimal(str(length.answers.mean))
        question = Decimal(everything) / examples - answer
        answers_usd = (question * entry.input_usd + answer * entry.output_usd) * 1_000 / _MILLION
    return Cost(
        provider=offer.name,
        model=entry.name,
        epochs=epochs,
        billed_tokens=billed,
        usd=usd,
        train_usd_per_million=entry.train_usd,
        free_tokens=free,
        answers_usd=answers_usd,
        hosting_usd_per_hour=provider.hosting_usd_per_hour,
        truncated_examples=cut.total(),
        lost_tokens=lost,
        last_training_date=lifetime.lifetime(provider, entry).last_training,
        shutdown_date=entry.shutdown_date,
        days_left=(entry.shutdown_date - today).days if entry.shutdown_date else None,
        as_of=provider.as_of,
    )
