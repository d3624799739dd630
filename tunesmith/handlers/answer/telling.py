"""Bring an answer that is kept into its thread.

Task kind: `answer.tell`, one for each question: whatever Slack does, the model is not asked again.
"""

import hashlib

from tunesmith.bot.jobs import time_left
from tunesmith.bot.messages import Message, StoredMessage, Text
from tunesmith.bot.queue import Place, Work
from tunesmith.handlers.answer.check import checked, schema_of
from tunesmith.handlers.answer.message import AnswerMessage
from tunesmith.handlers.answer.question import heading_of
from tunesmith.handlers.answer.shown import (
    ENDINGS,
    is_too_long,
    shown,
    shown_half,
    with_calls,
)
from tunesmith.handlers.answer.under import Part, answer_buttons, likely, small_print
from tunesmith.handlers.job.blocks import model_buttons
from tunesmith.handlers.job.reader import EVERYBODY
from tunesmith.handlers.slack.blocks import Block, actions, markdown, section
from tunesmith.handlers.slack.blocks import context as small
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import InThread, kinds
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.handlers.slack.uploads import upload
from tunesmith.storage import answers, conversations, jobs
from tunesmith.storage.answers import Answer
from tunesmith.storage.conversations import Conversation
from tunesmith.storage.jobs import Job


class Ended(InThread):
    """A question that is answered, or given up for a `reason`; `asked` is the key of its task.

    `quoted` is the question where the answer's message begins with it, `part` the answer that it
    went on with, `before` how many earlier questions the model was told, `streamed` is that of
    `LiveMessage`.
    """

    asked: str
    quoted: str | None = None
    job_id: str | None
    model: str = ""
    left_out: int = 0
    streamed: int | None = None
    reason: StoredMessage | None = None
    part: Part | None = None
    before: int = 0

    @property
    def message(self) -> str:
        """The key of the question whose message it stands in."""
        return self.part.message if self.part else self.asked


@kinds.task("answer.tell", Ended, place=Place.TELL)
async def tell(context: Context, work: Work[Ended]) -> None:
    """Complete the answer's message, or post it."""
    ended = work.payload
    async with context.services.database.read() as connection:
        answer = await answers.get(connection, ended.asked)
        job = await jobs.get(connection, ended.job_id) if ended.job_id else None
    text = await context.text_in(ended.ref)
    heading = await heading_of(context, ended.ref, ended.model, ended.quoted)
    message = AnswerMessage(context, work, ended.ref, ended.message, heading)
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
            begun = Conversation(ended.channel, root, ended.user, ended.message, float(root))
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
        self._model = work.payload.model or (job.asked_as if job else None) or ""

    async def nothing(self) -> None:
        """Say why there is no answer, or none of its rest."""
        words = self._text("answer.failed", model=self._model, reason=self._reason())
        blocks = [section(words)]
        left = time_left(self._context.services, self._job) if self._job else None
        if self._job and left and left.is_over:
            blocks.append(actions(*model_buttons(self._text, self._job, left, EVERYBODY)))
        before = await self._before()
        if before is None:
            await self.message.put(words, blocks)
            return
        written = shown(before.text, sql=await self._schema() is not None)
        buttons = answer_buttons(self._text, before, self._part(before, again=True))
        await self.message.put(f"{written}\n{words}", [markdown(written), *blocks, *buttons])

    async def half(self, answer: Answer) -> None:
        """Show what came of it, and why it broke off."""
        written = shown_half(answer.text, sql=await self._schema() is not None)
        said = self._text("answer.broke_off", reason=self._reason())
        under = [self._small_print(answer), *self._buttons(answer)]
        await self._put(written, [section(said), *under])

    async def whole(self, answer: Answer) -> None:
        """Show all of it, and what its schema says of it."""
        sql = not answer.tool_calls and await self._schema() is not None
        said = with_calls(answer.text, answer.tool_calls or [])
        written = shown(said, sql=sql) or self._text("answer.nothing")
        blocks: list[Block] = likely(self._text, answer)
        if self._job:
            blocks += await checked(self._context, self._text, self._job, answer)
        if self._work.payload.left_out:
            left_out = self._work.payload.left_out // 2
            blocks.append(small(self._text("answer.left_out", count=left_out)))
        if answer.finish_reason in ENDINGS:
            blocks.append(small(self._text(ENDINGS[answer.finish_reason])))
        blocks += [self._small_print(answer), *self._buttons(answer)]
        if is_too_long(said, sql=sql):
            await self._long(answer.key, said, written, blocks)
            return
        streamed = self._work.payload.streamed
        if streamed is None or not await self.message.stop(written[streamed:], blocks):
            await self._put(written, blocks)

    async def _long(self, key: str, said: str, written: str, blocks: list[Block]) -> None:
        """Show its beginning, and attach all of it."""
        file = f"answer-{hashlib.sha256(key.encode()).hexdigest()[:8]}.md"
        continued = small(self._text("answer.continued", file=file))
        ts = await self._put(written, [continued, *blocks])
        ref = self.message.ref
        await upload(
            self._context,
            self._work,
            ThreadRef(ref.channel, ref.ts or ts, ref.user),
            name=file,
            content=said.encode(),
            title=self._text.plain("answer.whole"),
        )

    async def _put(self, written: str, blocks: list[Block]) -> str:
        return await self.message.put(written, [markdown(written), *blocks])

    def _small_print(self, answer: Answer) -> Block:
        left = time_left(self._context.services, self._job) if self._job else None
        model = answer.shown or self._model
        return small_print(
            self._text,
            model,
            answer,
            before=self._work.payload.before,
            left=left,
            only_its_file=self._knows_only_its_file(),
        )

    def _knows_only_its_file(self) -> bool:
        if self._job is None:
            return False
        provider = self._context.services.catalogue.providers[self._job.provider]
        entry = provider.model(self._job.base_model)
        return entry is not None and entry.knows_only_its_file

    def _buttons(self, answer: Answer) -> list[Block]:
        came_whole = answer.finish_reason not in {None, "length"}
        return answer_buttons(self._text, answer, None if came_whole else self._part(answer))

    def _part(self, answer: Answer, *, again: bool = False) -> Part:
        """What a button needs to have the rest asked for; `again` where that came to nothing."""
        ended, tried = self._work.payload, self._work.payload.part
        return Part(
            key=answer.key,
            message=ended.message,
            thread=ended.thread,
            typed=ended.quoted is not None,
            tries=tried.tries + 1 if again and tried else 0,
        )

    async def _before(self) -> Answer | None:
        """The answer whose rest was asked for."""
        part = self._work.payload.part
        if part is None:
            return None
        async with self._context.services.database.read() as connection:
            return await answers.get(connection, part.key)

    async def _schema(self) -> str | None:
        return await schema_of(self._context, self._job) if self._job else None

    def _reason(self) -> Message:
        reason = self._work.payload.reason
        assert reason is not None
        return reason
