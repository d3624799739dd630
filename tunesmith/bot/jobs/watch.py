"""Watch a provider's jobs: by its list, at a pace that depends on how many there are and on what
they are doing; a job that the provider itself tells of (by a webhook) is looked at at once.
"""

from collections.abc import Sequence

from tunesmith.bot.errors import ProviderBusyError, TunesmithError
from tunesmith.bot.jobs import observe, outage
from tunesmith.bot.jobs.kinds import OfProvider, OfRemote, kinds
from tunesmith.bot.jobs.sweep import PAGE_SECONDS, Sweep
from tunesmith.bot.queue import FOREVER, Place, Retry, Work
from tunesmith.bot.services import Services
from tunesmith.storage import clock, watching
from tunesmith.storage.jobs import JobStatus
from tunesmith.storage.watching import Phase

_REFUSED_SECONDS = 60.0
# Only jobs that were given up are left: they are looked for now and then.
_LOST_SECONDS = 600.0
# In these statuses nothing happens for a while.
_AT_REST = (JobStatus.QUEUED, JobStatus.PAUSED)
_AT_REST_SLOWER, _AT_END_QUICKER = 4, 3
# Calls of a sweep that cost no pause: up to so many jobs are looked at as often as the catalogue
# says.
_FREE_CALLS = 5


@kinds.task("watch", OfProvider, place=Place.JOB, attempts=FOREVER, patience=FOREVER)
async def watch(services: Services, work: Work[OfProvider]) -> None:
    """Look at a provider's jobs once, and again as long as one is running."""
    name = work.payload.provider
    try:
        client = services.provider(name)
        sweep = Sweep(services, client, work)
        async with services.database.read() as connection:
            began = await clock.read(connection)
        await sweep.run()
    except ProviderBusyError as busy:
        await outage.note_outage(services, name, busy.message)
        raise
    except TunesmithError as error:
        # A key that expired or was revoked is replaced sooner or later; the jobs go on meanwhile.
        await outage.note_outage(services, name, error.message)
        raise Retry(error.message, _REFUSED_SECONDS) from error
    await outage.end_outage(services, name)
    async with work.finish() as connection:
        phases = await watching.phases(connection, name)
        now = await clock.read(connection)
        if phases:
            wanted = _pause(phases, client.provider.poll_seconds, now)
            least = (sweep.calls - _FREE_CALLS) * PAGE_SECONDS - (now - began)
            await work.repeat(connection, max(wanted, least))
        elif await watching.any_lost(connection, name):
            await work.repeat(connection, _LOST_SECONDS)


@kinds.task("look", OfRemote, place=Place.JOB, patience=600)
async def look(services: Services, work: Work[OfRemote]) -> None:
    """Look at one job now, if it is one of ours."""
    name, provider_job_id = work.payload.provider, work.payload.provider_job_id
    async with services.database.read() as connection:
        known = await watching.among(connection, name, [provider_job_id])
    if known:
        await observe.look(services, services.provider(name), work, known[provider_job_id])


def _pause(phases: Sequence[Phase], poll_seconds: float, now: float) -> float:
    """The seconds until jobs in these phases are worth another look."""
    finish = min(phase.estimated_finish or float("inf") for phase in phases)
    if now <= finish <= now + 2 * poll_seconds:
        return poll_seconds / _AT_END_QUICKER
    if all(phase.status in _AT_REST for phase in phases):
        return poll_seconds * _AT_REST_SLOWER
    return poll_seconds
