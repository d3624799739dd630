"""Events, written down before Slack is told that they arrived.

Bolt acknowledges an event before its listener runs, so the listener is too late to save it: this
middleware writes what matters as a task and only then lets Bolt go on. What can't be written is
not acknowledged, so that Slack delivers it again.

A message is one thing, however often and in whatever form it comes: its tasks are keyed by
workspace, channel and `ts`.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.queue import Kind
from tunesmith.handlers.slack.payloads import EventBody, MessageEvent, UnreadableError
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage import tasks
from tunesmith.storage.database import Database

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Received:
    """A message that reached the bot; `source` is the same at every delivery of it.

    `team` is the workspace that the bot is installed in.
    """

    source: str
    team: str
    ref: ThreadRef
    event: MessageEvent


Write = Callable[[AsyncConnection, Received], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Taker:
    """Who takes a message: `write` writes tasks of the kind `kind` for it."""

    matches: Callable[[MessageEvent], bool]
    write: Write
    kind: Kind[Any, Any]


class Inbox:
    """Who takes which messages; each that is taken is written down by its taker."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._takers: list[_Taker] = []

    def take(
        self, matches: Callable[[MessageEvent], bool], write: Write, kind: Kind[Any, Any]
    ) -> None:
        """Let `write` write tasks of a kind for messages that match.

        It may be called again for the same message, and is to write the same tasks then: they are
        keyed `of` the message's `source`, or of `source:file`.
        """
        self._takers.append(_Taker(matches, write, kind))

    def register(self, app: AsyncApp) -> None:
        """Write messages down; listen to those that are taken, so that Bolt acknowledges them."""

        async def write_down(
            body: dict[str, Any],
            next: Callable[[], Awaitable[Any]],  # noqa: A002 - Bolt passes arguments by these names
        ) -> BoltResponse | None:
            if body.get("type") == "event_callback":
                try:
                    await self._write(EventBody.read(body))
                except UnreadableError as error:
                    _log.warning("An event was refused: %s", error)
                    return BoltResponse(status=400)
                except Exception:  # noqa: BLE001 - whatever it was, Slack keeps the event
                    _log.exception("An event could not be written down: Slack is to repeat it")
                    return BoltResponse(status=503)
            await next()
            return None

        async def written(event: dict[str, Any]) -> bool:
            return bool(self._takers_of(event))

        async def nothing_left_to_do() -> None:
            pass

        app.use(write_down)
        app.event("message", matchers=[written])(nothing_left_to_do)
        app.event("app_mention")(nothing_left_to_do)

    async def _write(self, body: EventBody) -> None:
        takers = self._takers_of(body.event)
        if not takers:
            return
        received = _received(body.workspace, MessageEvent.read(body.event))
        async with self._database.write() as connection:
            for taker in takers:
                if not await _written_before(connection, taker.kind, body.event_id, received.event):
                    await taker.write(connection, received)

    def _takers_of(self, event: dict[str, Any]) -> list[_Taker]:
        if event.get("type") not in {"message", "app_mention"} or event.get("bot_id"):
            return []
        # Most messages of a workspace are plain ones between people: not worth reading whole.
        if event.get("type") == "message" and not (event.get("files") or _direct(event)):
            return []
        seen = MessageEvent.read(event)
        return [taker for taker in self._takers if taker.matches(seen)]


def _direct(event: dict[str, Any]) -> bool:
    return event.get("channel_type") == "im"


def _received(workspace: str, event: MessageEvent) -> Received:
    ref = ThreadRef(event.channel, event.thread_ts or event.ts, event.user or "")
    return Received(f"{workspace}:{event.channel}:{event.ts}", workspace, ref, event)


async def _written_before(
    connection: AsyncConnection, kind: Kind[Any, Any], event_id: str, event: MessageEvent
) -> bool:
    """Whether the version before, which keyed tasks by the event's id, has written this event.

    Slack may deliver it once more to this version, for up to an hour.
    """
    ids = [event_id, *(f"{event_id}:{file.id}" for file in event.files)]
    return await tasks.any_written(connection, [kind.key(each) for each in ids])
