"""What training on a file costs, and what a team's budget says to it.

`titles` are the providers' by name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tunesmith.bot import clock
from tunesmith.bot.datasets.costs import Cost
from tunesmith.bot.messages import Message, Text, say
from tunesmith.bot.providers import lifetime
from tunesmith.handlers.slack.blocks import Block, table

_MOST_OVER = 3


@dataclass(frozen=True, slots=True)
class Budget:
    """A team's budget of the month and what is left of it, in USD.

    `costs` are those of the base models that it can be spent on, cheapest first.
    """

    usd: Decimal
    left: Decimal
    costs: Sequence[Cost]


def cost_table(text: Text, costs: Sequence[Cost], titles: Mapping[str, str | Message]) -> Block:
    """What training and answers cost on each base model, and until when."""
    columns = ("model", "usd", "answers", "last_training", "shutdown")
    rows = [
        [
            text("dataset.report_cost_at", model=cost.model, provider=titles[cost.provider]),
            text(_price(cost.usd)),
            text(_answers(cost)),
            text("dataset.day", day=cost.last_training_date) if cost.last_training_date else "",
            _shutdown(text, cost),
        ]
        for cost in costs
    ]
    heading = [text(f"dataset.report_cost_{column}") for column in columns]
    return table([heading, *rows], right=(1, 2))


def _shutdown(text: Text, cost: Cost) -> str:
    """The day on which models that are tuned on it are shut down, and the days until then."""
    if cost.shutdown_date is None:
        return ""
    left = lifetime.left_until(cost.shutdown_date, clock.today())
    return text("dataset.report_shutdown", day=cost.shutdown_date, left=left.short)


def _answers(cost: Cost) -> Message:
    """What 1,000 answers cost, and the hours that the model is kept ready where they are billed."""
    answers = _price(cost.answers_usd)
    if cost.hosting_usd_per_hour:
        return say("dataset.report_hosting", answers=answers, hour=cost.hosting_usd_per_hour)
    return answers


def basis(text: Text, costs: Sequence[Cost], titles: Mapping[str, str | Message]) -> str:
    """What the figures are made of, and of which day the prices are."""
    chosen = {cost.provider: cost.epochs for cost in costs}
    epochs = [
        say("dataset.epochs_auto", provider=titles[name])
        if count is None
        else say("dataset.epochs", provider=titles[name], count=count)
        for name, count in chosen.items()
    ]
    return text("dataset.report_basis", epochs=epochs, as_of=min(cost.as_of for cost in costs))


def budget_left(text: Text, budget: Budget) -> str:
    """What the cheapest base model takes of what is left, and which ones take too much."""
    said = [text("dataset.report_budget", left=budget.left, budget=budget.usd)]
    priced = [cost for cost in budget.costs if cost.usd is not None]
    over = [cost for cost in priced if cost.usd and cost.usd > budget.left]
    if priced and priced[0] not in over:
        cheapest = priced[0]
        said.append(
            text("dataset.report_budget_takes", model=cheapest.model, price=_price(cheapest.usd))
        )
    if over:
        models = [
            say("dataset.model_price", model=cost.model, price=_price(cost.usd))
            for cost in over[:_MOST_OVER]
        ]
        more = len(over) - _MOST_OVER
        key = "dataset.report_budget_over_more" if more > 0 else "dataset.report_budget_over"
        said.append(text(key, models=models, count=more))
    return " ".join(said)


def _price(usd: Decimal | None) -> Message:
    """What something costs, in a word."""
    if usd is None:
        return say("dataset.price_unknown")
    return say("dataset.price", usd=usd) if usd else say("dataset.price_free")
