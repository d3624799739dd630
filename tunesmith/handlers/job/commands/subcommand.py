"""What a subcommand of `/tune` is, what it is asked with, and how it names a job."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tunesmith.bot.messages import Text
from tunesmith.handlers.slack.blocks import section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.interactions import Reply
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage import jobs
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


def plain(words: str) -> Reply:
    """A reply of words alone."""
    return words, [section(words)]


async def jobs_meant(asked: Asked) -> list[Job]:
    """The jobs that are meant, newest first: the one named, else the thread's, else the channel's.

    None where no job of the channel has the id that is named.
    """
    here = {"team": asked.team, "channel": asked.ref.channel}
    async with asked.context.services.database.read() as connection:
        if asked.rest:
            return await jobs.recent(connection, {**here, "id": asked.rest.lower()})
        if asked.ref.ts:
            found = await jobs.recent(connection, {**here, "thread": asked.ref.ts})
            if found:
                return found
        return await jobs.recent(connection, here)


def not_found(asked: Asked) -> Reply:
    """The reply where no job is meant."""
    if asked.rest:
        return plain(asked.text("job.not_found", id=asked.rest))
    return plain(asked.text("job.list_none"))
