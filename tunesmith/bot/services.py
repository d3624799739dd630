"""What the bot works with; put together in `app.py`, handed to every handler."""

from dataclasses import dataclass

from tunesmith.bot.errors import ConfigurationError
from tunesmith.bot.processes import Processes
from tunesmith.bot.providers.catalogue import Catalogue
from tunesmith.bot.providers.client import ProviderClient
from tunesmith.bot.queue import Queue
from tunesmith.bot.settings import Settings
from tunesmith.storage.database import Database


@dataclass(frozen=True, slots=True)
class Services:
    """Settings, catalogue, database, queue, the connected providers by name, worker processes."""

    settings: Settings
    catalogue: Catalogue
    database: Database
    queue: Queue
    providers: dict[str, ProviderClient]
    processes: Processes

    def provider(self, name: str) -> ProviderClient:
        """The client of a provider. Raises ConfigurationError where no key is set for it."""
        try:
            return self.providers[name]
        except KeyError:
            raise ConfigurationError(
                f"No access to {name} is set (TUNESMITH_PROVIDERS__{name.upper()}__API_KEY)."
            ) from None
