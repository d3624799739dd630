"""Addresses that come in, and whether they are Slack's: nothing is sent or fetched elsewhere."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from tunesmith.handlers.slack.payloads import Envelope, UnreadableError

FILE_HOSTS = frozenset({"files.slack.com", "slack-files.com"})
_RESPONSE_HOSTS = frozenset({"hooks.slack.com"})

_log = logging.getLogger(__name__)


def is_slacks(url: str, api_url: str, hosts: frozenset[str]) -> bool:
    """Whether an address is one of these hosts of Slack's, or the server of the Web API itself.

    `api_url` is where the Web API is: a workspace on one's own machine is one server for all.
    """
    try:
        found, api = urlsplit(url), urlsplit(api_url)
    except ValueError:
        return False
    if not url.isprintable():
        return False
    if (found.scheme, found.netloc) == (api.scheme, api.netloc):
        return True
    return found.scheme == "https" and found.netloc in hosts


def register(app: AsyncApp, api_url: str) -> None:
    """Refuse what names a `response_url` that is not Slack's, before any listener sees it."""

    async def check(
        body: dict[str, Any],
        next: Callable[[], Awaitable[Any]],  # noqa: A002 - Bolt passes arguments by these names
    ) -> BoltResponse | None:
        try:
            urls = Envelope.read(body).all_response_urls
        except UnreadableError as error:
            _log.warning("Refused: %s", error)
            return BoltResponse(status=400)
        if not all(is_slacks(url, api_url, _RESPONSE_HOSTS) for url in urls):
            _log.warning("Refused: a response_url that is not Slack's")
            return BoltResponse(status=400)
        await next()
        return None

    app.use(check)
