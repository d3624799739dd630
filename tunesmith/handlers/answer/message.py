"""The one message of an answer: found again after a try that broke off, and brought up to date."""

from typing import Any

from tunesmith.bot.errors import SlackError
from tunesmith.bot.queue import Work
from tunesmith.handlers.slack.blocks import Block
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.outbox import EVENT_TYPE, text_of
from tunesmith.handlers.slack.payloads import SlackMessage
from tunesmith.handlers.slack.thread import ThreadRef

_STREAM_OPEN = "streaming_state_conflict"


class AnswerMessage:
    """The message in the thread that answers the question of the task `asked`.

    Methods raise Retry and SlackError as the outbox does.
    """

    def __init__(self, context: Context, work: Work[Any], ref: ThreadRef, asked: str) -> None:
        self.ref = ref
        self.key = f"answer:{asked}"
        self._outbox = context.outbox
        self._work = work

    async def find(self) -> str | None:
        """Its `ts`, or None where it was not begun.

        `chat.startStream` takes no metadata. So a stream that may have been started is the oldest
        of our messages in the thread that carries no key and is nobody else's.
        """
        return await self._outbox.known(self._work, self.key, self.ref, self._is_it)

    async def _is_it(self, message: SlackMessage) -> bool:
        if message.key is not None or message.files:
            return message.key == self.key
        return message.bot_id == await self._outbox.bot_id()

    async def start(self, words: str, *, team: str) -> bool:
        """Open it as a stream that begins with `words`, for who asked; `team` is theirs.

        False where another question's task has taken it for its own meanwhile.
        """
        answer = await self._outbox.call_once(
            self._work,
            self.key,
            self.ref,
            "chat.startStream",
            channel=self.ref.channel,
            thread_ts=self.ref.ts,
            recipient_user_id=self.ref.user,
            recipient_team_id=team,
            markdown_text=words,
        )
        return await self._outbox.note(self._work, self.key, self.ref, text_of(answer, "ts"))

    async def append(self, words: str) -> None:
        """Write on in the open stream."""
        await self._outbox.call(
            "chat.appendStream",
            channel=self.ref.channel,
            ts=await self._outbox.posted(self.key),
            markdown_text=words,
        )

    async def stop(self, more: str = "", blocks: list[Block] | None = None) -> bool:
        """Close its stream with `more` text and blocks at the end.

        False where Slack refuses, as it does where the stream is closed already: a second try
        after one whose answer was lost appends nothing twice.
        """
        try:
            await self._outbox.call(
                "chat.stopStream",
                channel=self.ref.channel,
                ts=await self._outbox.posted(self.key),
                markdown_text=more or None,
                blocks=blocks,
                metadata={"event_type": EVENT_TYPE, "event_payload": {"key": self.key}},
            )
        except SlackError:
            return False
        return True

    async def put(self, text: str, blocks: list[Block]) -> None:
        """Post it, or edit it where it was begun; a stream is closed before."""
        await self.find()
        try:
            await self._outbox.put(self._work, self.key, self.ref, text, blocks)
        except SlackError as error:
            if error.code != _STREAM_OPEN:
                raise
            await self.stop()
            await self._outbox.put(self._work, self.key, self.ref, text, blocks)
