"""`/tune jobs` and `/tune status`: what jobs there are, and how one is doing."""

from tunesmith.handlers.job.commands.subcommand import (
    Asked,
    jobs_meant,
    page_buttons,
    run_button,
)
from tunesmith.handlers.job.reader import reader_in
from tunesmith.handlers.job.rows import job_rows
from tunesmith.handlers.job.tasks import progress_message
from tunesmith.handlers.slack.blocks import Block, section
from tunesmith.handlers.slack.replies import Reply, plain_reply
from tunesmith.storage import jobs as stored
from tunesmith.storage.jobs import Job

_PAGE = 8


async def jobs(asked: Asked) -> Reply:
    """List the channel's jobs, a page at a time."""
    text = asked.text
    _, number = asked.paged()
    here = {"team": asked.team, "channel": asked.ref.channel}
    async with asked.context.services.database.read() as connection:
        skip = (number - 1) * _PAGE
        found = await stored.recent(connection, here, _PAGE + 1, skip=skip)
    if not found and number == 1:
        return plain_reply(text("job.list_none"))

    def press(job: Job) -> Block:
        return run_button(text("job.list_status"), f"status {job.id}")

    words = text("job.list_title")
    rows = await job_rows(asked.context, text, found[:_PAGE], press)
    turns = page_buttons(text, "jobs", number, more=len(found) > _PAGE)
    return words, [section(words), *rows, *turns]


async def status(asked: Asked) -> Reply:
    """Show how a job is doing."""
    job, reader = (await jobs_meant(asked))[0], await reader_in(asked.context, asked.ref)
    return await progress_message(asked.context, asked.text, job, reader=reader)
