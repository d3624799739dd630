"""What Slack sees, each message once.

`chat.postMessage` has no idempotency key, so every message carries our key in its metadata. A
try after one that may have taken effect reads the thread for that key before it posts.
"""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from tunesmith.bot.errors import SlackError
from tunesmith.bot.messages import say
from tunesmith.bot.queue import Retry, Wait, Work
from tunesmith.handlers.slack.payloads import SlackMessage
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage import messages
from tunesmith.storage.database import Database

EVENT_TYPE = "tunesmith_message"
_PAGE = 200  # the most that Slack recommends
_LOOK_BACK = 200
_TEMPORARY = frozenset(
    {"ratelimited", "fatal_error", "internal_error", "service_unavailable", "request_timeout"}
)

Blocks = list[dict[str, Any]]


class Outbox:
    """Posts and edits messages by key.

    Methods raise Retry where Slack can't be reached or asks to wait, and SlackError where it
    refuses for good.
    """

    def __init__(self, client: AsyncWebClient, database: Database) -> None:
        self._client: Any = client  # its own annotations are incomplete
        self._database = database

    async def post(
        self,
        work: Work[Any],
        key: str,
        ref: ThreadRef,
        text: str,
        blocks: Blocks,
        *,
        broadcast: bool = False,
    ) -> str:
        """Post a message unless it was posted; returns its `ts`.

        `broadcast` shows a reply in the channel as well.
        """
        ts = await self.known(work, key, ref)
        if ts is None:
            answer = await self.call(
                "chat.postMessage",
                channel=ref.channel,
                thread_ts=ref.ts,
                text=text,
                blocks=blocks,
                metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
                unfurl_links=False,
                unfurl_media=False,
                reply_broadcast=broadcast or None,
            )
            ts = str(answer["ts"])
            await self._note(work, key, ref, ts)
        return ts

    async def put(
        self, work: Work[Any], key: str, ref: ThreadRef, text: str, blocks: Blocks
    ) -> str:
        """Post a message, or bring it up to date where it was posted; returns its `ts`."""
        ts = await self.known(work, key, ref)
        if ts is None:
            return await self.post(work, key, ref, text, blocks)
        await self.update(ref.channel, ts, text, blocks)
        return ts

    async def update(self, channel: str, ts: str, text: str, blocks: Blocks) -> None:
        """Edit a message."""
        await self.call("chat.update", channel=channel, ts=ts, text=text, blocks=blocks)

    async def posted(self, key: str) -> str | None:
        """The `ts` of a message of ours, or None where it was not posted."""
        async with self._database.read() as connection:
            return await messages.posted(connection, key)

    async def replies(self, ref: ThreadRef) -> AsyncIterator[SlackMessage]:
        """All messages of the thread, which come oldest first, or the channel's newest ones."""
        method = "conversations.replies" if ref.ts else "conversations.history"
        cursor = ""
        seen = 0
        while ref.ts or seen < _LOOK_BACK:
            page = await self.call(
                method,
                http="GET",
                channel=ref.channel,
                limit=_PAGE,
                include_all_metadata=True,
                ts=ref.ts,
                cursor=cursor or None,
            )
            for message in page["messages"]:
                seen += 1
                yield SlackMessage.model_validate(message)
            cursor = page.get("response_metadata", {}).get("next_cursor", "")
            if not cursor:
                return

    async def call(self, method: str, http: str = "POST", **arguments: Any) -> dict[str, Any]:
        """Call a method of Slack's; arguments that are None are left out.

        POST sends JSON, FORM a form (some methods refuse JSON); GET is for reading.
        """
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            if http == "GET":
                answer = await self._client.api_call(method, http_verb="GET", params=given)
            elif http == "FORM":
                answer = await self._client.api_call(method, data=given)
            else:
                answer = await self._client.api_call(method, json=given)
        except SlackApiError as error:
            raise _explain(error) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Retry(say("common.slack_no_answer", method=method)) from error
        return answer.data

    async def known(self, work: Work[Any], key: str, ref: ThreadRef) -> str | None:
        """The `ts` of a message of ours; after a broken-off try, the thread is read for it."""
        ts = await self.posted(key)
        if ts is None and work.tried_before:
            async for message in self.replies(ref):
                if message.key == key:
                    await self._note(work, key, ref, message.ts)
                    return message.ts
        return ts

    async def _note(self, work: Work[Any], key: str, ref: ThreadRef, ts: str) -> None:
        async with work.step() as connection:
            await messages.add(connection, key, ref.channel, ts)


def _explain(error: SlackApiError) -> Exception:
    answer: Any = error.response  # an answer that isn't JSON comes as aiohttp's own response
    if not isinstance(answer, AsyncSlackResponse):
        return Retry(say("common.slack_unreadable"))
    code = str(answer.get("error"))
    status, headers = _status(answer)
    if status == 429:
        return Wait(say("common.slack_asks_to_wait"), float(headers.get("Retry-After", 30)))
    if status >= 500 or code in _TEMPORARY:
        return Retry(say("common.slack_trouble", code=code))
    return SlackError(code)


def _status(answer: Any) -> tuple[int, dict[str, str]]:
    return answer.status_code, answer.headers
