"""What an answer cost, by the catalogue's prices."""

from decimal import Decimal

from tunesmith.bot.answers.model import AskedModel
from tunesmith.bot.providers.asking import Usage
from tunesmith.bot.providers.catalogue import Catalogue

_PER = 1_000_000


def cost(catalogue: Catalogue, model: AskedModel, usage: Usage | None) -> Decimal | None:
    """USD of an answer; None where its tokens or a price that it needs are not known."""
    entry = catalogue.providers[model.provider].model(model.base_model)
    if usage is None or entry is None:
        return None
    prices = entry.base_prices if model.kind == "base" else entry.tuned_prices
    cached = usage.cached or 0
    parts = (
        (usage.input - cached, prices.input_usd),
        (cached, prices.cached_usd),
        (usage.output, prices.output_usd),
    )
    if any(tokens and price is None for tokens, price in parts):
        return None
    return sum((tokens * (price or Decimal(0)) for tokens, price in parts), Decimal(0)) / _PER
