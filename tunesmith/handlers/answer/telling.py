"""Bring an answer that is kept into its thread.

Task kind: `answer.tell`, one for each question: whatever Slack does, the model is not asked again.
"""

import hashlib

from tunesmith.bot.jobs import time_left
from tunesmith.bot.messages import Message, StoredMessage, Text
from tunesmith.bot.queue import Place, Work
from tunesmith.handlers.answer.blocks import answered_blocks
from tunesmith.handlers.answer.check import checked, schema_of
from tunesmith.handlers.answer.message import AnswerMessage
from tunesmith.handlers.answer.question import heading_of
from tunesmith.handlers.answer.shown import fenced, is_too_long, shown, shown_half
from tunesmith.handlers.job.blocks import model_buttons
from tunesmith.handlers.slack.blocks import Block, actions, markdown, section
from tunesmith.handlers.slack.blocks import context as small_print
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import InThread, kinds
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.handlers.slack.uploads import upload
from tunesmith.storage import answers, conversations, jobs
from tunesmith.storage.answers import Answer
from tunesmith.storage.conversations import Conversation
from tunesmith.storage.jobs import Job

_ENDINGS = {
    "length": "answer.at_most_tokens",
    "content_filter": "answer.filtered",
    "refusal": "answer.refused",
}


class Ended(InThread):
    """A question that is answered, or given up for a `reason`; `asked` is the key of its task.

    `quoted` is the question where the answer's message begins with it, `streamed` is that of
    `LiveMessage`.
    """

    asked: str
    quoted: str | None = None
    job_id: str | None
    streamed: int | None = None
    reason: StoredMessage | None = None


@kinds.task("answer.tell", Ended, place=Place.TELL)
async def tell(context: Context, work: Work[Ended]) -> None:
    """Complete the answer's message, or post it."""
    ended = work.payload
    async with context.services.database.read() as connection:
        answer = await answers.get(connection, ended.asked)
        job = await jobs.get(connection, ended.job_id) if ended.job_id else None
    text = await context.text_in(ended.ref)
    heading = await heading_of(context, text, ended.user, job, ended.quoted)
    message = AnswerMessage(context, work, ended.ref, ended.asked, heading)
    telling = _Telling(context, work, text, job, message)
    if answer is None:
        await telling.nothing()
    elif answer.is_whole:
        await telling.whole(answer)
    else:
        await telling.half(answer)
    if ended.ref.ts is None and (root := await context.outbox.posted(message.key)):
        # Under a message of the channel, whoever asked goes on in its thread.
        async with work.step() as connection:
            begun = Conversation(ended.channel, root, ended.user, ended.asked, float(root))
            await conversations.begin(connection, begun)
            await answers.set_thread(connection, ended.asked, root)


class _Telling:
    """One answer on its way into its message."""

    def __init__(
        self,
        context: Context,
        work: Work[Ended],
        text: Text,
        job: Job | None,
        message: AnswerMessage,
    ) -> None:
        self.message = message
        self._context = context
        self._work = work
        self._text = text
        self._job = job
        self._model = (job.asked_as if job else None) or ""

    async def nothing(self) -> None:
        """Say why there is no answer."""
        words = self._text("answer.failed", model=self._model, reason=self._reason())
        blocks = [section(words)]
        left = time_left(self._context.services, self._job) if self._job else None
        if self._job and left and left.is_over:
            blocks.append(actions(*model_buttons(self._text, self._job, left)))
        await self.message.put(words, blocks)

    async def half(self, answer: Answer) -> None:
        """Show what came of it, and why it broke off."""
        written = shown_half(answer.text, sql=await self._schema() is not None)
        said = self._text("answer.broke_off", reason=self._reason())
        await self._put(written, [section(said), *self._small_print(answer)])

    async def whole(self, answer: Answer) -> None:
        """Show all of it, and what its schema says of it."""
        schema = await self._schema()
        sql = schema is not None
        written = shown(answer.text, sql=sql) or self._text("answer.nothing")
        blocks = self._small_print(answer)
        if answer.finish_reason in _ENDINGS:
            words = self._text(_ENDINGS[answer.finish_reason])
            blocks.insert(0, small_print(words))
        if schema:
            text = fenced(answer.text, sql=sql)
            blocks = [*await checked(self._context, self._text, schema, text), *blocks]
        if is_too_long(answer.text, sql=sql):
            await self._long(answer, written, blocks)
            return
        streamed = self._work.payload.streamed
        if streamed is None or not await self.message.stop(written[streamed:], blocks):
            await self._put(written, blocks)

    async def _long(self, answer: Answer, written: str, blocks: list[Block]) -> None:
        """Show its beginning, and attach all of it."""
        file = f"answer-{hashlib.sha256(answer.key.encode()).hexdigest()[:8]}.md"
        said = small_print(self._text("answer.continued", file=file))
        ts = await self._put(written, [said, *blocks])
        ref = self.message.ref
        await upload(
            self._context,
            self._work,
            ThreadRef(ref.channel, ref.ts or ts, ref.user),
            name=file,
            content=answer.text.encode(),
            title=self._text.plain("answer.whole"),
        )

    async def _put(self, written: str, blocks: list[Block]) -> str:
        return await self.message.put(written, [markdown(written), *blocks])

    def _small_print(self, answer: Answer) -> list[Block]:
        left = time_left(self._context.services, self._job) if self._job else None
        return answered_blocks(self._text, self._model, answer.seconds, left)

    async def _schema(self) -> str | None:
        return await schema_of(self._context, self._job) if self._job else None

    def _reason(self) -> Message:
        reason = self._work.payload.reason
        assert reason is not None
        return reason
