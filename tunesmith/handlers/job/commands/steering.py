"""`/tune cancel | pause | resume`: what changes the course of a job."""

from collections.abc import Awaitable, Callable

from tunesmith.bot.jobs import (
    can_pause,
    can_resume,
    request_cancel,
    request_pause,
    request_resume,
)
from tunesmith.bot.jobs.permissions import Person
from tunesmith.bot.services import Services
from tunesmith.handlers.job.commands.subcommand import Asked, choose
from tunesmith.handlers.slack.replies import Reply, plain_reply
from tunesmith.storage.jobs import Job

_Fits = Callable[[Services, Job], bool]
_Request = Callable[[Services, str, Person], Awaitable[Job]]


async def cancel(asked: Asked) -> Reply:
    """Cancel a job."""
    return await _steer(asked, "cancel", _runs, request_cancel, "job.none_running")


async def pause(asked: Asked) -> Reply:
    """Pause a job that trains."""
    return await _steer(asked, "pause", can_pause, request_pause, "job.none_to_pause")


async def resume(asked: Asked) -> Reply:
    """Let a paused job go on."""
    return await _steer(asked, "resume", can_resume, request_resume, "job.none_to_resume")


def _runs(_services: Services, job: Job) -> bool:
    return not job.finished_at


async def _steer(asked: Asked, word: str, fits: _Fits, request: _Request, none: str) -> Reply:
    services = asked.context.services
    job = await choose(asked, word, lambda job: fits(services, job), none)
    if not isinstance(job, Job):
        return job
    await request(services, job.id, await asked.context.people.person(asked.ref.user))
    return plain_reply(asked.text(f"job.accepted_{word}", id=job.id))
