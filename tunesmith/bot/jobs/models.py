"""What becomes of tuned models: the day on which each is shut down, and how long none was used.

Task kind: `models` (one per provider, repeated for ever). Two of the providers' rules end what a
team has: models are shut down on a day that may differ by account, and an organisation that has
used none of its models for a while can create no job.
"""

import logging
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from tunesmith.bot import clock
from tunesmith.bot.errors import TunesmithError
from tunesmith.bot.job_events import Unused
from tunesmith.bot.jobs.kinds import OfProvider, kinds
from tunesmith.bot.providers import lifetime
from tunesmith.bot.providers.catalogue import Provider
from tunesmith.bot.providers.lifetime import TimeLeft
from tunesmith.bot.queue import FOREVER, Place, Work
from tunesmith.bot.services import Services
from tunesmith.storage import answers, evaluations, jobs
from tunesmith.storage.jobs import Job

WARNINGS = (45, 55)
"""After how many unused days a team is told, where the provider allows for 60."""

_REPEAT_SECONDS = 6 * 3_600.0

_log = logging.getLogger(__name__)


def time_left(services: Services, job: Job) -> TimeLeft | None:
    """How long a job's model answers, or None where no end is known."""
    provider = services.catalogue.providers[job.provider]
    return lifetime.days_left(provider, job.base_model, clock.today(), job.shutdown_date)


async def watch_models(services: Services) -> None:
    """Have the models of each connected provider watched from now on: at each start."""
    async with services.database.write() as connection:
        for name in services.providers:
            await models.add_again(connection, OfProvider(provider=name), of=name)


@kinds.task("models", OfProvider, place=Place.JOB, attempts=FOREVER, patience=FOREVER)
async def models(services: Services, work: Work[OfProvider]) -> None:
    """Note when a provider's models are shut down, and tell teams that have long used none."""
    name = work.payload.provider
    async with services.database.read() as connection:
        tuned = await jobs.tuned(connection, name)
        asked = await answers.last_asked(connection, name)
        measured = await evaluations.last_asked(connection, name)
    told = await _told(services, name, tuned)
    used = {team: max(asked.get(team, 0), measured.get(team, 0)) for team in asked | measured}
    unused = _unused(services.catalogue.providers[name], tuned, used, clock.today())
    async with work.finish() as connection:
        for job, day in told.items():
            await jobs.change(connection, job, shutdown_date=day)
        for each in unused:
            await services.job_events.unused.publish(connection, each)
        await work.repeat(connection, _REPEAT_SECONDS)


async def _told(services: Services, name: str, tuned: Iterable[Job]) -> dict[str, date]:
    """The days that the provider names anew, by job; none where it can't be asked now."""
    if not tuned:
        return {}
    try:
        listed = await services.provider(name).models()
    except TunesmithError as error:
        _log.warning("The models of %s were not listed: %s", name, error)
        return {}
    found: dict[str, date] = {}
    for job in tuned:
        rows = (listed.get(job.fine_tuned_model or ""), listed.get(job.base_model))
        days = [row.shutdown_date for row in rows if row and row.shutdown_date]
        if days and min(days) != job.shutdown_date:
            found[job.id] = min(days)
    return found


def _unused(
    provider: Provider, tuned: Iterable[Job], asked: dict[str, float], today: date
) -> list[Unused]:
    """The teams that are to be told today. A model counts as used on the day that it was made."""
    rule = provider.recent_inference
    last = provider.last_training_date
    if rule is None or (last is not None and last < today):
        return []
    newest: dict[str, Job] = {job.team: job for job in tuned if _answers(provider, job, today)}
    found: list[Unused] = []
    for team, job in newest.items():
        used = max(asked.get(team, 0), job.finished_at or job.created_at)
        since = datetime.fromtimestamp(used, UTC).date()
        days = (today - since).days
        passed = [warning for warning in WARNINGS if warning <= days]
        if passed and days < rule.days:
            last_day = since + timedelta(days=rule.days - 1)
            found.append(Unused(job, since, days, passed[-1], last_day))
    return found


def _answers(provider: Provider, job: Job, today: date) -> bool:
    left = lifetime.days_left(provider, job.base_model, today, job.shutdown_date)
    return left is None or not left.is_over
