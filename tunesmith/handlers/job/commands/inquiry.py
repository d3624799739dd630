"""`/tune events`, `/tune results` and `/tune checkpoints`: what a provider tells of a job.

Task kind: `job.results` (attaches a job's tables of results to its thread, each once).
"""

import logging

from tunesmith.bot.errors import JobError, ProviderBusyError, ProviderError
from tunesmith.bot.jobs.kinds import OfJob
from tunesmith.bot.messages import Message, Text, say
from tunesmith.bot.providers.remote import RemoteEvent
from tunesmith.bot.queue import Place, Work
from tunesmith.handlers.job.commands.subcommand import Asked, jobs_meant, page_buttons
from tunesmith.handlers.job.reader import reader_in
from tunesmith.handlers.job.rows import slack_time
from tunesmith.handlers.job.tasks import checkpoints_message, progress_message
from tunesmith.handlers.slack.blocks import context as small
from tunesmith.handlers.slack.blocks import section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import kinds
from tunesmith.handlers.slack.mrkdwn import shorten
from tunesmith.handlers.slack.replies import Reply, plain_reply
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.handlers.slack.uploads import upload
from tunesmith.storage.jobs import Job

_log = logging.getLogger(__name__)

_PAGE = 12
_MOST_LETTERS = 160
_SIGNS = {"warn": ":warning:", "warning": ":warning:", "error": ":x:"}
_PLAIN = "•"


async def events(asked: Asked) -> Reply:
    """Show what the provider tells of a job, newest first, a page at a time."""
    named, number = asked.paged()
    text, job = asked.text, (await jobs_meant(named))[0]
    if job.provider_job_id is None:
        raise JobError(say("job.events_too_early"))
    client = asked.context.services.provider(job.provider)
    try:
        found = await client.events(job.provider_job_id, number * _PAGE + 1)
    except ProviderBusyError as busy:
        raise JobError(busy.message) from busy
    shown = found[(number - 1) * _PAGE : number * _PAGE]
    if not shown:
        return plain_reply(text("job.events_none", id=job.id))
    words = text("job.events_title", id=job.id, model=job.base_model)
    lines = [_line(text, event) for event in shown]
    turns = page_buttons(text, f"events {job.id}", number, more=len(found) > number * _PAGE)
    return words, [section(words), section("\n".join(lines)), *turns]


def _line(text: Text, event: RemoteEvent) -> str:
    message = shorten(event.message or event.type or "–", _MOST_LETTERS)
    sign = _SIGNS.get(event.level or "", _PLAIN)
    if event.created_at is None:
        return text("job.events_line_undated", sign=sign, message=message)
    when = slack_time(event.created_at, text)
    return text("job.events_line", sign=sign, when=when, message=message)


async def checkpoints(asked: Asked) -> Reply:
    """Show a job's checkpoints, the suggested one marked."""
    job = (await jobs_meant(asked))[0]
    reader = await reader_in(asked.context, asked.ref)
    return await checkpoints_message(asked.context, asked.text, job, reader)


async def results(asked: Asked) -> Reply:
    """Show what a job came to, and have its table of results attached to its thread."""
    job = (await jobs_meant(asked))[0]
    if not job.finished_at:
        raise JobError(say("job.results_too_early"))
    words, blocks = await progress_message(
        asked.context, asked.text, job, reader=await reader_in(asked.context, asked.ref)
    )
    services = asked.context.services
    provider = services.catalogue.providers[job.provider]
    if job.provider_job_id is None or not provider.result_csv:
        note = asked.text("job.results_no_table", provider=provider.title)
    else:
        async with services.database.write() as connection:
            await attach_results.add(connection, OfJob(job_id=job.id), of=job.id)
        note = asked.text("job.results_table")
    return words, [*blocks, small(note)]


@kinds.task("job.results", OfJob, place=Place.ATTACH)
async def attach_results(context: Context, work: Work[OfJob]) -> None:
    """Attach a job's tables of results to its thread."""
    job = await context.job(work.payload.job_id)
    text = await context.text_in(_thread(job))
    tables = await _tables(context, job)
    if not tables:
        words = text("job.results_none", id=job.id)
        await context.outbox.post(work, work.task.key, _thread(job), words, [section(words)])
    for number, table in tables.items():
        title = text.plain("job.results_title", id=job.id)
        name = f"results-{job.id}.csv"
        if len(tables) > 1:
            title, name = f"{title} ({number})", f"results-{job.id}-{number}.csv"
        await upload(context, work, _thread(job), name=name, content=table.encode(), title=title)


@attach_results.when_given_up
async def _say_failed(context: Context, work: Work[OfJob], reason: Message) -> None:
    job = await context.job(work.payload.job_id)
    text = await context.text_in(_thread(job))
    words = text("job.results_failed", id=job.id, reason=reason)
    key = f"failed:{work.task.key}"
    await context.outbox.post(work, key, _thread(job), words, [section(words)])


async def _tables(context: Context, job: Job) -> dict[int, str]:
    """The tables that the provider keeps, by their numbers in its list, which begin with 1."""
    client = context.services.provider(job.provider)
    found: dict[int, str] = {}
    try:
        remote = await client.job(job.provider_job_id or "")
    except ProviderBusyError:
        raise
    except ProviderError:
        return found
    for number, file_id in enumerate(remote.result_files if remote else (), 1):
        try:
            found[number] = await client.result_file(file_id)
        except ProviderBusyError:
            raise
        except ProviderError:
            _log.info("The result file %s of job %s can't be had", file_id, job.id)
    return found


def _thread(job: Job) -> ThreadRef:
    return ThreadRef(job.channel, job.thread, job.created_by)
