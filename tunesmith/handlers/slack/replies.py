"""What a command or a button answers with, and where that is shown."""

import logging

import aiohttp
from pydantic import BaseModel, ValidationError

from tunesmith.bot.errors import SlackError
from tunesmith.bot.messages import say
from tunesmith.bot.queue import Retry
from tunesmith.handlers.slack.blocks import Block, plain, section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.payloads import ActionBody
from tunesmith.handlers.slack.web_api import asked_to_wait

Reply = tuple[str, list[Block]]
"""Words, and the blocks that show them (none: the words alone)."""

_TITLE = "Tunesmith"
_TIMEOUT = aiohttp.ClientTimeout(total=10)

_log = logging.getLogger(__name__)


class Screen(BaseModel):
    """Where a reply is shown: in a modal, or by way of a `response_url`, which replaces the message
    that a button stands in; Slack takes five of those within half an hour. One that replaces
    nothing stands in that `thread`.
    """

    modal: str | None = None
    response_url: str | None = None
    replaces: bool = True
    thread: str | None = None


class _View(BaseModel):
    id: str


class _Opened(BaseModel):
    view: _View


def plain_reply(words: str) -> Reply:
    """A reply of words alone."""
    return words, [section(words)]


async def screen_of(context: Context, body: ActionBody) -> Screen:
    """Where the reply to a button belongs; of the Home tab, a modal that is opened for it."""
    if body.response_url or body.modal:
        return Screen(modal=body.modal, response_url=body.response_url)
    text = await context.text(body.user.id)
    view = _modal([section(text("command.moment"))])
    answer = await context.outbox.call("views.open", trigger_id=body.trigger_id, view=view)
    try:
        return Screen(modal=_Opened.model_validate(answer).view.id)
    except ValidationError as error:
        raise Retry(say("common.slack_unreadable")) from error


def beside(body: ActionBody) -> Screen:
    """Where only who pressed a button of a message reads the reply, in the thread of that."""
    thread = body.container.thread_ts
    return Screen(response_url=body.response_url, replaces=False, thread=thread)


async def show(context: Context, screen: Screen, reply: Reply) -> None:
    """Show a reply. Raises Retry where Slack can't be reached; what it refuses is logged."""
    words, blocks = reply
    if screen.modal:
        try:
            view = _modal(blocks or [section(words)])
            await context.outbox.call("views.update", view_id=screen.modal, view=view)
        except SlackError as error:  # somebody has closed it
            _log.info("A modal was not brought up to date: %s", error.code)
    elif screen.response_url:
        body = {"text": words, "blocks": blocks, "replace_original": screen.replaces}
        if screen.thread:
            body["thread_ts"] = screen.thread
        await _respond(context, screen.response_url, {**body, "response_type": "ephemeral"})


async def tell_in_view(context: Context, body: ActionBody, words: str) -> None:
    """Say something to who pressed a button in a view, which has no `response_url`."""
    method = "views.push" if body.modal else "views.open"
    try:
        view = _modal([section(words)])
        await context.outbox.call(method, trigger_id=body.trigger_id, view=view)
    except (SlackError, Retry) as error:  # its time was up
        _log.warning("What stands against a button was not told: %s", error)


async def _respond(context: Context, url: str, body: dict[str, object]) -> None:
    try:
        async with context.outbox.request("POST", url, json=body, timeout=_TIMEOUT) as response:
            status = response.status
            if status == 429:
                raise asked_to_wait(response)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Retry(say("common.slack_no_answer", method="response_url")) from error
    if status >= 500:
        raise Retry(say("common.slack_trouble", code=str(status)))
    if status != 200:
        _log.warning("A reply was refused with HTTP %d", status)


def _modal(blocks: list[Block]) -> Block:
    return {"type": "modal", "title": plain(_TITLE), "blocks": blocks}
