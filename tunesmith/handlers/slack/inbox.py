"""Events, written down before Slack is told that they arrived.

Bolt acknowledges an event before its listener runs, so the listener is too late to save it: this
middleware writes what matters as a task, keyed by the event's id, and only then lets Bolt go on.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.async_app import AsyncApp
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.payloads import EventBody, MessageEvent
from tunesmith.handlers.slack.thread import ThreadRef


@dataclass(frozen=True, slots=True)
class Received:
    """A message that reached the bot; `source` is the same at every delivery of it."""

    source: str
    team: str
    ref: ThreadRef
    event: MessageEvent


Write = Callable[[AsyncConnection, Received], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Inbox:
    """Who takes which messages; each that is taken is written down by its taker."""

    _takers: list[tuple[Callable[[MessageEvent], bool], Write]] = field(
        default_factory=list[tuple[Callable[[MessageEvent], bool], Write]]
    )

    def take(self, matches: Callable[[MessageEvent], bool], write: Write) -> None:
        """Let `write` write the tasks for messages that match; it may be called twice for one."""
        self._takers.append((matches, write))

    def register(self, context: Context, app: AsyncApp) -> None:
        """Write messages down; listen to those that are taken, so that Bolt acknowledges them."""

        async def write_down(body: dict[str, Any], next: Callable[[], Awaitable[Any]]) -> None:  # noqa: A002 - Bolt passes arguments by these names
            if body.get("type") == "event_callback" and (writers := self._writers(body["event"])):
                await _write(context, EventBody.model_validate(body), writers)
            await next()

        async def written(event: dict[str, Any]) -> bool:
            return bool(self._writers(event))

        async def nothing_left_to_do() -> None:
            pass

        app.use(write_down)
        app.event("message", matchers=[written])(nothing_left_to_do)
        app.event("app_mention")(nothing_left_to_do)

    def _writers(self, event: dict[str, Any]) -> list[Write]:
        if event.get("type") not in {"message", "app_mention"} or event.get("bot_id"):
            return []
        # Most messages of a workspace are plain ones between people: not worth reading whole.
        if event.get("type") == "message" and not (event.get("files") or _direct(event)):
            return []
        seen = MessageEvent.model_validate(event)
        return [write for matches, write in self._takers if matches(seen)]


def _direct(event: dict[str, Any]) -> bool:
    return event.get("channel_type") == "im"


async def _write(context: Context, body: EventBody, writers: list[Write]) -> None:
    event = MessageEvent.model_validate(body.event)
    ref = ThreadRef(event.channel, event.thread_ts or event.ts, event.user or "")
    received = Received(body.event_id, body.team_id, ref, event)
    async with context.services.database.write() as connection:
        for write in writers:
            await write(connection, received)
