"""The kinds of tasks that run jobs."""

from tunesmith.bot.queue import Kinds, Payload
from tunesmith.bot.services import Services

kinds = Kinds[Services]()


class OfJob(Payload):
    """A task about one job."""

    job_id: str


class OfProvider(Payload):
    """A task about all jobs of one provider."""

    provider: str


class OfRemote(Payload):
    """A task about one job, by its provider's id."""

    provider: str
    provider_job_id: str
