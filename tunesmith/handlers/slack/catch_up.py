"""What people wrote while nobody heard it, read from the history of the bot's channels.

Slack delivers an event for a few minutes. After a longer time the messages are still in the
history: files and mentions are taken from there, by those who take them live and under the same
keys, so that nothing is taken up twice. It is read at each start, after a moment in which no
connection to Slack was open, and when the database takes tasks again after it refused some. What
no history tells, deleted files, is looked for by those who keep something of them.

Task kinds: `catch_up` (lists the channels), `catch_up.page` (reads one page of a channel or of a
thread, and writes the task for the next one).
"""

import contextlib
import logging
import time
import uuid

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.errors import SlackError
from tunesmith.bot.queue import FOREVER, Payload, Place, Work
from tunesmith.bot.services import Services
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import kinds
from tunesmith.handlers.slack.payloads import MessageEvent, SlackMessage
from tunesmith.storage import tasks, workspaces

LOOK_BACK_SECONDS = 7 * 86_400.0
_ROOTS_SECONDS = 30 * 86_400.0  # a thread may be older than what is asked in it
_PAGE = 200  # the most that Slack recommends
_MOST_PAGES = 10  # of a channel or a thread
_TYPES = ("public_channel", "private_channel", "im")
_WRITTEN_BY_PEOPLE = frozenset({None, "file_share", "thread_broadcast"})
_ALL = "all"

_log = logging.getLogger(__name__)


class Everything(Payload):
    """All channels."""


class Page(Payload):
    """A page of a channel, or of the thread `thread`; messages after `since` are taken up.

    `oldest` is where the reading ends: a thread may be older than its newest reply. `run` names the
    reading.
    """

    workspace: str
    bot: str
    channel: str
    thread: str | None = None
    run: str
    since: float
    oldest: float
    number: int = 1
    cursor: str | None = None


class _Me(BaseModel):
    team_id: str
    user_id: str


class _Channel(BaseModel):
    id: str


class _Answer(BaseModel):
    """A page of `users.conversations`, `conversations.history` or `conversations.replies`."""

    class Cursor(BaseModel):
        next_cursor: str = ""

    channels: list[_Channel] = []
    messages: list[SlackMessage] = []
    response_metadata: Cursor | None = None

    @property
    def cursor(self) -> str | None:
        """Where the next page begins; None on the last one."""
        return (self.response_metadata.next_cursor if self.response_metadata else "") or None


async def arm_catch_up(services: Services) -> None:
    """Have the history read: at each start, and where events may have been missed since."""
    async with services.database.write() as connection:
        await catch_up.add_again(connection, Everything(), of=_ALL)


@kinds.task("catch_up", Everything, place=Place.FOLLOW, patience=FOREVER)
async def catch_up(context: Context, work: Work[Everything]) -> None:
    """Have each channel's history read; where the bot has never run, only note that it does now."""
    me = _Me.model_validate(await context.outbox.call("auth.test"))
    async with context.services.database.read() as connection:
        heard = await workspaces.heard_at(connection, me.team_id)
    if heard is None:
        async with work.finish() as connection:
            await workspaces.begin(connection, me.team_id)
        return
    channels = await _channels(context)
    now = time.time()
    run = uuid.uuid4().hex[:12]
    async with work.finish() as connection:
        await context.inbox.missed(connection, me.team_id)
        for channel in channels:
            page = Page(
                workspace=me.team_id,
                bot=me.user_id,
                channel=channel,
                run=run,
                since=max(heard, now - LOOK_BACK_SECONDS),
                oldest=now - _ROOTS_SECONDS,
            )
            await _read_next(connection, page)


@kinds.task("catch_up.page", Page, place=Place.FOLLOW, patience=FOREVER)
async def read_page(context: Context, work: Work[Page]) -> None:
    """Take up what a page of history has for the bot."""
    asked = work.payload
    try:
        answer = await context.outbox.call(
            "conversations.replies" if asked.thread else "conversations.history",
            http="GET",
            background=True,
            channel=asked.channel,
            ts=asked.thread,
            oldest=f"{asked.oldest:.6f}",
            limit=_PAGE,
            cursor=asked.cursor,
        )
    except SlackError as error:
        _log.warning("The history of %s can't be read: %s", asked.channel, error.code)
        return
    page = _Answer.model_validate(answer)
    joined = max((float(m.ts) for m in page.messages if _is_joining(m, asked.bot)), default=0.0)
    async with work.finish() as connection:
        for message in sorted(page.messages, key=lambda message: float(message.ts)):
            if float(message.ts) < joined:
                continue  # written before the bot was there
            event = _event(asked, message)
            if event is not None:
                await context.inbox.take_up(connection, asked.workspace, event, asked.bot)
            if asked.thread is None and float(message.latest_reply or 0) > asked.since:
                await _read_next(connection, _thread(asked, message))
        if page.cursor and not joined:
            following = {"number": asked.number + 1, "cursor": page.cursor}
            await _read_next(connection, asked.model_copy(update=following))


def _thread(asked: Page, root: SlackMessage) -> Page:
    """The first page of a thread in a channel's page.

    Its reading is named by the newest reply: as long as there is no other, it is read once.
    """
    thread = {"thread": root.ts, "oldest": asked.since, "number": 1, "cursor": None}
    return asked.model_copy(update={**thread, "run": root.latest_reply})


async def _read_next(connection: AsyncConnection, page: Page) -> None:
    if page.number > _MOST_PAGES:
        _log.warning("The history of %s is too long to be read to its end", page.channel)
        return
    # Channels are few and quickly read; threads may be many, and nobody's file is to wait for them.
    lane = f"catch_up:{page.workspace}{':threads' if page.thread else ''}"
    what = f":{page.channel}:{page.thread or ''}:{page.number}"
    # One that an earlier reading has not come to yet begins no later, and sees what this one would:
    # a bot that is started again and again must not read the same over and over.
    if page.number == 1 and await tasks.is_to_be_run(connection, lane, what):
        return
    await read_page.add(connection, page, of=page.run + what, lane=lane)


async def _channels(context: Context) -> list[str]:
    """The channels that the bot is in, or those that are known where it may not list them."""
    with contextlib.suppress(SlackError):  # a scope may be missing for some of the types
        return sorted(await _listed(context, ",".join(_TYPES)))
    found: set[str] = set()
    for types in _TYPES:
        try:
            found |= await _listed(context, types)
        except SlackError as error:
            _log.warning(
                "Channels (%s) can't be listed (%s): only known ones are read", types, error.code
            )
            async with context.services.database.read() as connection:
                found |= set(await workspaces.known_channels(connection))
    return sorted(found)


async def _listed(context: Context, types: str) -> set[str]:
    found: set[str] = set()
    cursor: str | None = None
    while True:
        answer = await context.outbox.call(
            "users.conversations",
            http="GET",
            types=types,
            exclude_archived=True,
            limit=_PAGE,
            cursor=cursor,
        )
        page = _Answer.model_validate(answer)
        found |= {channel.id for channel in page.channels}
        cursor = page.cursor
        if cursor is None:
            return found


def _is_joining(message: SlackMessage, bot: str) -> bool:
    return message.subtype in {"channel_join", "group_join"} and message.user == bot


def _event(asked: Page, message: SlackMessage) -> MessageEvent | None:
    """The event that a message in the history was announced by; None where it is not for us."""
    if float(message.ts) <= asked.since or message.subtype not in _WRITTEN_BY_PEOPLE:
        return None
    if message.bot_id or message.user == asked.bot:
        return None
    direct = asked.channel.startswith("D")
    mentioned = f"<@{asked.bot}" in message.text and not direct
    files = [file for file in message.files if file.mode != "tombstone"]
    return MessageEvent(
        type="app_mention" if mentioned else "message",
        subtype="file_share" if files else None,
        channel=asked.channel,
        channel_type="im" if direct else None,
        ts=message.ts,
        thread_ts=message.thread_ts,
        user=message.user,
        text=message.text,
        files=files,
    )


KEY = catch_up.key(_ALL)
"""The task's key."""
