"""One call of Slack's Web API, and what its answer means.

slack_sdk's own call takes a page of HTML for a refusal, and breaks on JSON that is no object.
"""

import json
from contextlib import AbstractAsyncContextManager
from typing import Any

import aiohttp
from pydantic import BaseModel, ConfigDict, StrictBool, ValidationError
from slack_sdk.web.async_client import AsyncWebClient

from tunesmith.bot import telemetry
from tunesmith.bot.errors import SlackError
from tunesmith.bot.messages import say
from tunesmith.bot.queue import Retry, Wait

_TIMEOUT = aiohttp.ClientTimeout(total=60, sock_connect=10)
_RETRY_AFTER = 30.0  # where Slack names no time
_ASKS_TO_WAIT = frozenset({"ratelimited", "rate_limited"})
# Refusals that end without us (docs.slack.dev/reference/methods/chat.postMessage, "Errors", read
# 2026-11-21): Slack's own trouble, an installation that somebody sets right again, a limit that a
# plan or a month lifts.
_MAY_PASS = frozenset(
    {
        "access_denied",
        "accesslimited",
        "account_inactive",
        "ekm_access_denied",
        "fatal_error",
        "internal_error",
        "invalid_auth",
        "message_limit_exceeded",
        "not_authed",
        "org_login_required",
        "request_timeout",
        "service_unavailable",
        "team_access_not_granted",
        "team_added_to_org",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
    }
)


class _Answer(BaseModel):
    model_config = ConfigDict(extra="allow")

    ok: StrictBool
    error: str | None = None


async def call(
    client: AsyncWebClient, method: str, http: str, arguments: dict[str, Any]
) -> dict[str, Any]:
    """The answer to a call that Slack took.

    Raises Wait where Slack asks to wait, Retry where it can't be reached or refuses for a while,
    and SlackError where it refuses for good. Only after the first and the last it is certain that
    the call took no effect.
    """
    outcome = "outage"
    try:
        answer = await _send(client, method, http, arguments)
        outcome = "ok"
    except Wait:
        outcome = "waits"
        raise
    except SlackError:
        outcome = "refused"
        raise
    finally:
        telemetry.called("slack", method, outcome)
    return answer


def request(
    client: AsyncWebClient, http: str, url: str, **options: Any
) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
    """A request to an address of Slack's outside of the Web API: of a file, or a `response_url`.

    No redirect is followed, which could lead what is sent elsewhere. Raises aiohttp's own errors.
    """
    assert client.session is not None
    return client.session.request(http, url, proxy=client.proxy, allow_redirects=False, **options)


async def _send(
    client: AsyncWebClient, method: str, http: str, arguments: dict[str, Any]
) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {client.token}"}
    try:
        async with request(
            client,
            "GET" if http == "GET" else "POST",
            f"{client.base_url}{method}",
            timeout=_TIMEOUT,
            **_content(http, headers, arguments),
        ) as response:
            body = await response.read()
            return _read(response, body)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Retry(say("common.slack_no_answer", method=method)) from error


def _content(http: str, headers: dict[str, str], arguments: dict[str, Any]) -> dict[str, Any]:
    if http == "JSON":
        headers = {**headers, "Content-Type": "application/json; charset=utf-8"}
        return {"headers": headers, "data": json.dumps(arguments).encode()}
    flat = {name: _flat(value) for name, value in arguments.items()}
    return {"headers": headers, "params" if http == "GET" else "data": flat}


def _flat(value: Any) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def _read(response: aiohttp.ClientResponse, body: bytes) -> dict[str, Any]:
    if response.status == 429:
        raise asked_to_wait(response)
    if response.status >= 500:
        raise Retry(say("common.slack_trouble", code=str(response.status)))
    try:
        answer = _Answer.model_validate(json.loads(body))
    except (ValueError, ValidationError) as error:
        raise Retry(say("common.slack_unreadable")) from error
    if answer.ok:
        return answer.model_dump()
    if answer.error is None:
        raise Retry(say("common.slack_unreadable"))
    if answer.error in _ASKS_TO_WAIT:
        raise asked_to_wait(response)
    if answer.error in _MAY_PASS:
        raise Retry(say("common.slack_trouble", code=answer.error))
    raise SlackError(answer.error)


def asked_to_wait(response: aiohttp.ClientResponse) -> Wait:
    """What an answer is that asks to wait."""
    seconds = response.headers.get("Retry-After", "")
    after = float(seconds) if seconds.isascii() and seconds.isdigit() else _RETRY_AFTER
    return Wait(say("common.slack_asks_to_wait"), after)
