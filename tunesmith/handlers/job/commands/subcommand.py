"""What a subcommand of `/tune` is, what it is asked with, and how it names a job."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from tunesmith.bot.errors import JobError
from tunesmith.bot.messages import Text, say
from tunesmith.handlers.job.rows import job_rows
from tunesmith.handlers.slack.blocks import Block, actions, button, section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.replies import Reply
from tunesmith.handlers.slack.thread import ThreadRef, Where
from tunesmith.storage import jobs
from tunesmith.storage.jobs import Job

RUN = "tune_run"
"""The beginning of the `action_id` of buttons whose value is what one would type behind `/tune`."""

_MOST_OFFERED = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """A subcommand that somebody typed: by whom and where, and what stands behind its word.

    In a thread, everybody there reads the reply.
    """

    context: Context
    text: Text
    team: str
    ref: ThreadRef
    rest: str

    @property
    def where(self) -> Where:
        """The channel; none in the Home tab."""
        return Where(self.team, self.ref.channel)

    def paged(self) -> tuple["Asked", int]:
        """The same without the number of a page at its end, and that number (from 1)."""
        name, _, last = self.rest.rpartition(" ")
        if last.startswith("p") and last[1:].isdecimal() and len(last) < 6:
            return replace(self, rest=name), max(1, int(last[1:]))
        return self, 1


@dataclass(frozen=True, slots=True)
class Subcommand:
    """One subcommand: its words in help are `command.help_{word}`.

    `takes` is what may stand behind the word. `in_thread` says whether a mention in a thread can
    be it too: a word that begins many questions can't. One that is `slow` asks a provider, and is
    answered after Slack was told that the command has arrived. What stands against it is raised
    as a UserError.
    """

    word: str
    answer: Callable[[Asked], Awaitable[Reply]]
    takes: str = ""
    in_thread: bool = True
    slow: bool = False


def run_button(label: str, said: str, *, style: str | None = None, name: str = "") -> Block:
    """A button that does what `/tune {said}` does; `name` tells several in one row apart."""
    return button(label, f"{RUN}{name}", said, style=style)


def page_buttons(text: Text, said: str, number: int, *, more: bool) -> list[Block]:
    """The row that turns the pages of a list, where it has several."""
    turns = [
        run_button(text(f"command.page_{name}"), f"{said} p{number + step}", name=f"_{name}")
        for name, step, there in (("newer", -1, number > 1), ("older", 1, more))
        if there
    ]
    return [actions(*turns)] if turns else []


async def jobs_meant(asked: Asked) -> list[Job]:
    """The jobs that are meant, newest first: those named, else the thread's, else the channel's.

    A name is an id, its beginning, or a tuned model's name. Where only one person reads the reply,
    it may be a job of any channel that this person is in. Raises JobError where there is none.
    """
    here = {"team": asked.team, "channel": asked.ref.channel}
    async with asked.context.services.database.read() as connection:
        if asked.rest:
            found = await jobs.named(connection, asked.team, asked.rest.strip("`"))
        elif asked.ref.ts and (own := await jobs.recent(connection, here | _thread(asked.ref))):
            return own
        else:
            found = await jobs.recent(connection, here)
    meant = [job for job in found if job.channel == asked.ref.channel]
    if not (meant or asked.ref.ts):
        meant = [job for job in found if await asked.context.sees(asked.where, asked.ref.user, job)]
    if not meant:
        key = "job.not_found" if asked.rest else "job.list_none"
        raise JobError(say(key, id=asked.rest))
    return meant


async def choose(
    asked: Asked, word: str, fits: Callable[[Job], bool], none: str, *, behind: str = ""
) -> Job | Reply:
    """The one job that a subcommand is for, or a reply that lets people choose among several.

    Where no job is named, only those count that it `fits`. What stands `behind` the job's name is
    said again with the chosen one. Raises JobError where no job is meant, or `none` fits.
    """
    found = await jobs_meant(asked)
    fitting = [job for job in found if fits(job)]
    if not fitting and not asked.rest:
        raise JobError(say(none))
    offered = fitting or found
    if len(offered) == 1:
        return offered[0]
    text = asked.text

    def press(job: Job) -> Block:
        return run_button(text("command.choose"), f"{word} {job.id} {behind}".rstrip())

    words = text("command.which")
    rows = await job_rows(asked.context, text, offered[:_MOST_OFFERED], press)
    return words, [section(words), *rows]


def _thread(ref: ThreadRef) -> dict[str, str]:
    return {"thread": ref.ts} if ref.ts else {}
