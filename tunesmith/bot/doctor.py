"""What stands against running the bot here: each check says what is wrong and what to do.

`tunesmith doctor` shows them all; `tunesmith run` does not start where one is fatal.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass

from tunesmith.bot import clock
from tunesmith.bot.database import open_database
from tunesmith.bot.errors import ConfigurationError, ProviderBusyError, ProviderError
from tunesmith.bot.messages import Message, say
from tunesmith.bot.providers import connect, lifetime
from tunesmith.bot.providers.catalogue import BaseModelEntry, Provider, load_catalogue
from tunesmith.bot.providers.lifetime import Stage
from tunesmith.bot.providers.remote import RemoteModel
from tunesmith.bot.providers.trainer import Trainer
from tunesmith.bot.settings import Settings

# What a few training files with their working copies take, and what nothing can be done with.
_SCARCE_BYTES = 2 << 30
_FULL_BYTES = 64 << 20
_KEY_REFUSED = frozenset({"invalid_api_key", "incorrect_api_key", "invalid_issuer", "401"})


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check came to. Where it is `fatal`, the bot does not start."""

    name: Message
    said: Message
    good: bool = True
    fatal: bool = False


async def check_place(settings: Settings) -> AsyncIterator[Checked]:
    """The database, the data folder and its disk."""
    name = say("cli.doctor.database")
    try:
        async with open_database(settings):
            yield Checked(name, say("cli.doctor.up_to_date"))
    except ConfigurationError as error:
        yield Checked(name, error.message, good=False, fatal=True)
        return
    yield await check_disk(settings)


async def check_disk(settings: Settings) -> Checked:
    """The space that is left for training files and their working copies."""
    name, folder = say("cli.doctor.disk"), settings.data_dir
    free = (await asyncio.to_thread(shutil.disk_usage, folder)).free
    if free >= _SCARCE_BYTES:
        return Checked(name, say("cli.doctor.disk_free", free=free))
    said = say("cli.doctor.disk_scarce", free=free, folder=str(folder))
    return Checked(name, said, good=False, fatal=free < _FULL_BYTES)


async def check_providers(settings: Settings) -> AsyncIterator[Checked]:
    """Each connected provider, by one real call; that one does not answer stops nobody."""
    clients = connect(settings, load_catalogue(settings.catalogue))
    if not clients:
        yield Checked(say("cli.doctor.providers"), say("cli.doctor.no_provider"), good=False)
    for client in clients.values():
        try:
            async for found in _check_provider(client):
                yield found
        finally:
            await client.close()


async def _check_provider(client: Trainer) -> AsyncIterator[Checked]:
    """Its key and what it may, then its base models, then what dates are near."""
    name = say("common.as_is", text=client.provider.title)
    try:
        await client.jobs_page(None)
        listed = await _listed(client)
        gone = [entry.name for entry in client.provider.models if not _found(entry, listed)]
        gone = [model for model in gone if listed and await client.model(model) is None]
    except ProviderBusyError as busy:
        said = say("cli.doctor.provider_silent", said=busy.message, name=client.name.upper())
        yield Checked(name, said, good=False)
        return
    except ProviderError as refused:
        wrong = refused.code in _KEY_REFUSED
        key = "cli.doctor.provider_key" if wrong else "cli.doctor.provider_refuses"
        said = say(key, said=refused.message, name=client.name.upper())
        yield Checked(name, said, good=False)
        return
    yield Checked(name, say("cli.doctor.answers"))
    if gone:
        yield Checked(name, say("cli.doctor.models_gone", models=gone), good=False)
    for found in _dates(client.provider, listed):
        yield Checked(name, found.said, good=found.good)


async def _listed(client: Trainer) -> dict[str, RemoteModel]:
    """The account's models; none where the provider lists none."""
    try:
        return await client.models()
    except ProviderBusyError:
        raise
    except ProviderError:
        return {}


def _found(entry: BaseModelEntry, listed: Mapping[str, RemoteModel]) -> bool:
    return any(model in listed for model in (entry.name, *entry.aliases))


def _dates(provider: Provider, listed: Mapping[str, RemoteModel]) -> Iterator[Checked]:
    """What is near, or past; and what the provider says otherwise than the catalogue."""
    today, name = clock.today(), say("common.as_is", text=provider.title)
    for notice in lifetime.notices(provider, today):
        yield Checked(name, notice.message, good=notice.stage is Stage.CLOSING)
    for entry in provider.models:
        day = listed[entry.name].shutdown_date if entry.name in listed else None
        if day is not None and day != entry.shutdown_date:
            ends = say("cli.doctor.model_ends", model=entry.name, day=day)
            yield Checked(name, ends, good=False)
