"""A question to a tuned model, in the hands of the queue.

Task kind: `ask` (one per question). `reading.py` asks the model, `live.py` shows what it writes
meanwhile, `telling.py` brings what was kept of it into the thread.
"""

import contextlib
import logging
from functools import partial

from tunesmith.bot.answers import limits
from tunesmith.bot.answers.finding import in_training
from tunesmith.bot.answers.model import AskedModel
from tunesmith.bot.errors import JobError, NotAllowedError, SlackError
from tunesmith.bot.jobs.budget import Payer
from tunesmith.bot.messages import Message, say
from tunesmith.bot.queue import Place, Retry, Wait, Work
from tunesmith.handlers.answer.blocks import still_training
from tunesmith.handlers.answer.choosing import model_of, split, stands_at
from tunesmith.handlers.answer.message import AnswerMessage
from tunesmith.handlers.answer.question import Question, begin_conversation, heading_of
from tunesmith.handlers.answer.reading import hand_over, read
from tunesmith.handlers.job import commands
from tunesmith.handlers.slack.blocks import section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import kinds
from tunesmith.handlers.slack.mrkdwn import as_typed, people_in
from tunesmith.handlers.slack.replies import Reply, plain_reply
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage import answers
from tunesmith.storage.here import Here

_ATTEMPTS = 5

_log = logging.getLogger(__name__)

_SLACK_SECONDS = 5.0


@kinds.task("ask", Question, place=Place.ASK, attempts=_ATTEMPTS)
async def answer(context: Context, work: Work[Question]) -> None:
    """Answer a question, or a subcommand that was written to the bot in a thread.

    Its patience is for the model: Slack may be out of order for as long as it likes.
    """
    try:
        await _answer(context, work)
    except Retry as slack:
        raise Wait(slack.message, slack.after or _SLACK_SECONDS) from slack
    except SlackError as refused:
        # It is no answer of the model's, and where Slack takes no message nothing can be told.
        _log.warning("%s was not answered: Slack refused with %s", work.task.key, refused.code)


async def _answer(context: Context, work: Work[Question]) -> None:
    asked, ref = await _as_typed(context, work.payload), work.payload.ref
    at = await stands_at(context, asked)
    said = await _said_instead(context, asked, at)
    if said is not None:
        await context.outbox.post(work, work.task.key, ref, *said)
        return
    name, question = split(asked.question) if asked.model is None else (None, asked.question)
    asked = asked.model_copy(update={"question": question})
    try:
        model = await model_of(context, asked, name or None, at)
        refused = await _refused(context, work, model, question)
    except JobError as error:
        model, refused = None, error.message
    if model is None or refused is not None:
        words = (await context.text_in(ref))(refused or say("answer.no_model"))
        await context.outbox.post(work, work.task.key, ref, *plain_reply(words))
        return
    ref = await _place(context, work)
    heading = await heading_of(context, ref, model.shown, asked.quoted)
    message = AnswerMessage(context, work, ref, asked.message_key(work.task.key), heading)
    begin = None
    if ref.ts and asked.conversation is None and asked.gathered is None and asked.part is None:
        begin = partial(begin_conversation, work, asked, ref.ts)
        if work.tried_before:
            await begin()
    job = at.job(model.job_id)
    await read(context, work, message, model=model, asked=asked, job=job, begin=begin)


async def _said_instead(context: Context, asked: Question, at: Here) -> Reply | None:
    """What is said where no model is asked: of a subcommand, what it comes to; of nothing, help;
    else why not.
    """
    ref = asked.ref
    is_command = asked.conversation is None or ref.channel.startswith("D")
    if (
        ref.ts
        and is_command
        and not asked.typed
        and asked.part is None
        and commands.is_subcommand(asked.question)
    ):
        return await commands.safe_reply(context, asked.team, ref, asked.question)
    if not asked.question:
        return commands.help_reply(await context.text_in(ref))
    training = in_training(at)
    if training and not (asked.model or split(asked.question)[0]):
        return still_training(await context.text_in(ref), training, at.of_channel)
    refusal = await _refusal(context, asked.user)
    return plain_reply((await context.text_in(ref))(refusal)) if refusal is not None else None


async def _place(context: Context, work: Work[Question]) -> ThreadRef:
    """Where the answer stands: of a question that is one of many, the thread for those."""
    asked = work.payload
    if asked.gathered is None:
        return asked.ref
    words = (await context.text_in(asked.ref))("answer.many")
    key = _many_key(asked.gathered)
    root = await context.outbox.post(work, key, asked.ref, words, [section(words)])
    return ThreadRef(asked.channel, root, asked.user)


async def _refusal(context: Context, user: str) -> Message | None:
    """Why somebody may not ask; an outage of Slack holds nobody's answer up. Raises Wait."""
    try:
        await context.people.require_colleague(user)
    except NotAllowedError as error:
        return error.message
    except Wait:
        raise
    except Retry:
        return None
    return None


async def _refused(
    context: Context, work: Work[Question], model: AskedModel | None, question: str
) -> Message | None:
    """Why a model is not asked."""
    if model is None:
        return say("answer.no_model")
    if not question.strip():
        return say("answer.only_model", model=model.shown)
    return await _over_limit(context, work)


async def _over_limit(context: Context, work: Work[Question]) -> Message | None:
    """Why somebody may not ask now; of a question that was begun, nothing is against it."""
    asked = work.payload
    if work.tried_before:
        async with context.services.database.read() as connection:
            if await answers.get(connection, work.task.key) is not None:
                return None
    payer = Payer(asked.team, asked.channel, asked.user)
    return await limits.take(context.services, payer, work.task.key)


async def _as_typed(context: Context, asked: Question) -> Question:
    if not asked.sent or not people_in(asked.sent):
        return asked
    names = {user: await context.people.name(user) or user for user in people_in(asked.sent)}
    return asked.model_copy(update={"question": as_typed(asked.sent, names).strip()})


@answer.when_given_up
async def _say_failed(context: Context, work: Work[Question], reason: Message) -> None:
    asked = await _as_typed(context, work.payload)
    gathered = asked.gathered and await context.outbox.posted(_many_key(asked.gathered))
    ref = ThreadRef(asked.channel, gathered or asked.thread, asked.user)
    model = None
    with contextlib.suppress(JobError):
        name, _ = split(asked.question)
        model = await model_of(context, asked, name or None)
    await hand_over(work, ref, asked, model, reason=reason)


def _many_key(gathered: str) -> str:
    return f"questions:{gathered}"
