"""Somebody asks the tuned model: by `/ask`, by the Ask button, or by mentioning the bot.

Task kind: `ask` (one per question). Its answer is streamed by `handlers/answer.py`.
"""

import json
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.answers import find_model
from tunesmith.bot.errors import ProviderError
from tunesmith.bot.queue import Work
from tunesmith.handlers import answer, commands
from tunesmith.handlers.blocks.ask import QUESTION, SUBMIT, ask_form, question_blocks
from tunesmith.handlers.blocks.job import ASK
from tunesmith.handlers.blocks.parts import section
from tunesmith.handlers.context import Context
from tunesmith.handlers.places import Place
from tunesmith.handlers.text import escape
from tunesmith.handlers.wire import ActionBody, CommandBody, SubmissionBody
from tunesmith.storage import jobs, tasks

COMMAND = "/ask"

_ATTEMPTS = 5


async def enqueue(
    connection: AsyncConnection,
    *,
    source: str,
    team: str,
    place: Place,
    question: str,
    job_id: str | None = None,
) -> None:
    """Write the task that answers; `source` names the delivery that the question came with."""
    await tasks.add(
        connection,
        key=f"ask:{source}",
        kind="ask",
        payload={
            "team": team,
            "channel": place.channel,
            "thread": place.thread,
            "user": place.user,
            "question": question,
            "job_id": job_id,
        },
    )


def register(context: Context, app: AsyncApp) -> None:
    """Listen to the command, the button and its form, and let the queue run the questions."""

    async def on_command(ack: AsyncAck, body: dict[str, Any]) -> None:
        await _command(context, ack, CommandBody.model_validate(body))

    async def on_button(ack: AsyncAck, body: dict[str, Any]) -> None:
        await _button(context, ack, ActionBody.model_validate(body))

    async def on_form(ack: AsyncAck, body: dict[str, Any]) -> None:
        await _form(context, ack, SubmissionBody.model_validate(body))

    async def run(work: Work) -> None:
        await _ask(context, work)

    async def give_up(work: Work, reason: str) -> None:
        await _say_failed(context, work, reason)

    app.command(COMMAND)(on_command)
    app.action(ASK)(on_button)
    app.view(SUBMIT)(on_form)
    context.services.queue.handle("ask", run, attempts=_ATTEMPTS, give_up=give_up)


async def _command(context: Context, ack: AsyncAck, body: CommandBody) -> None:
    text = await context.text(body.user_id)
    question = body.text.strip()
    if not question:
        await ack(text("answer.empty"))
        return
    job = await find_model(context.services, team=body.team_id, channel=body.channel_id)
    if job is None:
        await ack(text("answer.no_model"))
        return
    async with context.services.database.write() as connection:
        await enqueue(
            connection,
            source=body.trigger_id,
            team=body.team_id,
            place=Place(body.channel_id, None, body.user_id),
            question=question,
            job_id=job.id,
        )
    await ack()


async def _button(context: Context, ack: AsyncAck, body: ActionBody) -> None:
    text = await context.text(body.user.id)
    channel = body.container.channel_id or ""
    thread = body.container.thread_ts or body.container.message_ts or ""
    await context.outbox.call(
        "views.open",
        trigger_id=body.trigger_id,
        view=ask_form(text, body.value, channel, thread),
    )
    await ack()


async def _form(context: Context, ack: AsyncAck, body: SubmissionBody) -> None:
    where = json.loads(body.view.private_metadata)
    async with context.services.database.write() as connection:
        await enqueue(
            connection,
            source=body.view.id,
            team=body.team.id,
            place=Place(where["channel"], where["thread"], body.user.id),
            question=body.input(QUESTION) or "",
            job_id=where["job_id"],
        )
    await ack()


async def _ask(context: Context, work: Work) -> None:
    asked = work.task.payload
    place = Place(asked["channel"], asked["thread"], asked["user"])
    text = await context.text(place.user)
    question = str(asked["question"])
    if place.thread and asked["job_id"] is None:
        command = await commands.in_thread(context, asked["team"], place, question)
        if command is not None:
            await context.outbox.post(work, work.task.key, place, *command)
            return
    job = await _model(context, work)
    if job is None or not question:
        words = text("answer.no_model" if job is None else "command.help")
        await context.outbox.post(work, work.task.key, place, words, [section(words)])
        return
    if place.thread is None or asked["job_id"] is not None:
        # Nobody sees what was typed into a command or a form: say it for the others.
        blocks = question_blocks(text, place.user, job.fine_tuned_model or "", question)
        said = await context.outbox.post(
            work, f"question:{work.task.key}", place, escape(question), blocks
        )
        place = Place(place.channel, place.thread or said, place.user)
    try:
        await answer.stream(context, work, place, job, question)
    except ProviderError as error:
        if work.task.attempts >= _ATTEMPTS or not answer.may_succeed_later(error):
            await _say_failed(context, work, str(error))
            return
        raise


async def _model(context: Context, work: Work) -> jobs.Job | None:
    asked = work.task.payload
    if asked["job_id"]:
        async with context.services.database.read() as connection:
            return await jobs.get(connection, asked["job_id"])
    return await find_model(
        context.services, team=asked["team"], channel=asked["channel"], thread=asked["thread"]
    )


async def _say_failed(context: Context, work: Work, reason: str) -> None:
    asked = work.task.payload
    thread = asked["thread"] or await context.outbox.posted(f"question:{work.task.key}")
    place = Place(asked["channel"], thread, asked["user"])
    text = await context.text(place.user)
    job = await _model(context, work)
    model = (job.fine_tuned_model if job else None) or ""
    said = escape(await context.reason(place.user, reason))
    words = text("answer.failed", model=model, reason=said)
    await context.outbox.put(work, f"answer:{work.task.key}", place, words, [section(words)])
