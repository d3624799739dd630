"""What Slack sees, each message once and no faster than Slack takes it.

`chat.postMessage` has no idempotency key, so every message carries our key in its metadata. That it
is about to be posted is written down first, in the transaction that takes its turn: a try after one
that may have taken effect reads the thread for that key before it posts.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import aiohttp
from pydantic import BaseModel, Field, ValidationError
from slack_sdk.web.async_client import AsyncWebClient

from tunesmith.bot.errors import SlackError
from tunesmith.bot.messages import say
from tunesmith.bot.queue import Retry, Wait, Work
from tunesmith.handlers.slack import web_api
from tunesmith.handlers.slack.pacer import Pacer
from tunesmith.handlers.slack.payloads import SlackMessage
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage import messages
from tunesmith.storage.database import Database

EVENT_TYPE = "tunesmith_message"
_PAGE = 200  # the most that Slack recommends
_LOOK_BACK = 200
MOST_SLEPT = 2.0
"""For how many seconds a call waits for its turn: a task that has to wait for longer is given back,
so that its place is free.
"""
_MOST_SLEPT_BOOKED = 0.2  # who has booked a turn loses nothing by giving its task back

Blocks = list[dict[str, Any]]


class _Cursor(BaseModel):
    next_cursor: str = ""


class _Page(BaseModel):
    messages: list[SlackMessage]
    response_metadata: _Cursor | None = Field(default_factory=_Cursor)


class Outbox:
    """Posts and edits messages by key.

    Methods raise Wait where Slack asks to wait, or a call's turn comes later than a place may be
    held for; Retry where Slack can't be reached or refuses for a while; and SlackError where it
    refuses for good.
    """

    def __init__(self, client: AsyncWebClient, database: Database) -> None:
        self._client = client
        self._database = database
        self._pacer = Pacer(client.token or "")
        self._bot_id = ""

    @property
    def api_url(self) -> str:
        """Where the Web API is."""
        return self._client.base_url

    def request(
        self, http: str, url: str, **options: Any
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        """As `web_api.request`."""
        return web_api.request(self._client, http, url, **options)

    async def bot_id(self) -> str:
        """The `bot_id` that our own messages carry."""
        if not self._bot_id:
            self._bot_id = text_of(await self.call("auth.test"), "bot_id")
        return self._bot_id

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
            ts = await self._post(work, key, ref, text, blocks, broadcast=broadcast)
        return ts

    async def put(
        self,
        work: Work[Any],
        key: str,
        ref: ThreadRef,
        text: str,
        blocks: Blocks,
        *,
        background: bool = False,
    ) -> str:
        """Post a message, or bring it up to date where it was posted; returns its `ts`.

        An edit that says what the last one said is not sent; one in the `background` lets others go
        first.
        """
        ts = await self.known(work, key, ref)
        if ts is None:
            return await self._post(work, key, ref, text, blocks)
        edited = {"channel": ref.channel, "ts": ts, "text": text, "blocks": blocks}
        await self._edit(work, key, edited, background=background)
        return ts

    async def update(self, channel: str, ts: str, text: str, blocks: Blocks) -> None:
        """Edit a message."""
        await self.call("chat.update", channel=channel, ts=ts, text=text, blocks=blocks)

    async def known(
        self,
        work: Work[Any],
        key: str,
        ref: ThreadRef,
        found_in: Callable[[SlackMessage], Awaitable[str | None]] | None = None,
    ) -> str | None:
        """The `ts` of a message of ours; where its posting broke off, the thread is read for it.

        `found_in` knows what has no metadata: it gives what is noted in place of the `ts`, which is
        the id of a file that a message has.
        """
        async with self._database.read() as connection:
            ts, begun = await messages.state(connection, key)
        if not begun:
            return ts
        async for message in self.replies(ref):
            found = await found_in(message) if found_in else await self._own(message, key)
            if found and await self.note(work, key, ref, found):
                return found
            # Another task of ours may have found it at the same moment.
            if found and (noted := await self.posted(key)):
                return noted
        return None

    async def _own(self, message: SlackMessage, key: str) -> str | None:
        """The `ts` of a message with that key; another app may have written the same into its."""
        is_own = message.key == key and message.bot_id == await self.bot_id()
        return message.ts if is_own else None

    async def note(self, work: Work[Any], key: str, ref: ThreadRef, ts: str) -> bool:
        """Write down that the message of that key was posted; False where it is another key's."""
        async with work.step() as connection:
            return await messages.add(connection, key, ref.channel, ts)

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
            answer = await self.call(
                method,
                http="GET",
                channel=ref.channel,
                limit=_PAGE,
                include_all_metadata=True,
                ts=ref.ts,
                cursor=cursor or None,
            )
            try:
                page = _Page.model_validate(answer)
            except ValidationError as error:
                raise _unreadable() from error
            for message in page.messages:
                seen += 1
                yield message
            cursor = page.response_metadata.next_cursor if page.response_metadata else ""
            if not cursor:
                return

    async def call(
        self,
        method: str,
        http: str = "JSON",
        *,
        background: bool = False,
        **arguments: Any,
    ) -> dict[str, Any]:
        """Call a method of Slack's when its turn comes; arguments that are None are left out.

        `http` is JSON, FORM (some methods refuse JSON) or, to read, GET. `background` lets others
        go first.
        """
        if self._pacer.paces(method):
            channel = str(arguments.get("channel"))
            async with self._database.write(wake=False, durable=False) as connection:
                wait = await self._pacer.take(
                    connection, method, channel, most_wait=MOST_SLEPT, background=background
                )
            await asyncio.sleep(wait)
        return await self._send(method, http, arguments)

    async def call_in_turn(
        self, holder: str, method: str, http: str = "JSON", **arguments: Any
    ) -> dict[str, Any]:
        """As `call`, for what many wait for: a later turn is kept for the holder's next try."""
        async with self._database.write(wake=False, durable=False) as connection:
            wait = await self._pacer.book(
                connection, method, "", holder, most_wait=_MOST_SLEPT_BOOKED
            )
        if wait > _MOST_SLEPT_BOOKED:
            raise Wait(say("common.slack_asks_to_wait"), wait)
        await asyncio.sleep(wait)
        return await self._send(method, http, arguments)

    async def call_once(
        self,
        work: Work[Any],
        key: str,
        ref: ThreadRef,
        method: str,
        *,
        books: bool = True,
        **arguments: Any,
    ) -> dict[str, Any]:
        """Call a method that posts the message of that key; that it may be posted is noted first.

        The note is taken back where Slack refuses. Who calls notes what was posted. A turn that
        comes later is kept for the next try with that key, unless none is to follow (`books`).
        """
        async with work.step() as connection:
            if books:
                wait = await self._pacer.book(
                    connection, method, ref.channel, key, most_wait=_MOST_SLEPT_BOOKED
                )
            else:
                wait = await self._pacer.take(connection, method, ref.channel, most_wait=MOST_SLEPT)
            comes_later = books and wait > _MOST_SLEPT_BOOKED
            if not comes_later:
                await messages.begin(connection, key)
        if comes_later:
            raise Wait(say("common.slack_asks_to_wait"), wait)
        await self._sleep(work, wait)
        try:
            return await self._send(method, "JSON", arguments)
        except (SlackError, Wait):
            async with work.step() as connection:
                await messages.take_back(connection, key)
            raise

    async def background_turn(self, method: str) -> None:
        """Wait until a call in the background may go, however long that takes."""
        while True:
            async with self._database.read() as connection:
                wait = await self._pacer.background_wait(connection, method)
            if not wait:
                return
            await asyncio.sleep(wait)

    async def _post(
        self,
        work: Work[Any],
        key: str,
        ref: ThreadRef,
        text: str,
        blocks: Blocks,
        *,
        broadcast: bool = False,
    ) -> str:
        answer = await self.call_once(
            work,
            key,
            ref,
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
        ts = text_of(answer, "ts")
        await self.note(work, key, ref, ts)
        return ts

    async def _edit(
        self, work: Work[Any], key: str, edited: dict[str, Any], *, background: bool
    ) -> None:
        method = "chat.update"
        digest = hashlib.sha256(json.dumps(edited).encode()).hexdigest()
        async with self._database.read() as connection:
            if await messages.shown(connection, key) == digest:
                return
        async with work.step() as connection:
            wait = await self._pacer.take(
                connection, method, edited["channel"], most_wait=MOST_SLEPT, background=background
            )
            await messages.show(connection, key, None)  # until Slack has said that it took the edit
        await self._sleep(work, wait)
        await self._send(method, "JSON", edited)
        async with work.step() as connection:
            await messages.show(connection, key, digest)

    @staticmethod
    async def _sleep(work: Work[Any], seconds: float) -> None:
        """Wait for a turn; raises LeaseLost where somebody else has taken the task over meanwhile,
        who finds nothing in the thread and posts.
        """
        if seconds:
            await asyncio.sleep(seconds)
            async with work.step():
                pass

    async def _send(self, method: str, http: str, arguments: dict[str, Any]) -> dict[str, Any]:
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            return await web_api.call(self._client, method, http, given)
        except Wait as asked:
            if self._pacer.paces(method) and asked.after:
                channel = str(arguments.get("channel"))
                async with self._database.write(wake=False) as connection:
                    await self._pacer.hold(connection, method, channel, asked.after)
            raise


def text_of(answer: dict[str, Any], name: str) -> str:
    """A text in an answer of Slack's; raises Retry where it is missing."""
    value = answer.get(name)
    if not isinstance(value, str):
        raise _unreadable()
    return value


def _unreadable() -> Retry:
    return Retry(say("common.slack_unreadable"))
