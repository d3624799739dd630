"""The base models that a provider lists: those of a team's own engines (docs/engines.md).

The bot's catalogue takes them in, so that they are offered like those which it knows by itself.
"""

import asyncio
import logging
from collections.abc import Mapping
from decimal import Decimal

from tunesmith.bot.errors import ProviderError
from tunesmith.bot.providers.catalogue import METHODS, BaseModelEntry, Catalogue, Provider
from tunesmith.bot.providers.remote import RemoteModel
from tunesmith.bot.providers.trainer import Trainer

_LOOK_SECONDS = 60.0
_FREE = Decimal(0)
_ROLES_WITHOUT_TOOLS = ("system", "developer", "user", "assistant")
_log = logging.getLogger(__name__)


async def keep_looking(catalogue: Catalogue, clients: Mapping[str, Trainer]) -> None:
    """Ask every minute, until cancelled; a provider that does not answer keeps what it listed."""
    known = {name: row.models for name, row in catalogue.providers.items()}
    while any(catalogue.providers[name].lists_base_models for name in clients):
        for name, client in clients.items():
            if catalogue.providers[name].lists_base_models:
                await look(catalogue, client, known[name])
        await asyncio.sleep(_LOOK_SECONDS)


async def look(catalogue: Catalogue, client: Trainer, known: tuple[BaseModelEntry, ...]) -> None:
    """Offer what the provider lists now beside the `known` base models."""
    try:
        listed = await client.models()
    except ProviderError as error:
        _log.warning("The base models of %s were not listed: %s", client.name, error)
        return
    names = {entry.name for entry in known}
    new = [entry_of(row) for row in listed.values() if row.training and row.id not in names]
    models = (*known, *(entry for entry in new if entry.methods))
    provider: Provider = catalogue.providers[client.name]
    if models != provider.models:
        _log.info("Base models of %s: %s", client.name, ", ".join(one.name for one in models))
        catalogue.providers[client.name] = provider.model_copy(update={"models": models})


def entry_of(row: RemoteModel) -> BaseModelEntry:
    """A base model of a team's own machine, which costs nothing to train and to ask.

    It reads tokens of its own; those of `o200k_base` are the measure of its files.
    """
    assert row.training is not None
    tools = "tools" in row.training.capabilities
    return BaseModelEntry(
        name=row.id,
        encoding="o200k_base",
        own_tokens=True,
        methods=tuple(method for method in METHODS if method in row.training.methods),
        train_context=row.training.context_length,
        vision="images" in row.training.capabilities,
        roles=None if tools else _ROLES_WITHOUT_TOOLS,
        tools=tools,
        calls_tools=row.training.calls_tools,
        hub=row.training.hub,
        answers_untuned="chat-before-tuning" in row.training.capabilities,
        train_usd=_FREE,
        input_usd=_FREE,
        cached_usd=_FREE,
        output_usd=_FREE,
    )
