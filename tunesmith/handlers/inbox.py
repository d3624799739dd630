"""Events, written down before Slack is told that they arrived.

Bolt acknowledges an event before its listener runs, so the listener is too late to save it: this
middleware writes what matters as a task, keyed by the event's id, and only then lets Bolt go on.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncApp

from tunesmith.handlers import ask, files
from tunesmith.handlers.context import Context
from tunesmith.handlers.places import Place
from tunesmith.handlers.wire import EventBody, MessageEvent

_MENTION = re.compile(r"^\s*<@[A-Z0-9]+>\s*")


def register(context: Context, app: AsyncApp) -> None:
    """Write events down, and listen to those that are ours so that Bolt acknowledges them."""

    async def write_down(body: dict[str, Any], next: Callable[[], Awaitable[Any]]) -> None:  # noqa: A002 - Bolt passes arguments by these names
        if body.get("type") == "event_callback" and _ours(body["event"]):
            await _write(context, EventBody.model_validate(body))
        await next()

    async def written(event: dict[str, Any]) -> bool:
        return _ours(event)

    async def nothing_left_to_do() -> None:
        pass

    app.use(write_down)
    app.event("message", matchers=[written])(nothing_left_to_do)
    app.event("app_mention")(nothing_left_to_do)


def _ours(event: dict[str, Any]) -> bool:
    """Files that people attach, mentions of the bot, and what people write to it directly."""
    if event.get("bot_id"):
        return False
    if event.get("type") == "app_mention":
        return True
    if event.get("type") != "message":
        return False
    if event.get("subtype") == "file_share":
        seen = MessageEvent.model_validate(event)
        return any(files.is_ours(file) for file in seen.files)
    return event.get("channel_type") == "im" and event.get("subtype") is None


async def _write(context: Context, body: EventBody) -> None:
    event = MessageEvent.model_validate(body.event)
    place = Place(event.channel, event.thread_ts or event.ts, event.user or "")
    async with context.services.database.write() as connection:
        if event.subtype == "file_share":
            await files.enqueue(
                connection,
                source=body.event_id,
                team=body.team_id,
                place=place,
                files=event.files,
            )
        elif not event.files:
            await ask.enqueue(
                connection,
                source=body.event_id,
                team=body.team_id,
                place=place,
                question=_MENTION.sub("", event.text).strip(),
            )
