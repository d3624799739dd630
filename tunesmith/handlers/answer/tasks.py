"""A question to a tuned model, in the hands of the queue.

Task kind: `ask` (one per question). `reading.py` asks the model, `live.py` shows what it writes
meanwhile, `telling.py` brings what was kept of it into the thread.
"""

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.answers import find_model, in_training
from tunesmith.bot.errors import NotAllowedError
from tunesmith.bot.messages import Message
from tunesmith.bot.queue import Place, Retry, Wait, Work
from tunesmith.handlers.answer.blocks import question_blocks, still_training
from tunesmith.handlers.answer.reading import hand_over, read
from tunesmith.handlers.job import commands
from tunesmith.handlers.slack.blocks import section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import InThread, kinds
from tunesmith.handlers.slack.mrkdwn import as_typed, escape, people_in
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage import jobs

_ATTEMPTS = 5
_SLACK_SECONDS = 5.0


class Question(InThread):
    """What somebody asks; `job_id` names the model's job, where one was chosen.

    Where the question came as a text of Slack's, `sent` is that, with people's ids.
    """

    team: str
    question: str
    sent: str | None = None
    job_id: str | None = None


async def ask(
    connection: AsyncConnection,
    *,
    source: str,
    team: str,
    ref: ThreadRef,
    question: str = "",
    sent: str | None = None,
    job_id: str | None = None,
) -> None:
    """Write the task that answers; `source` names the delivery that the question came with.

    A question is given as it was typed, or as Slack `sent` it.
    """
    asked = Question(
        channel=ref.channel,
        thread=ref.ts,
        user=ref.user,
        team=team,
        question=as_typed(sent, {}).strip() if sent else question,
        sent=sent,
        job_id=job_id,
    )
    await answer.add(connection, asked, of=source)


@kinds.task("ask", Question, place=Place.ASK, attempts=_ATTEMPTS)
async def answer(context: Context, work: Work[Question]) -> None:
    """Answer a question, or a subcommand that was written to the bot in a thread.

    Its patience is for the model: Slack may be out of order for as long as it likes.
    """
    try:
        await _answer(context, work)
    except Retry as slack:
        raise Wait(slack.message, slack.after or _SLACK_SECONDS) from slack


async def _answer(context: Context, work: Work[Question]) -> None:
    asked, ref = await _as_typed(context, work.payload), work.payload.ref
    text = await context.text_in(ref)
    if ref.ts and asked.job_id is None and commands.is_subcommand(asked.question):
        said = await commands.safe_reply(context, asked.team, ref, asked.question)
        await context.outbox.post(work, work.task.key, ref, *said)
        return
    job = await _model(context, asked)
    if not asked.question:
        await context.outbox.post(work, work.task.key, ref, *commands.help_reply(text))
        return
    training = await _in_training(context, asked)
    if training is not None:
        said = still_training(text, training, job)
        await context.outbox.post(work, work.task.key, ref, *said)
        return
    refusal = await _refusal(context, asked.user)
    if refusal is not None:
        words = text(refusal)
        await context.outbox.post(work, work.task.key, ref, words, [section(words)])
        return
    if job is None:
        words = text("answer.no_model")
        await context.outbox.post(work, work.task.key, ref, words, [section(words)])
        return
    if ref.ts is None or asked.job_id is not None:
        # Nobody sees what was typed into a command or a form: say it for the others.
        blocks = question_blocks(text, ref.user, job.asked_as or "", asked.question)
        said = escape(asked.question)
        root = await context.outbox.post(work, _question_key(work), ref, said, blocks)
        ref = ThreadRef(ref.channel, ref.ts or root, ref.user)
    await read(context, work, ref, job=job, team=asked.team, question=asked.question)


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


async def _as_typed(context: Context, asked: Question) -> Question:
    if not asked.sent or not people_in(asked.sent):
        return asked
    names = {user: await context.people.name(user) or user for user in people_in(asked.sent)}
    return asked.model_copy(update={"question": as_typed(asked.sent, names).strip()})


@answer.when_given_up
async def _say_failed(context: Context, work: Work[Question], reason: Message) -> None:
    asked = work.payload
    thread = asked.thread or await context.outbox.posted(_question_key(work))
    ref = ThreadRef(asked.channel, thread, asked.user)
    job = await _model(context, asked)
    await hand_over(work, ref, job.id if job else None, reason=reason)


async def _model(context: Context, asked: Question) -> jobs.Job | None:
    if asked.job_id:
        async with context.services.database.read() as connection:
            return await jobs.get(connection, asked.job_id)
    return await find_model(
        context.services, team=asked.team, channel=asked.channel, thread=asked.thread
    )


async def _in_training(context: Context, asked: Question) -> jobs.Job | None:
    if asked.job_id or asked.thread is None:
        return None
    return await in_training(
        context.services, team=asked.team, channel=asked.channel, thread=asked.thread
    )


def _question_key(work: Work[Question]) -> str:
    return f"question:{work.task.key}"
