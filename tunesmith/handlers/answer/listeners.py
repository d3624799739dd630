"""Somebody asks the tuned model: by `/ask`, by the Ask button, or by writing to the bot."""

import time

from tunesmith.bot.answers import find_model
from tunesmith.bot.errors import UserError
from tunesmith.bot.messages import say
from tunesmith.handlers.answer import talk
from tunesmith.handlers.answer.blocks import QUESTION, SUBMIT, AskForm, ask_form
from tunesmith.handlers.answer.question import is_one_of_many, question_of
from tunesmith.handlers.answer.tasks import answer
from tunesmith.handlers.answer.under import AGAIN, FEEDBACK, GO_ON, Part
from tunesmith.handlers.job.blocks import ASK
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.inbox import Inbox
from tunesmith.handlers.slack.interactions import Interactions
from tunesmith.handlers.slack.payloads import (
    ActionBody,
    CommandBody,
    SubmissionBody,
    carried,
)
from tunesmith.handlers.slack.replies import Reply, plain_reply
from tunesmith.handlers.slack.thread import ThreadRef, Where
from tunesmith.storage import answers, feedback
from tunesmith.storage.answers import Answer

COMMAND = "/ask"

_GATHERED_SECONDS = 600.0  # one message of a channel gathers questions for so long


def register(interactions: Interactions, inbox: Inbox) -> None:
    """Listen to mentions, direct messages, the command, the button and its form."""
    inbox.take(talk.is_for_the_bot, talk.begin, answer)
    inbox.take(talk.may_go_on, talk.go_on, answer, concerns=talk.concerns)
    interactions.command(COMMAND, _command)
    interactions.action(ASK, _open_form)
    interactions.form(SUBMIT, _form)
    interactions.action(GO_ON, _go_on)
    interactions.action(AGAIN, _again)
    interactions.action(FEEDBACK, _feedback)


async def _command(context: Context, body: CommandBody) -> Reply | None:
    text = await context.text(body.user_id)
    if not body.text.strip():
        return text("answer.empty"), []
    await context.people.require_colleague(body.user_id)
    job = await find_model(context.services, team=body.team_id, channel=body.channel_id)
    if job is None:
        return text("answer.no_model"), []
    ref = ThreadRef(body.channel_id, None, body.user_id)
    async with context.services.database.write() as connection:
        many = await is_one_of_many(connection, body.team_id, body.channel_id)
        gathered = f"{body.channel_id}:{int(time.time() // _GATHERED_SECONDS)}" if many else None
        asked = question_of(
            ref,
            body.team_id,
            time.time(),
            sent=body.text,
            job_id=job.id,
            typed=True,
            gathered=gathered,
        )
        await talk.ask(connection, asked, source=body.trigger_id)
    return plain_reply(text("answer.gathered")) if many else None


async def _open_form(context: Context, body: ActionBody) -> None:
    text = await context.text(body.user.id)
    await context.people.require_colleague(body.user.id)
    job = await context.job_seen(body.where, body.user.id, body.value)
    place = body.container
    # In a list that only one person sees, or in the Home tab, it is asked in its own thread.
    here = None if place.is_ephemeral else place.thread_ts or place.message_ts
    thread = here or job.thread
    about = AskForm(job_id=job.id, channel=job.channel, thread=thread)
    view = ask_form(text, about)
    await context.outbox.call("views.open", trigger_id=body.trigger_id, view=view)


async def _form(context: Context, body: SubmissionBody) -> dict[str, str]:
    about = carried(AskForm, body.view.private_metadata)
    await context.people.require_colleague(body.user.id)
    job = await context.job_at(body.where(about.channel), about.job_id)
    async with context.services.database.write() as connection:
        ref = ThreadRef(job.channel, about.thread, body.user.id)
        question = body.input(QUESTION) or ""
        asked = question_of(
            ref, job.team, time.time(), question=question, job_id=job.id, typed=True
        )
        await talk.ask(connection, asked, source=body.view.id)
    return {}


async def _go_on(context: Context, body: ActionBody) -> None:
    await _ask_for_part(context, body, goes_on=True)


async def _again(context: Context, body: ActionBody) -> None:
    await _ask_for_part(context, body, goes_on=False)


async def _ask_for_part(context: Context, body: ActionBody, *, goes_on: bool) -> None:
    part = carried(Part, body.value)
    await context.people.require_colleague(body.user.id)
    answer_of = await _answer_at(context, body, part.key)
    ref = ThreadRef(body.where.channel, part.thread, body.user.id)
    asked = question_of(
        ref,
        body.where.team,
        time.time(),
        question=answer_of.question or "",
        job_id=answer_of.job_id,
        typed=part.typed,
        conversation=answer_of.conversation or part.message,
    ).model_copy(update={"part": part, "goes_on": goes_on})
    source = f"part:{part.key}:{part.tries}"
    async with context.services.database.write() as connection:
        await talk.ask(connection, asked, source=source, conversation=part.message)


async def _feedback(context: Context, body: ActionBody) -> None:
    thought, _, key = body.value.partition(" ")
    await _answer_at(context, body, key)
    async with context.services.database.write() as connection:
        await feedback.put(connection, key=key, person=body.user.id, is_good=thought == "good")


async def _answer_at(context: Context, body: ActionBody, key: str) -> Answer:
    """The answer that a button names. Raises UserError where it is none of that channel."""
    async with context.services.database.read() as connection:
        found = await answers.get(connection, key)
    if found is None or body.where != Where(found.team or "", found.channel or ""):
        raise UserError(say("common.control_unreadable"))
    return found
