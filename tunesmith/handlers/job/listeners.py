"""Somebody starts a job with the Start button, or steers jobs with `/tune`."""

from tunesmith.bot.jobs import request_cancel
from tunesmith.handlers.comparison.listeners import open_from_command
from tunesmith.handlers.dataset.blocks import START
from tunesmith.handlers.job import choosing, commands, form_listeners, row_losses
from tunesmith.handlers.job.blocks import CANCEL
from tunesmith.handlers.job.form_listeners import open_form
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.interactions import Interactions
from tunesmith.handlers.slack.payloads import ActionBody, CommandBody
from tunesmith.handlers.slack.replies import Reply, Screen
from tunesmith.handlers.slack.thread import ThreadRef, Where

COMMAND = "/tune"


def register(interactions: Interactions) -> None:
    """Listen to the command, the buttons and the form."""
    interactions.command(COMMAND, _command)
    interactions.action(START, _start)
    form_listeners.register(interactions)
    interactions.action(CANCEL, _cancel)
    commands.register(interactions)
    choosing.register(interactions)
    row_losses.register(interactions)


async def _command(context: Context, body: CommandBody) -> Reply | None:
    word, _, name = body.text.strip().partition(" ")
    if word.lower() == "start":
        where = Where(body.team_id, body.channel_id)
        dataset = await commands.file_to_start(context, where, name.strip(" `"))
        if dataset is not None:
            await open_form(context, body.trigger_id, body.user_id, dataset)
            return None
    if word.lower() == "compare" and not name.strip():
        await open_from_command(context, body)
        return None
    ref = ThreadRef(body.channel_id, None, body.user_id)
    screen = Screen(response_url=body.response_url, replaces=False)
    source = body.trigger_id
    return await commands.run(context, body.team_id, ref, body.text, screen, source=source)


async def _start(context: Context, body: ActionBody) -> None:
    dataset = await context.dataset_at(body.where, body.value)
    await open_form(context, body.trigger_id, body.user.id, dataset)


async def _cancel(context: Context, body: ActionBody) -> None:
    job = await context.job_at(body.where, body.value)
    person = await context.people.person(body.user.id)
    await request_cancel(context.services, job.id, person)
