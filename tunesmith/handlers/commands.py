"""The words after `/tune`, or after a mention in a thread: what each answers."""

import difflib
from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.errors import JobError
from tunesmith.bot.jobs import request_cancel
from tunesmith.handlers.blocks.job import jobs_blocks
from tunesmith.handlers.blocks.parts import Block, actions, button, section
from tunesmith.handlers.blocks.report import START
from tunesmith.handlers.context import Context
from tunesmith.handlers.places import Place
from tunesmith.handlers.progress import progress_message
from tunesmith.handlers.text import Text, escape
from tunesmith.storage import datasets, jobs
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.jobs import Job

Reply = tuple[str, list[Block]]

WORDS = ("start", "jobs", "status", "cancel", "help")


async def in_thread(context: Context, team: str, place: Place, said: str) -> Reply | None:
    """The reply to a command written to the bot, or None where it is no command.

    Only a word alone, or with the id of a job behind it, is a command: "status of my order?" is
    a question.
    """
    word, _, rest = said.strip().partition(" ")
    if word.lower() not in WORDS or (rest and not rest.isalnum()):
        return None
    return await reply(context, team, place, said)


async def reply(context: Context, team: str, place: Place, said: str) -> Reply:
    """The reply to what stands behind `/tune`; help where nothing does."""
    text = await context.text(place.user)
    word, _, rest = said.strip().partition(" ")
    answer = _ANSWERS.get(word.lower() or "help")
    if answer is not None:
        return await answer(context, text, team, place, rest.strip())
    words = text("command.unknown", word=escape(word))
    close = difflib.get_close_matches(word.lower(), WORDS, n=1)
    if close:
        words += " " + text("command.meant", guess=close[0])
    words += "\n" + text("command.help")
    return words, [section(words)]


async def newest_dataset(context: Context, team: str, channel: str) -> Dataset | None:
    """The channel's newest valid training file, or None."""
    async with context.services.database.read() as connection:
        found = await datasets.in_channel(connection, team, channel)
    return next((dataset for dataset in found if dataset.report["valid"]), None)


async def _help(_context: Context, text: Text, _team: str, _place: Place, _rest: str) -> Reply:
    return _plain(text("command.help"))


async def _start(context: Context, text: Text, team: str, place: Place, _rest: str) -> Reply:
    dataset = await newest_dataset(context, team, place.channel)
    if dataset is None:
        return _plain(text("job.start_none"))
    words = text("job.start_press")
    start = button(text("dataset.report_start"), START, dataset.id, style="primary")
    return words, [section(f"*{escape(dataset.name)}* – {words}"), actions(start)]


async def _jobs(context: Context, text: Text, team: str, place: Place, _rest: str) -> Reply:
    async with context.services.database.read() as connection:
        found = await jobs.recent(connection, {"team": team, "channel": place.channel})
        named = [(job, await _file(connection, job)) for job in found]
    if not named:
        return _plain(text("job.list_none"))
    return text("job.list_title"), jobs_blocks(text, named)


async def _status(context: Context, text: Text, team: str, place: Place, rest: str) -> Reply:
    found = await _recent(context, team, place, rest)
    if not found:
        return _plain(text("job.not_found", id=escape(rest)) if rest else text("job.list_none"))
    return await progress_message(context, text, found[0])


async def _cancel(context: Context, text: Text, team: str, place: Place, rest: str) -> Reply:
    found = await _recent(context, team, place, rest)
    if rest and not found:
        return _plain(text("job.not_found", id=escape(rest)))
    running = [job for job in found if not job.finished_at]
    if not rest and not running:
        return _plain(text("job.none_running"))
    if len(running) > 1:
        return _plain(text("job.which", ids=", ".join(f"`{job.id}`" for job in running)))
    job = (running or found)[0]
    try:
        await request_cancel(context.services, job.id, place.user)
    except JobError as error:
        return _plain(await context.reason(place.user, str(error)))
    return _plain(text("job.cancel_accepted", id=job.id))


async def _recent(context: Context, team: str, place: Place, job_id: str) -> list[Job]:
    here = {"team": team, "channel": place.channel}
    async with context.services.database.read() as connection:
        if job_id:
            return await jobs.recent(connection, {**here, "id": job_id.lower()})
        if place.thread:
            found = await jobs.recent(connection, {**here, "thread": place.thread})
            if found:
                return found
        return await jobs.recent(connection, here)


async def _file(connection: AsyncConnection, job: Job) -> str:
    dataset = await datasets.get(connection, job.dataset_id)
    return dataset.name if dataset else ""


def _plain(words: str) -> Reply:
    return words, [section(words)]


_ANSWERS: dict[str, Callable[[Context, Text, str, Place, str], Awaitable[Reply]]] = {
    "help": _help,
    "start": _start,
    "jobs": _jobs,
    "status": _status,
    "cancel": _cancel,
}
