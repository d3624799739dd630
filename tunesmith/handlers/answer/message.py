"""The one message of an answer: found again after a try that broke off, and brought up to date."""

import hashlib
from typing import Any

from tunesmith.bot.errors import SlackError
from tunesmith.bot.queue import Work
from tunesmith.handlers.slack.blocks import Block
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.mrkdwn import shorten
from tunesmith.handlers.slack.outbox import EVENT_TYPE, text_of
from tunesmith.handlers.slack.payloads import SlackMessage
from tunesmith.handlers.slack.thread import ThreadRef

_MARK = "answer:"
_MOST_PLAIN = 3_000
_MOST_TEXT = 39_000  # of the 40,000 that Slack takes
_STREAM_OPEN = "streaming_state_conflict"
# Refusals of an edit of a message that stands there (docs.slack.dev, chat.update, "Errors").
_NOT_TO_BE_EDITED = frozenset({"cant_update_message", "edit_window_closed", "update_failed"})
# Refusals of a block, as where a workspace does not know one yet.
_BLOCKS_REFUSED = ("invalid_blocks", "invalid_block_type", "msg_blocks_too_long")


class AnswerMessage:
    """The message that answers the question of the task `asked`: a reply in the thread, or a
    message of the channel itself where `ref` names no thread.

    Its `heading` stands over the answer: the question, where nobody else sees what was typed.
    Methods raise Retry and SlackError as the outbox does.
    """

    def __init__(
        self, context: Context, work: Work[Any], ref: ThreadRef, asked: str, heading: list[Block]
    ) -> None:
        self.ref = ref
        self.key = f"answer:{asked}"
        self._outbox = context.outbox
        self._work = work
        digest = hashlib.sha256(self.key.encode()).hexdigest()[:16]
        self._mark = f"{_MARK}{digest}"
        self._heading = [
            {**block, "block_id": f"{self._mark}:{n}"} for n, block in enumerate(heading)
        ]

    async def find(self) -> str | None:
        """Its `ts`, or None where it was not begun.

        `chat.startStream` takes no metadata. So a stream that may have been started is told by the
        id of its heading's block; one without a heading is the oldest of our messages in the
        thread that carries no key, has no heading and is nobody else's.
        """
        return await self._outbox.known(self._work, self.key, self.ref, self._found_in)

    async def _found_in(self, message: SlackMessage) -> str | None:
        return message.ts if await self._is_it(message) else None

    async def _is_it(self, message: SlackMessage) -> bool:
        if message.key is not None or message.files:
            return message.key == self.key
        heads = [one.block_id for one in message.blocks or [] if one.block_id.startswith(_MARK)]
        if heads or self._heading:
            return any(head.startswith(self._mark) for head in heads)
        return message.bot_id == await self._outbox.bot_id()

    async def set_status(self, status: str) -> None:
        """Show what is done at the end of the thread, until we post there
        (docs.slack.dev/reference/methods/assistant.threads.setStatus, read 2026-11-22).
        """
        if self.ref.ts is not None:
            await self._outbox.call(
                "assistant.threads.setStatus",
                channel_id=self.ref.channel,
                thread_ts=self.ref.ts,
                status=status,
            )

    async def start(self, words: str, *, team: str) -> bool:
        """Open it as a stream that begins with `words`, for who asked; `team` is theirs.

        False where another question's task has taken it for its own meanwhile.
        """
        chunks: list[Block] = [{"type": "blocks", "blocks": self._heading}]
        chunks.append({"type": "markdown_text", "text": words})
        answer = await self._outbox.call_once(
            self._work,
            self.key,
            self.ref,
            "chat.startStream",
            books=False,  # an answer that is whole before its turn is posted instead
            channel=self.ref.channel,
            thread_ts=self.ref.ts,
            recipient_user_id=self.ref.user,
            recipient_team_id=team,
            markdown_text=None if self._heading else words,
            chunks=chunks if self._heading else None,
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

    async def put(self, text: str, blocks: list[Block], *, background: bool = False) -> str:
        """Post it, or edit it where it was begun; returns its `ts`. A stream is closed before.

        `text` says all that the blocks say. A message that may not be edited is posted anew, one
        whose blocks are refused is posted as text.
        """
        await self.find()
        try:
            return await self._put(text, blocks, background=background)
        except SlackError as error:
            if error.code == _STREAM_OPEN:
                await self.stop()
                return await self._put(text, blocks)
            if error.code in _NOT_TO_BE_EDITED:
                return await self._put(text, blocks, again=True)
            if error.code.startswith(_BLOCKS_REFUSED):
                whole = shorten(text, _MOST_TEXT)
                return await self._outbox.put(self._work, self.key, self.ref, whole, [])
            raise

    async def _put(
        self, text: str, blocks: list[Block], *, background: bool = False, again: bool = False
    ) -> str:
        key = f"{self.key}:again" if again else self.key
        shown = [*self._heading, *blocks]
        plain = shorten(text, _MOST_PLAIN)
        return await self._outbox.put(
            self._work, key, self.ref, plain, shown, background=background
        )
