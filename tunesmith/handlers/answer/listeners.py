"""Somebody asks the tuned model: by `/ask`, by the Ask button, or by writing to the bot."""

import time

from tunesmith.bot.answers import parts
from tunesmith.bot.answers.model import AskedModel, obstacle, tuned_model
from tunesmith.bot.errors import UserError
from tunesmith.bot.messages import say
from tunesmith.handlers.answer import talk
from tunesmith.handlers.answer.choosing import choices, model_of, split
from tunesmith.handlers.answer.form import (
    MODEL,
    MORE,
    QUESTION,
    SUBMIT,
    AskForm,
    ask_form,
    option_of,
    settings_of,
)
from tunesmith.handlers.answer.question import is_one_of_many, question_of
from tunesmith.handlers.answer.tasks import answer
from tunesmith.handlers.answer.under import AGAIN, FEEDBACK, GO_ON, Part
from tunesmith.handlers.job.blocks import ASK
from tunesmith.handlers.slack.channels import is_here
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.inbox import Inbox
from tunesmith.handlers.slack.interactions import Interactions
from tunesmith.handlers.slack.mrkdwn import as_typed, people_in
from tunesmith.handlers.slack.payloads import (
    ActionBody,
    CommandBody,
    ShortcutBody,
    SubmissionBody,
    carried,
)
from tunesmith.handlers.slack.replies import Reply, plain_reply
from tunesmith.handlers.slack.thread import ThreadRef, Where
from tunesmith.storage import answers, feedback
from tunesmith.storage.answers import Answer

COMMAND = "/ask"
ASK_ABOUT = "ask_about_message"

_GATHERED_SECONDS = 600.0  # one message of a channel gathers questions for so long


def register(interactions: Interactions, inbox: Inbox) -> None:
    """Listen to mentions, direct messages, the command, the button and its form."""
    inbox.take(talk.is_for_the_bot, talk.begin, answer)
    inbox.take(talk.may_go_on, talk.go_on, answer, concerns=talk.concerns)
    interactions.command(COMMAND, _command)
    interactions.action(ASK, _open_form)
    interactions.shortcut(ASK_ABOUT, _ask_about)
    interactions.action(MORE, _more)
    interactions.form(SUBMIT, _form)
    interactions.action(GO_ON, _go_on)
    interactions.action(AGAIN, _again)
    interactions.action(FEEDBACK, _feedback)


async def _command(context: Context, body: CommandBody) -> Reply | None:
    text = await context.text(body.user_id)
    name, sent = split(body.text)
    if not sent.strip():
        return text("answer.empty"), []
    await context.people.require_colleague(body.user_id)
    if not await is_here(context.outbox, body.channel_id):
        return text("answer.invite"), []
    ref = ThreadRef(body.channel_id, None, body.user_id)
    asked = question_of(ref, body.team_id, time.time(), sent=sent, typed=True)
    model = await model_of(context, asked, name)
    if model is None:
        return text("answer.no_model"), []
    async with context.services.database.write() as connection:
        many = await is_one_of_many(connection, body.team_id, body.channel_id)
        gathered = f"{body.channel_id}:{int(time.time() // _GATHERED_SECONDS)}" if many else None
        chosen = {"model": model.ref, "gathered": gathered}
        await talk.ask(connection, asked.model_copy(update=chosen), source=body.trigger_id)
    return plain_reply(text("answer.gathered")) if many else None


async def _open_form(context: Context, body: ActionBody) -> None:
    await context.people.require_colleague(body.user.id)
    job = await context.job_seen(body.where, body.user.id, body.value)
    place = body.container
    # In a list that only one person sees, or in the Home tab, it is asked in its own thread.
    here = None if place.is_ephemeral else place.thread_ts or place.message_ts
    about = AskForm(channel=job.channel, thread=here or job.thread)
    chosen = tuned_model(context.services, job)
    said = obstacle(context.services, chosen, job)
    if said is not None:
        raise UserError(said)
    await _show_form(context, body, about, chosen=chosen)


async def _ask_about(context: Context, body: ShortcutBody) -> None:
    """Ask a model what a message says."""
    await context.people.require_colleague(body.user.id)
    channel, message = body.channel.id, body.message
    if not await is_here(context.outbox, channel):
        raise UserError(say("answer.invite"))
    about = AskForm(channel=channel, thread=message.thread_ts or message.ts)
    ref = ThreadRef(channel, about.thread, body.user.id)
    said = talk.without_mention(message.text)
    names = {one: await context.people.name(one) or one for one in people_in(said)}
    question = as_typed(said, names).strip()
    asked = question_of(ref, body.team.id, time.time(), question=question)
    chosen = await model_of(context, asked, None)
    await _show_form(context, body, about, chosen=chosen, question=question)


async def _show_form(
    context: Context,
    body: ActionBody | ShortcutBody,
    about: AskForm,
    *,
    chosen: AskedModel | None,
    question: str = "",
) -> None:
    text = await context.text(body.user.id)
    models = await choices(context, body.team.id, about.channel, body.user.id)
    if not models:
        raise UserError(say("answer.no_model"))
    first = option_of(chosen) if chosen else ""
    view = ask_form(text, about, models, first, question)
    await context.outbox.call("views.open", trigger_id=body.trigger_id, view=view)


async def _more(context: Context, body: ActionBody) -> None:
    """Show all settings; Slack keeps what was filled in."""
    view = body.view
    if view is None:
        return
    about = carried(AskForm, view.private_metadata).model_copy(update={"more": True})
    team = body.where_opened(about.channel).team
    models = await choices(context, team, about.channel, body.user.id)
    if models:
        form = ask_form(await context.text(body.user.id), about, models, "")
        await context.outbox.call("views.update", view_id=view.id, hash=view.hash, view=form)


async def _form(context: Context, body: SubmissionBody) -> dict[str, str]:
    about = carried(AskForm, body.view.private_metadata)
    await context.people.require_colleague(body.user.id)
    team = body.where(about.channel).team
    models = await choices(context, team, about.channel, body.user.id)
    chosen = next((one for one in models if option_of(one) == body.input(MODEL)), None)
    if chosen is None:
        text = await context.text(body.user.id)
        return {MODEL: text.plain("answer.model_gone")}
    asked = question_of(
        ThreadRef(about.channel, about.thread, body.user.id),
        team,
        time.time(),
        question=body.input(QUESTION) or "",
        model=chosen.ref,
        settings=settings_of(body),
        typed=True,
    )
    async with context.services.database.write() as connection:
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
        model=answer_of.model_ref,
        settings=answer_of.settings,
        typed=part.typed,
        conversation=answer_of.conversation or part.message,
    ).model_copy(update={"part": part, "goes_on": goes_on})
    source = parts.source(part.key, part.tries)
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
