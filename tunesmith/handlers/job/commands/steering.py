"""`/tune cancel`: what changes the course of a job."""

from tunesmith.bot.jobs import request_cancel
from tunesmith.handlers.job.commands.subcommand import Asked, jobs_meant, not_found, plain
from tunesmith.handlers.slack.interactions import Reply


async def cancel(asked: Asked) -> Reply:
    """Cancel a job."""
    text, found = asked.text, await jobs_meant(asked)
    if asked.rest and not found:
        return not_found(asked)
    running = [job for job in found if not job.finished_at]
    if not asked.rest and not running:
        return plain(text("job.none_running"))
    if len(running) > 1:
        return plain(text("job.which", ids=[f"`{job.id}`" for job in running]))
    job = (running or found)[0]
    person = await asked.context.people.person(asked.ref.user)
    await request_cancel(asked.context.services, job.id, person)
    return plain(text("job.cancel_accepted", id=job.id))
