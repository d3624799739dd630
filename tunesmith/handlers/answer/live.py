"""Show an answer while the model writes it.

Trouble with Slack ends the showing, never the reading: whatever is missing comes with the whole
answer. Slack itself closes a stream after about five minutes. Where it refuses a stream, or to
write on in it, the message is edited instead.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

from tunesmith.bot.errors import SlackError
from tunesmith.bot.messages import say
from tunesmith.bot.queue import Retry, Wait
from tunesmith.handlers.answer.message import AnswerMessage
from tunesmith.handlers.answer.shown import shown_half, shown_so_far
from tunesmith.handlers.slack.blocks import markdown, section

_PIECE_SECONDS = 0.7  # chat.appendStream is a Tier 4 method: 100 calls a minute
_EDIT_SECONDS = 2.5  # chat.update is a Tier 3 method: 50 calls a minute
_HEAD_START_SECONDS = 1.0

_log = logging.getLogger(__name__)


class LiveMessage:
    """An answer's message that follows it while it comes; `team` is that of who asks.

    `begin` is awaited once, beside the model's answer and before any of it is shown, `say_asking`
    where nothing of it has come by then. `streamed` says how many characters of the shown answer
    the open stream holds; it is None where no stream is open, or nobody knows what it holds.
    """

    def __init__(
        self,
        message: AnswerMessage,
        *,
        team: str,
        sql: bool,
        begin: Callable[[], Awaitable[None]] | None = None,
        say_asking: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.text = ""
        self.streamed: int | None = None
        self._message = message
        self._team = team
        self._sql = sql
        self._begin = begin
        self._say_asking = say_asking
        self._is_edited = False
        self._changed = asyncio.Event()
        self._ended = asyncio.Event()

    def add(self, piece: str) -> None:
        """Take what the model wrote."""
        self.text += piece
        self._changed.set()

    @asynccontextmanager
    async def following(self) -> AsyncGenerator[None]:
        """Inside of the block, Slack is shown what there is as often as it allows."""
        writer = asyncio.create_task(self._follow())
        try:
            yield
        finally:
            # Not cancelled: a message that is being sent is noted first, so that it stays the only
            # one.
            self._ended.set()
            self._changed.set()
            await writer

    async def say_going_on(self, words: str, half: str) -> None:
        """After the block: show the `half` answer that came, and that the model is asked again."""
        try:
            rest = shown_half(self.text, sql=self._sql)[self.streamed or 0 :]
            if self.streamed is None or not await self._message.stop(f"{rest}\n\n{words}"):
                written = shown_half(half, sql=self._sql)
                said = [markdown(written)] if written else []
                await self._message.put(f"{written}\n\n{words}".strip(), [*said, section(words)])
        except (Retry, SlackError) as error:
            _log.info("%s does not say that it goes on: %s", self._message.key, error)

    async def _follow(self) -> None:
        # Of many questions at once, all are on their way to the model first, and a model that
        # answers at once need not be said to be asked.
        await self._until(self._changed, _HEAD_START_SECONDS)
        if self._begin is not None:
            await self._begin()
        try:
            # One that an earlier try began is edited: nobody knows what its stream holds.
            self._is_edited = await self._message.find() is not None
            if self._say_asking is not None and not (self._is_edited or self._changed.is_set()):
                await self._say_asking()
            while not self._ended.is_set():
                await self._changed.wait()
                self._changed.clear()
                try:
                    pause = await self._show()
                except Wait as wait:
                    pause = max(_PIECE_SECONDS, wait.after or 0)
                    self._changed.set()
                await self._until(self._ended, pause)
        except (Retry, SlackError) as error:
            self.streamed = None
            _log.info("%s is shown when it is whole: %s", self._message.key, error)

    async def _show(self) -> float:
        """Send what is not shown yet, all of it at once; returns the seconds to wait then."""
        if self._ended.is_set():
            return 0
        if not self._is_edited:
            try:
                await self._stream()
            except SlackError as error:
                _log.info("%s is edited, not streamed: %s", self._message.key, error.code)
                self.streamed, self._is_edited = None, True
            else:
                return _PIECE_SECONDS
        written = shown_half(self.text, sql=self._sql)
        if written.strip():
            await self._message.put(written, [markdown(written)], background=True)
        return _EDIT_SECONDS

    async def _stream(self) -> None:
        new = shown_so_far(self.text, sql=self._sql)[self.streamed or 0 :]
        if not new:
            return
        if self.streamed is not None:
            await self._message.append(new)
        elif not await self._message.start(new, team=self._team):
            raise Retry(say("common.slack_unreadable"))
        self.streamed = (self.streamed or 0) + len(new)

    async def _until(self, event: asyncio.Event, seconds: float) -> None:
        """Wait for an event, so long at most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await event.wait()
