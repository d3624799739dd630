"""`/tune jobs` and `/tune status`: what jobs there are, and how one is doing."""

from tunesmith.handlers.job.blocks import jobs_blocks
from tunesmith.handlers.job.commands.subcommand import Asked, jobs_meant, not_found, plain
from tunesmith.handlers.job.tasks import progress_message
from tunesmith.handlers.slack.interactions import Reply
from tunesmith.storage import datasets
from tunesmith.storage import jobs as stored


async def jobs(asked: Asked) -> Reply:
    """List the channel's jobs."""
    async with asked.context.services.database.read() as connection:
        here = {"team": asked.team, "channel": asked.ref.channel}
        found = await stored.recent(connection, here)
        named = [(job, await datasets.name_of(connection, job.dataset_id)) for job in found]
    if not named:
        return plain(asked.text("job.list_none"))
    return asked.text("job.list_title"), jobs_blocks(asked.text, named)


async def status(asked: Asked) -> Reply:
    """Show how a job is doing."""
    found = await jobs_meant(asked)
    if not found:
        return not_found(asked)
    return await progress_message(asked.context, asked.text, found[0])
