"""Ask the model, once: what it says is kept before it is told."""

import time
from typing import Any

from tunesmith.bot.answers import ask
from tunesmith.bot.errors import ProviderBusyError, ProviderError
from tunesmith.bot.messages import Message
from tunesmith.bot.queue import Work
from tunesmith.handlers.answer.check import schema_of
from tunesmith.handlers.answer.live import LiveMessage
from tunesmith.handlers.answer.message import AnswerMessage
from tunesmith.handlers.answer.question import Question
from tunesmith.handlers.answer.telling import Ended, tell
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage import answers
from tunesmith.storage.answers import Answer
from tunesmith.storage.jobs import Job


async def read(
    context: Context, work: Work[Any], message: AnswerMessage, *, job: Job, asked: Question
) -> None:
    """Ask a job's model and show its answer as it comes, in its `message`.

    Ends the task. Raises ProviderBusyError where the model is to be asked again, which the thread
    was told, and ProviderError where the provider refused. What came until then is kept.
    """
    async with context.services.database.read() as connection:
        kept = await answers.get(connection, work.task.key)
    if kept is not None and kept.is_whole:
        await hand_over(work, message.ref, asked, kept.job_id)
        return
    sql = await schema_of(context, job) is not None
    live = LiveMessage(message, team=asked.team, sql=sql)
    began = time.monotonic()
    try:
        async with live.following(), ask(context.services, job, asked.question) as reply:
            async for piece in reply:
                live.add(piece)
            await _keep(work, live, began, job, reply.finish_reason)
    except ProviderError as error:
        if live.text:
            await _keep(work, live, began, job, None)
        if isinstance(error, ProviderBusyError):
            text = await context.text_in(message.ref)
            words = text("answer.goes_on", reason=error.message)
            half = max(live.text, kept.text if kept else "", key=len)
            await live.say_going_on(words, half)
        raise
    await hand_over(work, message.ref, asked, job.id, live=live)


async def hand_over(
    work: Work[Any],
    ref: ThreadRef,
    asked: Question,
    job_id: str | None,
    *,
    live: LiveMessage | None = None,
    reason: Message | None = None,
) -> None:
    """End the question's task: the thread is told by a task of its own."""
    ended = Ended(
        channel=ref.channel,
        thread=ref.ts,
        user=ref.user,
        asked=work.task.key,
        quoted=asked.quoted,
        job_id=job_id,
        streamed=live.streamed if live else None,
        reason=reason,
    )
    async with work.finish() as connection:
        await tell.add(connection, ended, of=work.task.key)


async def _keep(
    work: Work[Any], live: LiveMessage, began: float, job: Job, finish_reason: str | None
) -> None:
    seconds = time.monotonic() - began
    said = Answer(work.task.key, live.text, seconds, job.id, finish_reason)
    async with work.step() as connection:
        await answers.keep(connection, said)
