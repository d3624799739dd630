"""Commands, buttons, forms and shortcuts: done first, then acknowledged.

Slack never repeats one, so where it could not be done the person who sent it is told, within the
three seconds that Slack waits: nothing has happened then.
"""

import asyncio
import contextlib
import logging
import re
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from tunesmith.bot.errors import UserError
from tunesmith.bot.messages import Message, Text, say, text_for
from tunesmith.handlers.slack.blocks import Block
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.mrkdwn import escape
from tunesmith.handlers.slack.payloads import (
    ActionBody,
    CommandBody,
    ShortcutBody,
    SubmissionBody,
)
from tunesmith.handlers.slack.replies import (
    Reply,
    Screen,
    plain_reply,
    screen_of,
    show,
    tell_in_view,
)

_log = logging.getLogger(__name__)

Outcome = dict[str, str] | Block
"""What comes of a form: what is wrong, by block (nothing: it is done), or a form in its place."""

_DO_SECONDS = 2.3
_LOCALE_SECONDS = 0.4

B = TypeVar("B", bound=BaseModel)
R = TypeVar("R")


_Refuse = Callable[[Message], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Done(Generic[R]):
    """What a function returned."""

    value: R


class Interactions:
    """Binds what people do to functions. None of these acknowledges: what it was asked for is
    written when it returns, and nothing is where it raises.
    """

    def __init__(self, context: Context, app: AsyncApp) -> None:
        self._context = context
        self._app = app
        self._after_home: Callable[[Context, ActionBody], Awaitable[None]] | None = None
        self._refusing: set[asyncio.Task[None]] = set()

    def command(
        self, name: str, do: Callable[[Context, CommandBody], Awaitable[Reply | None]]
    ) -> None:
        """A slash command; the function's reply is shown to who typed it."""

        async def listener(ack: AsyncAck, body: dict[str, Any]) -> None:
            async def refuse(said: Message) -> None:
                await ack((await self._text(body))(said))

            if done := await self._do(do, CommandBody, body, refuse):
                words, blocks = done.value or ("", [])
                await ack(text=words, blocks=blocks or None)

        self._app.command(name)(listener)

    def action(self, action_id: str, do: Callable[[Context, ActionBody], Awaitable[None]]) -> None:
        """A button, or another element of a message."""

        async def listener(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
            await self._do_or_tell(ack, body, respond, do, ActionBody)

        self._app.action(action_id)(listener)

    def after_home(self, do: Callable[[Context, ActionBody], Awaitable[None]]) -> None:
        """What is done after a button of the Home tab: it shows what has changed."""
        self._after_home = do

    def in_place(
        self,
        action_id: re.Pattern[str],
        do: Callable[[Context, ActionBody, Screen], Awaitable[Reply | None]],
    ) -> None:
        """A button whose reply takes the place of what it stands in; one of the Home tab opens a
        modal. Where the function gives no reply, it has seen to it that one follows.
        """

        async def listener(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
            async def run(context: Context, read: ActionBody) -> None:
                screen = await screen_of(context, read)
                try:
                    reply = await do(context, read, screen)
                except UserError as error:
                    if screen.modal is None:
                        raise
                    reply = plain_reply((await context.text(read.user.id))(error.message))
                if reply is not None:
                    await show(context, screen, reply)

            await self._do_or_tell(ack, body, respond, run, ActionBody)

        self._app.action(action_id)(listener)

    def shortcut(
        self, callback_id: str, do: Callable[[Context, ShortcutBody], Awaitable[None]]
    ) -> None:
        """A message shortcut."""

        async def listener(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
            await self._do_or_tell(ack, body, respond, do, ShortcutBody)

        self._app.shortcut({"type": "message_action", "callback_id": callback_id})(listener)

    def form(
        self,
        callback_id: str,
        do: Callable[[Context, SubmissionBody], Awaitable[Outcome]],
    ) -> None:
        """A modal; it stays open with the errors that the function returns, by block, or as the
        form that it returns.
        """

        async def listener(ack: AsyncAck, body: dict[str, Any]) -> None:
            async def refuse(said: Message) -> None:
                text = (await self._text(body)).plain
                errors = {SubmissionBody.read(body).first_input: text(said)}
                await ack(response_action="errors", errors=errors)

            done = await self._do(do, SubmissionBody, body, refuse)
            if done is None:
                return
            if "blocks" in done.value:
                await ack(response_action="update", view=done.value)
            elif done.value:
                await ack(response_action="errors", errors=done.value)
            else:
                await ack()

        self._app.view(callback_id)(listener)

    async def _do_or_tell(
        self,
        ack: AsyncAck,
        body: dict[str, Any],
        respond: AsyncRespond,
        do: Callable[[Context, B], Awaitable[None]],
        model: type[B],
    ) -> None:
        async def end() -> None:
            await ack()
            if (body.get("view") or {}).get("type") == "home" and self._after_home:
                await self._after_home(self._context, ActionBody.read(body))

        async def refuse(said: Message) -> None:
            words = (await self._text(body))(said)
            if body.get("response_url"):
                await respond(
                    words,
                    response_type="ephemeral",
                    replace_original=False,
                    thread_ts=body.get("container", {}).get("thread_ts"),
                )
            elif body.get("type") == "block_actions" and body.get("view"):
                await tell_in_view(self._context, ActionBody.read(body), words)
            await end()

        if await self._do(do, model, body, refuse):
            await end()

    async def _do(
        self,
        do: Callable[[Context, B], Awaitable[R]],
        model: type[B],
        body: dict[str, Any],
        refuse: _Refuse,
    ) -> _Done[R] | None:
        """What the function returns. None where it failed, or took longer than Slack waits:
        `refuse` is told why. It runs in the listener's own task, for each step more waits for all
        that is due on the event loop.
        """
        task = asyncio.current_task()
        assert task is not None

        def be_late() -> None:
            # The function's end is not awaited: a database that hangs does not let go of it.
            task.cancel()
            refusing = asyncio.ensure_future(refuse(_our_fault(TimeoutError())))
            self._refusing.add(refusing)
            refusing.add_done_callback(self._refusing.discard)

        too_late = asyncio.get_running_loop().call_later(_DO_SECONDS, be_late)
        try:
            return _Done(await do(self._context, model.model_validate(body)))
        except UserError as error:
            said = error.message
        except Exception as error:  # noqa: BLE001 - who sent it is told of anything
            said = _our_fault(error)
        finally:
            too_late.cancel()
        await refuse(said)
        return None

    async def _text(self, body: dict[str, Any]) -> Text:
        """The reader's words, or English where Slack does not tell the locale at once."""
        user = str(body.get("user_id") or body.get("user", {}).get("id", ""))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LOCALE_SECONDS):
                return await self._context.text(user)
        return text_for(None).escaping(escape)


def _our_fault(error: BaseException) -> Message:
    reference = uuid.uuid4().hex[:8]
    _log.error("A listener failed (reference %s)", reference, exc_info=error)
    return say("common.nothing_happened", reference=reference)
