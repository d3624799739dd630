"""Calls through the openai SDK: its client, lists by pages, and its exceptions turned into ours."""

import json
import logging
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import suppress
from typing import Any, cast

from openai import (
    APIConnectionError,
    APIError,
    APIStatusError,
    AsyncOpenAI,
    DefaultAioHttpClient,
    OpenAIError,
    Timeout,
)
from pydantic import ValidationError

from tunesmith.bot import telemetry
from tunesmith.bot.errors import ProviderBusyError, ProviderError
from tunesmith.bot.messages import Message, say

# Answers may pause between pieces, uploads may be large; a connection that does not open is dead.
_TIMEOUT = Timeout(60, connect=5)
_MOST_PAGES = 500
# Statuses under 500 after which the same call may succeed (time out, conflict, rate limit).
_TEMPORARY = (408, 409, 429)
# Codes of a 429 that no waiting helps (platform.openai.com/docs/guides/error-codes).
_USED_UP = ("insufficient_quota", "billing_hard_limit_reached", "billing_not_active")
# What the SDK, or what reads its objects, stumbles over where the answer is not the protocol's:
# a page of HTML with status 200, JSON cut short, a list without data.
UNREADABLE = (OpenAIError, ValidationError, ValueError, TypeError, AttributeError)

# Of the words of a server in trouble, which may be a whole page.
_MOST_SAID = 300

_log = logging.getLogger(__name__)


def sdk_client(base_url: str, api_key: str) -> AsyncOpenAI:
    """The SDK's client, which repeats no call by itself.

    Over aiohttp, which the SDK has for many calls at once: a streamed answer takes three fifths of
    the processor time that it takes over httpx2.
    """
    return AsyncOpenAI(
        api_key=api_key,
        base_url=base_url,
        max_retries=0,
        timeout=_TIMEOUT,
        http_client=DefaultAioHttpClient(),
    )


def raw(row: Any) -> dict[str, Any]:
    """What the provider sent, out of the SDK's object; raises one of UNREADABLE."""
    return row.model_dump(warnings=False)


async def rows(first_page: Awaitable[Any]) -> AsyncIterator[Any]:
    """The rows of a list, page by page.

    Ends where a page brings nothing new: some providers pass over `after`, and send the first
    page for ever. Rows without an id are left out.
    """
    seen: set[str] = set()
    page = await first_page
    for _ in range(_MOST_PAGES):
        before = len(seen)
        if not isinstance(page.data, list | None):
            raise TypeError("the rows of a list are no list")
        for row in cast("list[Any]", page.data or []):
            name = getattr(row, "id", None)
            if isinstance(name, str) and name not in seen:
                seen.add(name)
                yield row
        if len(seen) == before or not page.has_next_page():
            return
        page = await page.get_next_page()


class Calling:
    """Counts a call, and turns the SDK's exceptions into ours.

    But for those of a status that is to pass: they tell that there is no such thing.
    """

    def __init__(
        self, name: str, method: str, title: str | Message, passed: tuple[int, ...] = ()
    ) -> None:
        self._name = name
        self._method = method
        self._title = title
        self._passed = passed

    def __enter__(self) -> None:
        """Nothing is to be done before."""

    def __exit__(self, _kind: Any, error: BaseException | None, _traceback: Any) -> None:
        """Count it; raises ProviderError in the place of the SDK's exception."""
        ours = self._translate(error) if isinstance(error, Exception) else None
        busy = isinstance(ours, ProviderBusyError)
        outcome = "ok" if ours is None else "outage" if busy else "refused"
        telemetry.called(self._name, self._method, outcome)
        if ours is not None:
            raise ours from error

    def _translate(self, error: Exception) -> ProviderError | None:
        """What we make of it; None where it is not the SDK's, or is to pass."""
        if isinstance(error, APIStatusError) and error.status_code in self._passed:
            return None
        if isinstance(error, APIConnectionError):
            return ProviderBusyError(self._say("provider.no_answer"), "no_answer")
        if isinstance(error, APIStatusError):
            return self._explain(error)
        if isinstance(error, APIError):  # in the middle of a streamed answer
            said = self._say("provider.broke_off", said=error.message)
            return ProviderBusyError(said, "broke_off")
        if isinstance(error, UNREADABLE):
            # Whatever was asked for may have happened all the same: to be looked at again.
            _log.warning("%s sent an answer that can't be read", self._name, exc_info=error)
            return ProviderBusyError(self._say("provider.unreadable_answer"), "unreadable_answer")
        return None

    def _explain(self, error: APIStatusError) -> ProviderError:
        body, status = body_of(error), error.status_code
        said, told = body.get("message"), body.get("code")
        said = said if isinstance(said, str) else ""
        # Azure (whose 401 is its code) and many others tell no more than the status.
        code = told if isinstance(told, str) else str(status)
        if status >= 500 and said:
            trouble = self._say("provider.trouble", status=status, said=said[:_MOST_SAID])
            return ProviderBusyError(trouble, code, retry_after(error))
        if status >= 500 or (status in _TEMPORARY and code not in _USED_UP):
            wait = self._say("provider.asks_to_wait", status=status)
            return ProviderBusyError(wait, code, retry_after(error))
        if said:
            return ProviderError(self._say("provider.refused", said=said), code, said=said)
        return ProviderError(self._say("provider.refused_silently", status=status), code)

    def _say(self, key: str, **values: str | int) -> Message:
        return say(key, provider=self._title, **values)


def body_of(error: APIError) -> Mapping[str, Any]:
    """What an error tells, by the protocol's keys; empty where it is of no such shape.

    A proxy may put the whole answer of whom it asked into its own message, as JSON: that is what
    counts (LiteLLM's routes that pass OpenAI's on do so).
    """
    body = cast("dict[str, Any]", error.body) if isinstance(error.body, dict) else {}
    with suppress(ValueError, TypeError):
        inner = cast("object", json.loads(body.get("message") or ""))
        if isinstance(inner, dict):
            told = cast("dict[str, Any]", inner).get("error")
            if isinstance(told, dict):
                return cast("dict[str, Any]", told)
    return body


def retry_after(error: APIStatusError) -> float | None:
    """The seconds that it asks for; None where it names none, or none that make sense."""
    try:
        seconds = float(error.response.headers.get("retry-after", ""))
    except ValueError:
        return None
    return min(300.0, seconds) if seconds > 0 else None
