"""What comes in, read before any listener sees it: it is what Slack documents, and names no
address but Slack's. All else is refused with HTTP 400, or not acknowledged over Socket Mode.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from tunesmith.handlers.slack.addresses import RESPONSE_HOSTS, is_slacks
from tunesmith.handlers.slack.payloads import (
    ActionBody,
    CommandBody,
    Envelope,
    EventBody,
    HomeEvent,
    ShortcutBody,
    SubmissionBody,
    UnreadableError,
)

_BODIES = {
    "block_actions": ActionBody,
    "event_callback": EventBody,
    "message_action": ShortcutBody,
    "view_submission": SubmissionBody,
}

_log = logging.getLogger(__name__)


def register(app: AsyncApp, api_url: str) -> None:
    """Refuse what is no request of Slack's; `api_url` is where its Web API is."""

    async def check(
        body: dict[str, Any],
        next: Callable[[], Awaitable[Any]],  # noqa: A002 - Bolt passes arguments by these names
    ) -> BoltResponse | None:
        try:
            _check(body, api_url)
        except UnreadableError as error:
            _log.warning("A request was refused: %s", error)
            return BoltResponse(status=400)
        await next()
        return None

    app.use(check)


def _check(body: dict[str, Any], api_url: str) -> None:
    envelope = Envelope.read(body)
    if not all(is_slacks(url, api_url, RESPONSE_HOSTS) for url in envelope.all_response_urls):
        raise UnreadableError("A response_url is not Slack's")
    if "command" in body:
        CommandBody.read(body)
    if envelope.type in _BODIES:
        _BODIES[envelope.type].read(body)
    if envelope.event.type == "app_home_opened":
        HomeEvent.read(body["event"])
