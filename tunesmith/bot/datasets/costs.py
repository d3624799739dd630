"""What training on a file costs, for each base model that can be trained on it."""

from collections import Counter
from datetime import date
from decimal import Decimal

from pydantic import BaseModel

from tunesmith.bot.datasets.statistics import Distribution
from tunesmith.bot.providers.catalogue import BaseModelEntry, Catalogue, Provider

_MILLION = Decimal(1_000_000)


class Cost(BaseModel):
    """The cost of one job, and of using what comes out. Money is in USD; None means unknown.

    `billed_tokens` is tokens x epochs, after each example is cut at the model's training context.
    Where the provider keeps its number of epochs to itself, `epochs` is None and the figures are
    those of one epoch. `answers_usd` is what 1,000 answers of the same length as the file's cost.
    """

    provider: str
    model: str
    epochs: int | None
    billed_tokens: int
    usd: Decimal | None
    train_usd_per_million: Decimal | None
    answers_usd: Decimal | None
    hosting_usd_per_hour: Decimal | None
    truncated_examples: int
    lost_tokens: int
    shutdown_date: date | None
    days_left: int | None
    as_of: date


def costs(
    catalogue: Catalogue,
    tokens: Counter[int],
    answers: Distribution,
    *,
    encoding: str,
    method: str,
    provider: str | None,
    model: str | None,
    today: date,
) -> list[Cost]:
    """The costs on every base model that fits, cheapest first, unknown prices last.

    `tokens` maps an example's tokens (in `encoding`) to the number of such examples.
    """
    found = [
        _cost((name, row), entry, tokens, answers, today)
        for name, row in catalogue.providers.items()
        for entry in row.models
        if provider in (None, name)
        and model in (None, entry.name)
        and method in entry.methods
        and entry.encoding == encoding
        and row.can_train(entry, today)
    ]
    return sorted(found, key=lambda cost: (cost.usd is None, cost.usd or 0))


def _cost(
    named_provider: tuple[str, Provider],
    entry: BaseModelEntry,
    tokens: Counter[int],
    answers: Distribution,
    today: date,
) -> Cost:
    name, provider = named_provider
    examples = tokens.total()
    total = sum(length * count for length, count in tokens.items())
    limit = entry.train_context
    cut = {length: count for length, count in tokens.items() if limit and length > limit}
    lost = sum((length - (limit or 0)) * count for length, count in cut.items())
    epochs = provider.epochs(examples)
    billed = (total - lost) * (epochs or 1)
    usd = None if entry.train_usd is None else entry.train_usd * billed / _MILLION
    answers_usd = None
    if entry.input_usd is not None and entry.output_usd is not None:
        answer = Decimal(str(answers.mean))
        question = Decimal(total) / examples - answer
        answers_usd = (question * entry.input_usd + answer * entry.output_usd) * 1_000 / _MILLION
    return Cost(
        provider=name,
        model=entry.name,
        epochs=epochs,
        billed_tokens=billed,
        usd=usd,
        train_usd_per_million=entry.train_usd,
        answers_usd=answers_usd,
        hosting_usd_per_hour=provider.hosting_usd_per_hour,
        truncated_examples=sum(cut.values()),
        lost_tokens=lost,
        shutdown_date=entry.shutdown_date,
        days_left=(entry.shutdown_date - today).days if entry.shutdown_date else None,
        as_of=provider.as_of,
    )
