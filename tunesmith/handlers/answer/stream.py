"""Stream a model's answer into a thread.

Slack closes a stream after about five minutes, and a restart may cut one off: then the message
is edited to hold the whole text, so that a thread never keeps half an answer or two of them.
"""

import re
import time
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from tunesmith.bot.answers import ask
from tunesmith.bot.ddl import Schema
from tunesmith.bot.errors import ConfigurationError, ProviderError, SlackError
from tunesmith.bot.messages import Message, Text
from tunesmith.bot.queue import Work
from tunesmith.bot.sql import Verdict, check_answer
from tunesmith.bot.sql.database import explain_in_database
from tunesmith.handlers.answer.blocks import answered_blocks
from tunesmith.handlers.schema.blocks import check_blocks
from tunesmith.handlers.slack.blocks import Block
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.mrkdwn import escape, unescape
from tunesmith.handlers.slack.outbox import EVENT_TYPE
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage import datasets, messages
from tunesmith.storage.jobs import Job

_PIECE_SECONDS = 0.7  # chat.appendStream is a Tier 4 method: 100 calls a minute
_MOST_APPENDED = 11_000  # of 12,000 characters a call
_FENCE, _FENCE_END = "```sql\n", "\n```"
_HEAD = 14  # characters in which bare SQL shows
_SQL = re.compile(r"\s*(?:SELECT|WITH|CREATE TABLE)\s")
_STREAM_CLOSED = "message_not_in_streaming_state"


def answer_key(work: Work[Any]) -> str:
    """The key of the message with the answer."""
    return f"answer:{work.task.key}"


async def stream(
    context: Context, work: Work[Any], ref: ThreadRef, *, job: Job, team: str, question: str
) -> None:
    """Ask the model and write its answer as it comes; `team` is that of who asks.

    Raises ProviderError where the model gave nothing at all. An answer that breaks off is kept,
    and says so.
    """
    text = await context.text_in(ref)
    began = time.monotonic()
    ts = await _left_by_an_earlier_try(context, work, ref)
    schema = await _schema(context, job)
    async with ask(context.services, job, question) as pieces:
        writer = _Writer(context, work, ref, team, ts)
        try:
            async for piece in _fenced(pieces) if schema else pieces:
                await writer.write(escape(piece))
        except ProviderError as error:
            if not writer.whole:
                raise
            end = _FENCE_END if writer.whole.startswith(_FENCE) else ""
            await writer.write(end + "\n\n" + text("answer.broke_off", reason=error.message))
    checked = await _check(context, text, schema, writer.whole) if schema else []
    await writer.close(text, job.fine_tuned_model or "", time.monotonic() - began, checked)


async def _fenced(pieces: AsyncIterator[str]) -> AsyncIterator[str]:
    """An answer that is bare SQL in a fence: `COUNT(*)` twice in a line would be italics."""
    head, fenced = "", None
    async for piece in pieces:
        if fenced is not None:
            yield piece
            continue
        head += piece
        if len(head.lstrip()) >= _HEAD:
            fenced = bool(_SQL.match(head))
            yield _FENCE + head if fenced else head
    if fenced is None and head:
        fenced = bool(_SQL.match(head))
        yield _FENCE + head if fenced else head
    if fenced:
        yield _FENCE_END


async def _schema(context: Context, job: Job) -> Schema | None:
    """The schema that a job's model was trained on, if any."""
    async with context.services.database.read() as connection:
        dataset = await datasets.get(connection, job.dataset_id)
    if dataset is None or dataset.schema_sha256 is None:
        return None
    return await context.schema(dataset.schema_sha256)


async def _check(context: Context, text: Text, schema: Schema, answer: str) -> list[Block]:
    """What the schema says of the answer's SQL."""
    check = await context.services.processes.run(partial(check_answer, unescape(answer), schema))
    if check.verdict is Verdict.VALID and check.sql and check.comparison is None:
        check.warned += await _ask_database(context, check.sql)
    return check_blocks(text, check)


async def _ask_database(context: Context, sql: str) -> list[Message]:
    """What the team's own database has against a query; nothing where none is set."""
    database = context.services.settings.explain_database_url
    if database is None:
        return []
    try:
        objection = await explain_in_database(database.get_secret_value(), sql)
    except ConfigurationError as error:
        return [error.message]
    return [objection] if objection else []


async def _left_by_an_earlier_try(context: Context, work: Work[Any], ref: ThreadRef) -> str | None:
    """The message that an earlier try began: by its key, or the thread's one without a key."""
    key = answer_key(work)
    ts = await context.outbox.posted(key)
    if ts is not None or not work.tried_before:
        return ts
    async for message in context.outbox.replies(ref):
        if message.key == key:
            return message.ts
        if message.bot_id and message.key is None and not message.files:
            async with context.services.database.read() as connection:
                claimed = await messages.known(connection, ref.channel, message.ts)
            if not claimed:
                return message.ts
    return None


class _Writer:
    """Writes pieces into a streaming message, or edits a message left by an earlier try."""

    def __init__(
        self, context: Context, work: Work[Any], ref: ThreadRef, team: str, ts: str | None
    ) -> None:
        self._context = context
        self._work = work
        self._ref = ref
        self._team = team
        self._key = answer_key(work)
        self._ts = ts
        self._streaming = ts is None
        self._waiting = ""
        self._sent_at = 0.0
        self.whole = ""

    async def write(self, piece: str) -> None:
        """Take a piece; it is sent when enough has come or some time has passed."""
        self.whole += piece
        self._waiting += piece
        due = time.monotonic() - self._sent_at >= _PIECE_SECONDS
        if self._streaming and (due or len(self._waiting) > _MOST_APPENDED):
            await self._send()

    async def close(self, text: Text, model: str, seconds: float, checked: list[Block]) -> None:
        """Send what is left, and end the message with the check and its small print."""
        if not self.whole:
            await self.write(text("answer.nothing"))
        blocks = [*checked, *answered_blocks(text, model, seconds)]
        if self._streaming:
            await self._send()
        await self._stop(blocks)
        if not self._streaming:
            assert self._ts is not None
            said = {"type": "markdown", "text": self.whole[:_MOST_APPENDED]}
            await self._context.outbox.update(
                self._ref.channel, self._ts, self.whole[:_MOST_APPENDED], [said, *blocks]
            )

    async def _send(self) -> None:
        outbox = self._context.outbox
        while self._waiting and self._streaming:
            piece = self._waiting[:_MOST_APPENDED]
            if self._ts is None:
                await self._start(piece)
            else:
                try:
                    await outbox.call(
                        "chat.appendStream",
                        channel=self._ref.channel,
                        ts=self._ts,
                        markdown_text=piece,
                    )
                except SlackError as error:
                    self._leave_stream(error)
            self._waiting = self._waiting[len(piece) :]
            self._sent_at = time.monotonic()

    async def _start(self, piece: str) -> None:
        answer = await self._context.outbox.call(
            "chat.startStream",
            channel=self._ref.channel,
            thread_ts=self._ref.ts,
            recipient_user_id=self._ref.user,
            recipient_team_id=self._team,
            markdown_text=piece,
        )
        self._ts = str(answer["ts"])
        async with self._work.step() as connection:
            await messages.add(connection, self._key, self._ref.channel, self._ts)

    async def _stop(self, blocks: list[dict[str, object]]) -> None:
        try:
            await self._context.outbox.call(
                "chat.stopStream",
                channel=self._ref.channel,
                ts=self._ts,
                blocks=blocks,
                metadata={
                    "event_type": EVENT_TYPE,
                    "event_payload": {"key": self._key},
                },
            )
        except SlackError as error:
            self._leave_stream(error)

    def _leave_stream(self, error: SlackError) -> None:
        if error.code != _STREAM_CLOSED:
            raise error
        self._streaming = False
