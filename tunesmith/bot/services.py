"""What the bot works with; put together in `app.py`, handed to every handler."""

from dataclasses import dataclass, field

from tunesmith.bot.datasets import Selection
from tunesmith.bot.datasets.profile import Profile
from tunesmith.bot.errors import ConfigurationError
from tunesmith.bot.job_events import JobEvents
from tunesmith.bot.messages import say
from tunesmith.bot.processes import Processes
from tunesmith.bot.providers.catalogue import Catalogue
from tunesmith.bot.providers.trainer import Trainer
from tunesmith.bot.queue import Queue
from tunesmith.bot.settings import Settings
from tunesmith.storage.database import Database


@dataclass(frozen=True, slots=True)
class Services:
    """Settings, catalogue, database, queue, the connected providers by name, worker processes, and
    what is told of jobs; `profiles` are of data sets that were asked about, by their id and by that
    of jobs on them.
    """

    settings: Settings
    catalogue: Catalogue
    database: Database
    queue: Queue
    providers: dict[str, Trainer]
    processes: Processes
    job_events: JobEvents = field(default_factory=JobEvents)
    profiles: dict[str, Profile] = field(default_factory=dict[str, Profile])

    def selection(self) -> Selection:
        """What a training file is checked for: a job at one of the connected providers, today."""
        return Selection(self.catalogue, connected=tuple(self.providers))

    def provider(self, name: str) -> Trainer:
        """The client of a provider. Raises ConfigurationError where no key is set for it."""
        try:
            return self.providers[name]
        except KeyError:
            said = say("provider.no_access", provider=name, name=name.upper())
            raise ConfigurationError(said) from None
