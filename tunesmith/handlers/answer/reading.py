"""Ask the model, once: what it says is kept before it is told."""

import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from functools import partial
from typing import Any

from tunesmith.bot.answers import limits
from tunesmith.bot.answers.ask import ask
from tunesmith.bot.answers.cost import cost
from tunesmith.bot.answers.history import within_context
from tunesmith.bot.answers.model import AskedModel
from tunesmith.bot.answers.parts import turns_before
from tunesmith.bot.answers.prompt import Trained, Turn, build
from tunesmith.bot.answers.trained import trained
from tunesmith.bot.errors import ProviderBusyError, ProviderError, SlackError
from tunesmith.bot.messages import Message
from tunesmith.bot.providers.asking import Prompt, Reply
from tunesmith.bot.queue import Retry, Work
from tunesmith.handlers.answer.live import LiveMessage
from tunesmith.handlers.answer.message import AnswerMessage
from tunesmith.handlers.answer.question import Question
from tunesmith.handlers.answer.telling import Ended, tell
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage import answers
from tunesmith.storage.answers import Answer
from tunesmith.storage.jobs import Job

_log = logging.getLogger(__name__)

_GO_ON = "Go on exactly where your last answer stopped, without repeating any of it."


async def read(
    context: Context,
    work: Work[Any],
    message: AnswerMessage,
    *,
    model: AskedModel,
    asked: Question,
    job: Job | None = None,
    begin: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Ask a model and show its answer as it comes, in its `message`; `job` is that of `check`,
    `begin` that of `LiveMessage`.

    Ends the task. Raises ProviderBusyError where the model is to be asked again, which the thread
    was told, and ProviderError where the provider refused. What came until then is kept.
    """
    kept = await _kept(context, work)
    if kept is not None and kept.is_whole:
        await hand_over(work, message.ref, asked, model)
        return
    about = await trained(context.services, model)
    earlier = await _earlier(context, asked)
    prompt = await _prompt(context, model, about, asked, earlier)
    live = LiveMessage(
        message,
        team=asked.team,
        sql=about.schema is not None,
        begin=begin,
        say_asking=partial(_say_asking, context, message, model),
    )
    if earlier is not None:
        live.add(earlier.text)
    keeping = _Keeping(context, work, message.ref, model, asked=asked)
    try:
        async with live.following(), ask(context.services, model, prompt, job) as reply:
            async for piece in reply:
                keeping.came()
                live.add(piece)
            await keeping.keep(live.text, reply)
            left_out = reply.prompt.left_out
    except ProviderError as error:
        if keeping.has_begun:
            await keeping.keep(live.text, None)
        if isinstance(error, ProviderBusyError):
            text = await context.text_in(message.ref)
            words = text("answer.goes_on", reason=error.message)
            half = max(live.text, kept.text if kept else "", key=len)
            await live.say_going_on(words, half)
        raise
    said = sum(one["role"] == "user" for one in prompt.messages) - (2 if earlier else 1)
    before = max(0, said - left_out // 2) if prompt.left_out < left_out else max(0, said)
    await hand_over(work, message.ref, asked, model, live=live, before=before, left_out=left_out)


async def _kept(context: Context, work: Work[Any]) -> Answer | None:
    """What an earlier try has kept of the answer."""
    if not work.tried_before:
        return None
    async with context.services.database.read() as connection:
        return await answers.get(connection, work.task.key)


async def _say_asking(context: Context, message: AnswerMessage, model: AskedModel) -> None:
    """Show that the model is asked, until something of the answer stands there."""
    try:
        text = await context.text_in(message.ref)
        await message.set_status(text.plain("answer.asking", model=model.shown))
    except (SlackError, Retry) as error:  # the answer says as much
        _log.info("%s does not say that it is on its way: %s", message.key, error)


async def _earlier(context: Context, asked: Question) -> Answer | None:
    """The answer that is gone on with."""
    if asked.part is None or not asked.goes_on:
        return None
    async with context.services.database.read() as connection:
        return await answers.get(connection, asked.part.key)


async def _prompt(
    context: Context, model: AskedModel, about: Trained, asked: Question, earlier: Answer | None
) -> Prompt:
    """The question as the model is asked; a classification knows no conversation.

    Models take a last message of the assistant's in different ways, or refuse it: the rest of an
    answer is asked for by a message of its own. One that continues texts gets what it wrote.
    """
    history: list[Turn] = []
    if asked.conversation is not None and not (about.classes or about.style):
        async with context.services.database.read() as connection:
            before = await answers.of_conversation(connection, asked.conversation)
        history = turns_before(before, asked.part.key if asked.part else "")
    chosen, question = asked.settings, asked.question
    if earlier is not None and about.style is not None:
        prompt = build(about, question, **chosen)
        return replace(prompt, text=f"{prompt.text}{earlier.text}")
    if earlier is not None:
        history.append(Turn(question, earlier.text))
        question = _GO_ON
    room = {name: chosen.get(name) for name in ("system", "most_tokens")}
    kept = await within_context(context.services, model, about, history, question, **room)
    left_out = 2 * (len(history) - len(kept))
    return build(about, question, history=kept, left_out=left_out, **chosen)


async def hand_over(
    work: Work[Any],
    ref: ThreadRef,
    asked: Question,
    model: AskedModel | None,
    *,
    live: LiveMessage | None = None,
    before: int = 0,
    left_out: int = 0,
    reason: Message | None = None,
) -> None:
    """End the question's task: the thread is told by a task of its own."""
    ended = Ended(
        channel=ref.channel,
        thread=ref.ts,
        user=ref.user,
        asked=work.task.key,
        quoted=asked.quoted,
        part=asked.part,
        before=before,
        job_id=model.job_id if model else None,
        model=model.shown if model else "",
        left_out=left_out,
        streamed=live.streamed if live else None,
        reason=reason,
    )
    async with work.finish() as connection:
        await limits.give_back(connection, work.task.key)
        await tell.add(connection, ended, of=work.task.key)


class _Keeping:
    """Notes when an answer came, and keeps it with its question."""

    def __init__(
        self,
        context: Context,
        work: Work[Any],
        ref: ThreadRef,
        model: AskedModel,
        *,
        asked: Question,
    ) -> None:
        self._catalogue = context.services.catalogue
        self._work = work
        self._model = model
        self._answer = Answer(
            key=work.task.key,
            text="",
            seconds=0.0,
            job_id=model.job_id,
            team=asked.team,
            channel=ref.channel,
            thread=ref.ts,
            asked_by=ref.user,
            question=asked.question,
            settings=asked.settings or None,
            conversation=asked.conversation,
            provider=model.provider,
            model=model.name,
            shown=model.shown,
            model_ref=model.ref,
        )
        self._began = time.monotonic()
        self._first: float | None = None

    @property
    def has_begun(self) -> bool:
        """Whether a piece came."""
        return self._first is not None

    def came(self) -> None:
        """A piece came."""
        self._first = self._first or time.monotonic() - self._began

    async def keep(self, text: str, reply: Reply | None) -> None:
        """Keep what there is: all of it, or without a reply what came until it broke off."""
        seconds = time.monotonic() - self._began
        said = replace(self._answer, text=text, seconds=seconds, first_seconds=self._first)
        if reply is not None:
            usage = reply.usage
            said = replace(
                said,
                finish_reason=reply.finish_reason,
                input_tokens=usage and usage.input,
                cached_tokens=usage and usage.cached,
                output_tokens=usage and usage.output,
                usd=cost(self._catalogue, self._model, usage),
                tool_calls=[asdict(call) for call in reply.tool_calls] or None,
                labels=reply.labels or None,
            )
        async with self._work.step() as connection:
            await answers.keep(connection, said)
