"""What stands behind `/tune`, or behind a mention in a thread: one table of subcommands.

Help, suggestions and the manifest's usage hint come from the table.
"""

import difflib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tunesmith.bot.errors import JobError
from tunesmith.bot.jobs import request_cancel
from tunesmith.bot.messages import Message, Text, say
from tunesmith.handlers.dataset.blocks import START
from tunesmith.handlers.job.base_models import notices
from tunesmith.handlers.job.blocks import jobs_blocks
from tunesmith.handlers.job.tasks import progress_message
from tunesmith.handlers.slack.blocks import actions, button, section
from tunesmith.handlers.slack.blocks import context as small
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.interactions import Reply
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage import datasets, jobs
from tunesmith.storage.datasets import Dataset, DatasetStatus
from tunesmith.storage.jobs import Job


@dataclass(frozen=True, slots=True)
class Asked:
    """A subcommand that somebody typed: by whom and where, and what stands behind its word."""

    context: Context
    text: Text
    team: str
    ref: ThreadRef
    rest: str


@dataclass(frozen=True, slots=True)
class Subcommand:
    """One subcommand: its words in help are `command.help_{word}`.

    `takes` is what may stand behind the word. `in_thread` says whether a mention in a thread can
    be it too: a word that begins many questions can't.
    """

    word: str
    answer: Callable[[Asked], Awaitable[Reply]]
    takes: str = ""
    in_thread: bool = True


async def reply(context: Context, text: Text, team: str, ref: ThreadRef, said: str) -> Reply:
    """The reply to what stands behind `/tune`; help where nothing does."""
    word, _, rest = said.strip().partition(" ")
    subcommand = _BY_WORD.get(word.lower() or "help")
    if subcommand is not None:
        return await subcommand.answer(Asked(context, text, team, ref, rest.strip()))
    words = text("command.unknown", word=word)
    close = difflib.get_close_matches(word.lower(), _BY_WORD, n=1)
    if close:
        words += " " + text("command.meant", guess=close[0])
    words += "\n" + _help_text(text)
    return words, [section(words)]


def is_subcommand(said: str) -> bool:
    """Whether what is written to the bot in a thread is a subcommand.

    Only a word alone, or with the id of a job behind it, is one: "status of my order?" is a
    question.
    """
    word, _, rest = said.strip().partition(" ")
    subcommand = _BY_WORD.get(word.lower())
    return subcommand is not None and subcommand.in_thread and (not rest or rest.isalnum())


def usage_hint() -> str:
    """What Slack shows behind `/tune` while it is typed."""
    return " | ".join(f"{row.word} {row.takes}".strip() for row in SUBCOMMANDS)


async def newest_dataset(context: Context, team: str, channel: str) -> Dataset | None:
    """The channel's newest valid training file, or None."""
    async with context.services.database.read() as connection:
        found = await datasets.in_channel(connection, team, channel)
    return next((dataset for dataset in found if dataset.status is DatasetStatus.VALID), None)


def help_reply(text: Text) -> Reply:
    """What the bot can do."""
    words = _help_text(text)
    return words, [section(words)]


def _help_text(text: Text) -> str:
    lines = [text("command.help_files")]
    lines += [
        text("command.help_line", usage=f"/tune {row.word} {row.takes}".strip(), does=_does(row))
        for row in SUBCOMMANDS
    ]
    words = [f"`{row.word}`" for row in SUBCOMMANDS if row.in_thread]
    return "\n".join([*lines, text("command.help_ask"), text("command.help_mention", words=words)])


def _does(row: Subcommand) -> Message:
    return say(f"command.help_{row.word}")


async def _help(asked: Asked) -> Reply:
    return help_reply(asked.text)


async def _start(asked: Asked) -> Reply:
    text = asked.text
    dataset = await newest_dataset(asked.context, asked.team, asked.ref.channel)
    if dataset is None:
        return _plain(text("job.start_none"))
    words = text("job.start_press", name=dataset.name)
    start = button(text("dataset.report_start"), START, dataset.id, style="primary")
    said = [small(text(notice)) for notice in notices(asked.context.services)]
    return words, [section(words), *said, actions(start)]


async def _jobs(asked: Asked) -> Reply:
    async with asked.context.services.database.read() as connection:
        here = {"team": asked.team, "channel": asked.ref.channel}
        found = await jobs.recent(connection, here)
        named = [(job, await datasets.name_of(connection, job.dataset_id)) for job in found]
    if not named:
        return _plain(asked.text("job.list_none"))
    return asked.text("job.list_title"), jobs_blocks(asked.text, named)


async def _status(asked: Asked) -> Reply:
    found = await _recent(asked)
    if not found:
        return _plain(_not_found(asked))
    return await progress_message(asked.context, asked.text, found[0])


async def _cancel(asked: Asked) -> Reply:
    text, found = asked.text, await _recent(asked)
    if asked.rest and not found:
        return _plain(_not_found(asked))
    running = [job for job in found if not job.finished_at]
    if not asked.rest and not running:
        return _plain(text("job.none_running"))
    if len(running) > 1:
        return _plain(text("job.which", ids=[f"`{job.id}`" for job in running]))
    job = (running or found)[0]
    try:
        await request_cancel(asked.context.services, job.id, asked.ref.user)
    except JobError as error:
        return _plain(text(error.message))
    return _plain(text("job.cancel_accepted", id=job.id))


def _not_found(asked: Asked) -> str:
    if asked.rest:
        return asked.text("job.not_found", id=asked.rest)
    return asked.text("job.list_none")


async def _recent(asked: Asked) -> list[Job]:
    here = {"team": asked.team, "channel": asked.ref.channel}
    async with asked.context.services.database.read() as connection:
        if asked.rest:
            return await jobs.recent(connection, {**here, "id": asked.rest.lower()})
        if asked.ref.ts:
            found = await jobs.recent(connection, {**here, "thread": asked.ref.ts})
            if found:
                return found
        return await jobs.recent(connection, here)


def _plain(words: str) -> Reply:
    return words, [section(words)]


SUBCOMMANDS = (
    Subcommand("start", _start),
    Subcommand("jobs", _jobs),
    Subcommand("status", _status, takes="[job]"),
    Subcommand("cancel", _cancel, takes="[job]"),
    Subcommand("help", _help),
)
_BY_WORD = {row.word: row for row in SUBCOMMANDS}
