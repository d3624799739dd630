"""Events, written down before Slack is told that they arrived.

Bolt acknowledges an event before its listener runs, so the listener is too late to save it: this
middleware writes what matters as a task and only then lets Bolt go on. What can't be written is
not acknowledged, so that Slack delivers it again.

A message is one thing, however often and in whatever form it comes: its tasks are keyed by
workspace, channel and `ts`.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.queue import Kind
from tunesmith.handlers.slack.payloads import (
    EventBody,
    MessageEvent,
    RemovalEvent,
    UnreadableError,
)
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage import tasks, workspaces
from tunesmith.storage.database import Database

TYPES = frozenset({"message", "app_mention", "file_deleted"})
"""The types of events that are written down."""

_NOTE_EVERY = 300.0
_REDELIVERY_SECONDS = 3_600.0  # an event may come again for so long
_RECOVER_SECONDS = 10.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Received:
    """A message that reached the bot; `source` is the same at every delivery of it.

    `team` is the workspace that the bot is installed in, `bot` the bot's own id as a user, None
    where Slack does not tell it.
    """

    source: str
    team: str
    ref: ThreadRef
    event: MessageEvent
    bot: str | None = None

    @property
    def said(self) -> str | None:
        """What is written to the bot: directly, or behind a mention of it that begins the message;
        None where it is not written to the bot.
        """
        if self.event.channel_type == "im":
            return self.event.text.strip()
        mention, text = f"<@{self.bot}>", self.event.text.strip()
        return text.removeprefix(mention).strip() if text.startswith(mention) else None


@dataclass(frozen=True, slots=True)
class Removed:
    """A file that was deleted in Slack: everywhere, or with the message that had it.

    `channel` and `thread` are that message's, `source` is what `Received` called it.
    """

    source: str
    team: str
    file_id: str
    channel: str | None = None
    thread: str | None = None


Write = Callable[[AsyncConnection, Received], Awaitable[None]]
Concerns = Callable[[AsyncConnection, MessageEvent], Awaitable[bool]]
WriteRemoved = Callable[[AsyncConnection, Removed], Awaitable[None]]
WriteMissed = Callable[[AsyncConnection, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Taker:
    """Who takes a message: `write` writes tasks of the kind `kind` for it.

    `concerns` looks into the database before anything is written: replies without a mention are
    many, and few of them are for the bot.
    """

    matches: Callable[[MessageEvent], bool]
    write: Write
    kind: Kind[Any, Any]
    concerns: Concerns | None = None


class Inbox:
    """Who takes which messages; each that is taken is written down by its taker."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._takers: list[_Taker] = []
        self._removal_takers: list[WriteRemoved] = []
        self._gap_takers: list[WriteMissed] = []
        self._noted = 0.0
        self._recovering: asyncio.Task[None] | None = None

    def take(
        self,
        matches: Callable[[MessageEvent], bool],
        write: Write,
        kind: Kind[Any, Any],
        *,
        concerns: Concerns | None = None,
    ) -> None:
        """Let `write` write tasks of a kind for messages that match.

        It may be called again for the same message, and is to write the same tasks then: they are
        keyed `of` the message's `source`, or of `source:file`. Of those that match it gets those
        of which `concerns` says yes.
        """
        self._takers.append(_Taker(matches, write, kind, concerns))

    def take_removed(self, write: WriteRemoved) -> None:
        """Let `write` write tasks for each file that is deleted; it may be called again for it."""
        self._removal_takers.append(write)

    def take_missed(self, write: WriteMissed) -> None:
        """Let `write` write tasks where events of a workspace may have been missed that no history
        tells.
        """
        self._gap_takers.append(write)

    async def missed(self, connection: AsyncConnection, workspace: str) -> None:
        """Write down that events may have been missed."""
        for write in self._gap_takers:
            await write(connection, workspace)

    async def take_up(
        self, connection: AsyncConnection, workspace: str, event: MessageEvent, bot: str
    ) -> None:
        """Write down a message that was found in the history; `bot` is as in `Received`."""
        received = _received(workspace, event, bot)
        for taker in self._takers:
            if taker.matches(event) and await _concerns(taker, connection, event):
                await taker.write(connection, received)

    def register(
        self, app: AsyncApp, *, catch_up: Callable[[], Awaitable[None]], catch_up_key: str
    ) -> None:
        """Write messages down, and acknowledge all of them: no listener of Bolt's is looked for.

        `catch_up` writes the task `catch_up_key`, which reads the history since what was heard.
        """

        async def write_down(
            request: AsyncBoltRequest,
            body: dict[str, Any],
            next: Callable[[], Awaitable[Any]],  # noqa: A002 - Bolt passes arguments by these names
        ) -> BoltResponse | None:
            if body.get("type") == "event_callback":
                try:
                    await self._write(EventBody.read(body), catch_up_key, _is_again(request))
                except UnreadableError as error:
                    _log.warning("An event was refused: %s", error)
                    return BoltResponse(status=400)
                except Exception:  # noqa: BLE001 - whatever it was, Slack keeps the event
                    _log.exception("An event could not be written down: Slack is to repeat it")
                    if self._recovering is None or self._recovering.done():
                        self._recovering = asyncio.create_task(_recover(catch_up))
                    return BoltResponse(status=503)
                if _is_message(body.get("event")):
                    return BoltResponse(status=200)
            await next()
            return None

        app.use(write_down)

    async def _write(self, body: EventBody, catch_up_key: str, is_again: bool) -> None:
        (takers, seen), removed = await self._takers_of(body.event), _removed(body)
        is_noted = body.event_time < self._noted + _NOTE_EVERY or self._has_missed()
        if not (takers or removed) and is_noted:
            return
        async with self._database.write(wake=bool(takers or removed)) as connection:
            if seen is not None:
                await _take(connection, takers, seen, body, is_again)
            for file in removed:
                for write in self._removal_takers:
                    await write(connection, file)
            if not is_noted:
                until = body.event_time - _REDELIVERY_SECONDS
                await workspaces.hear(connection, body.workspace, until, unless=catch_up_key)
        if not is_noted:
            self._noted = body.event_time

    def _has_missed(self) -> bool:
        """Whether events were refused that nobody has caught up with yet."""
        return self._recovering is not None and not self._recovering.done()

    async def _takers_of(self, event: dict[str, Any]) -> tuple[list[_Taker], MessageEvent | None]:
        """Who takes a message, and that message, where somebody does."""
        if not _is_message(event) or event["type"] == "file_deleted" or event.get("bot_id"):
            return [], None
        # Most messages of a workspace are plain ones between people: not worth reading whole.
        is_plain = event.get("type") == "message" and not (event.get("files") or _direct(event))
        if is_plain and not is_reply(event.get("ts"), event.get("thread_ts")):
            return [], None
        seen = MessageEvent.read(event)
        takers = [taker for taker in self._takers if taker.matches(seen)]
        if any(taker.concerns for taker in takers):
            async with self._database.read() as connection:
                takers = [taker for taker in takers if await _concerns(taker, connection, seen)]
        return takers, seen if takers else None


def is_reply(ts: str | None, thread: str | None) -> bool:
    """Whether a message stands in a thread, under its root."""
    return thread is not None and thread != ts


async def _concerns(taker: _Taker, connection: AsyncConnection, event: MessageEvent) -> bool:
    return taker.concerns is None or await taker.concerns(connection, event)


async def _take(
    connection: AsyncConnection,
    takers: list[_Taker],
    seen: MessageEvent,
    body: EventBody,
    is_again: bool,
) -> None:
    received = _received(body.workspace, seen, body.bot)
    for taker in takers:
        if is_again and await _written_before(connection, taker.kind, body.event_id, seen):
            continue
        await taker.write(connection, received)


async def _recover(catch_up: Callable[[], Awaitable[None]]) -> None:
    """Catch up as soon as the database takes tasks again: Slack may have stopped to repeat."""
    while True:
        await asyncio.sleep(_RECOVER_SECONDS)
        try:
            await catch_up()
        except Exception:  # noqa: BLE001 - drivers have their own errors where they can't connect
            _log.exception("The database does not take tasks; trying again")
        else:
            return


def _removed(body: EventBody) -> list[Removed]:
    """The files that an event tells the end of."""
    if not _removes(body.event):
        return []
    seen, team = RemovalEvent.read(body.event), body.workspace
    before = seen.previous_message
    if before is None or seen.channel is None:
        return [Removed(f"{team}:{seen.file_id}", team, seen.file_id)] if seen.file_id else []
    source, thread = f"{team}:{seen.channel}:{before.ts}", before.thread_ts or before.ts
    return [
        Removed(f"{source}:{file.id}", team, file.id, seen.channel, thread) for file in before.files
    ]


def _removes(event: dict[str, Any]) -> bool:
    """Whether a file was deleted, or a message with files; one with replies becomes a tombstone."""
    if event.get("type") == "file_deleted":
        return True
    before: Any = event.get("previous_message")
    after: Any = event.get("message")
    if not (isinstance(before, dict) and "files" in before):
        return False
    is_tombstone = isinstance(after, dict) and ("subtype", "tombstone") in after.items()
    return is_tombstone or event.get("subtype") == "message_deleted"


def _is_again(request: AsyncBoltRequest) -> bool:
    """Whether Slack has delivered it before; Bolt tells it of Socket Mode by this header too."""
    return request.headers.get("x-slack-retry-num", ["0"])[0] != "0"


def _is_message(event: Any) -> bool:
    return isinstance(event, dict) and event.get("type") in TYPES


def _direct(event: dict[str, Any]) -> bool:
    return event.get("channel_type") == "im"


def _received(workspace: str, event: MessageEvent, bot: str | None) -> Received:
    ref = ThreadRef(event.channel, event.thread_ts or event.ts, event.user or "")
    return Received(f"{workspace}:{event.channel}:{event.ts}", workspace, ref, event, bot)


async def _written_before(
    connection: AsyncConnection, kind: Kind[Any, Any], event_id: str, event: MessageEvent
) -> bool:
    """Whether the version before, which keyed tasks by the event's id, has written this event.

    Slack may deliver it once more to this version, for up to an hour.
    """
    ids = [event_id, *(f"{event_id}:{file.id}" for file in event.files)]
    return await tasks.any_written(connection, [kind.key(each) for each in ids])
