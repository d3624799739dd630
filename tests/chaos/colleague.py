"""Somebody at work in the workspace, who tries again where nothing happened, as people do."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import aiohttp

from tests.chaos.files import Attached
from tests.support.world import key
from tunesmith.bot.messages import LANGUAGES, text_for

Message = dict[str, Any]
Found = Callable[[Message], bool]

PATIENCE = 240.0
"""Seconds until somebody stops waiting for what they asked for."""

_LOOK = 0.4
_ASK_AGAIN = 8.0
_FORM_SECONDS = 10.0
_NOT_DELIVERED = frozenset({"dispatch_failed", "operation_timeout"})


class StoppedWaitingError(Exception):
    """What somebody asked for did not come within `PATIENCE`."""


class RefusedError(Exception):
    """The workspace refused what somebody did."""


@dataclass(slots=True)
class Colleague:
    """A person, in one channel at a time. A person has one stack of forms, so forms take turns."""

    session: aiohttp.ClientSession
    url: str
    user: str
    forms: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def attach(self, channel: str, files: list[Attached], thread: str | None = None) -> str:
        """Attach files; the `ts` of the message."""
        fields = {"user": self.user, "channel": channel, "text": "here"}
        form = aiohttp.FormData(fields | ({"thread_ts": thread} if thread else {}))
        for file in files:
            form.add_field("file", file.content, filename=file.name)
        return str((await self._call("POST", "files", data=form))["ts"])

    async def say(self, channel: str, text: str, thread: str | None = None) -> str:
        """Write; the `ts` of the message."""
        where = {"channel": channel} | ({"thread_ts": thread} if thread else {})
        return str((await self._act("messages", text=text, **where))["ts"])

    async def press(self, channel: str, message: Message, action: str) -> bool:
        """Press a button until the bot takes it. False where the button is gone."""
        where = {"channel": channel, "message_ts": message["ts"]}
        return await self._until_taken("actions", action_id=action, **where) is not None

    async def press_for(
        self,
        channel: str,
        message: Message,
        action: str,
        *,
        thread: str,
        what: str,
        found: Found,
    ) -> Message:
        """Press a button and wait for what comes of it; press again where the bot says to."""
        deadline = time.monotonic() + PATIENCE
        pressed = 0.0
        while time.monotonic() < deadline:
            if not pressed or await self._told_to_try_again(channel, pressed, thread):
                pressed = time.time()
                await self.press(channel, message, action)
            with contextlib.suppress(StoppedWaitingError):
                return await self.wait_for(what, channel, thread, found, seconds=_ASK_AGAIN)
        raise StoppedWaitingError(what)

    async def run_shortcut(self, channel: str, message: str) -> int:
        """Ask for the check of a message; how often, until the bot took it."""
        where = {"channel": channel, "message_ts": message}
        taken = await self._until_taken("shortcuts", callback_id="inspect_message", **where)
        assert taken is not None
        return taken

    async def command_for(
        self, channel: str, text: Callable[[int], str], found: Callable[[Message, int], bool]
    ) -> tuple[Message, int]:
        """Type a command until the message comes that it leads to; that, and how often.

        `text` is what is typed at each try, which `found` knows again. It is typed again where the
        bot did not take it, or said to.
        """
        deadline = time.monotonic() + PATIENCE
        tries, typed = 0, 0.0
        while time.monotonic() < deadline:
            if not typed or await self._told_to_try_again(channel, typed):
                tries, typed = tries + 1, time.time()
                try:
                    await self._act("commands", channel=channel, text=text(tries))
                except RefusedError:
                    typed = 0.0
                    await asyncio.sleep(1)
                    continue
            for message in await self.asked_by_command(channel):
                if found(message, tries):
                    return message, tries
            await asyncio.sleep(_ASK_AGAIN / 4)
        raise StoppedWaitingError(text(tries))

    @asynccontextmanager
    async def form(
        self, channel: str, message: Message, action: str
    ) -> AsyncGenerator[dict[str, Any]]:
        """Open the form behind a button, pressing until it opens; nobody else's forms meanwhile."""
        deadline = time.monotonic() + PATIENCE
        async with self.forms:
            while time.monotonic() < deadline:
                for modal in reversed(await self._modals()):
                    await self._act(f"views/{modal['id']}/close")
                await self.press(channel, message, action)
                opened = await self._opened()
                if opened is not None:
                    yield opened
                    return
        raise StoppedWaitingError(f"the form behind {action}")

    async def submit(self, modal: Mapping[str, Any], values: Mapping[str, str]) -> None:
        """Send a form until the bot takes it, or took another try of ours."""
        await self._until_taken(f"views/{modal['id']}/submit", values=dict(values))

    async def wait_for(
        self,
        what: str,
        channel: str,
        thread: str | None,
        found: Found,
        *,
        seconds: float = PATIENCE,
    ) -> Message:
        """The first message that `found` says yes to. Raises StoppedWaitingError."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for message in await self.messages(channel, thread):
                if found(message):
                    return message
            await asyncio.sleep(_LOOK)
        raise StoppedWaitingError(what)

    async def _told_to_try_again(
        self, channel: str, since: float, thread: str | None = None
    ) -> bool:
        """Whether the bot told this person, and nobody else, that something did not happen."""
        said: list[Message] = []
        for where in [{}, {"thread_ts": thread}] if thread else [{}]:
            params = {"channel": channel, "user": self.user, **where}
            said += (await self._call("GET", "messages", params=params))["messages"]
        told = [m for m in said if m.get("is_ephemeral") and float(m["ts"]) > since]
        return any(m.get("text") not in _gathered() for m in told)

    async def asked_by_command(self, channel: str) -> list[Message]:
        """The roots of a channel, and what stands in the threads that gather many questions."""
        roots = await self.messages(channel)
        threads = [m["ts"] for m in roots if key(m).startswith("questions:")]
        return [*roots, *[m for ts in threads for m in await self.messages(channel, ts)]]

    async def messages(self, channel: str, thread: str | None = None) -> list[Message]:
        """A thread with its root, or the roots of a channel."""
        params = {"channel": channel} | ({"thread_ts": thread} if thread else {})
        found: list[Message] = (await self._call("GET", "messages", params=params))["messages"]
        return found

    async def _opened(self) -> dict[str, Any] | None:
        deadline = time.monotonic() + _FORM_SECONDS
        while time.monotonic() < deadline:
            if modals := await self._modals():
                return modals[-1]
            await asyncio.sleep(0.1)
        return None

    async def _modals(self) -> list[dict[str, Any]]:
        found = await self._call("GET", "views", params={"user": self.user})
        return list(found["modals"])

    async def _until_taken(self, what: str, **values: Any) -> int | None:
        """Do it until the bot acknowledges it; after how many tries, None where it is gone."""
        deadline = time.monotonic() + PATIENCE
        tries = 0
        while time.monotonic() < deadline:
            tries += 1
            try:
                answer = await self._act(what, **values)
            except RefusedError as error:
                code = str(error)
                if code in {"action_not_found", "view_not_found"}:
                    return None
                if code not in _NOT_DELIVERED:
                    raise
            else:
                if not answer.get("errors"):  # a form's: the bot says that nothing happened
                    return tries
            await asyncio.sleep(1)
        raise StoppedWaitingError(f"{what} to be taken")

    async def _act(self, what: str, **values: Any) -> dict[str, Any]:
        return await self._call("POST", what, json={"user": self.user, **values})

    async def _call(self, method: str, what: str, **arguments: Any) -> dict[str, Any]:
        url = f"{self.url}/control/{what}"
        async with self.session.request(method, url, **arguments) as response:
            answer: dict[str, Any] = await response.json()
        if not answer.get("ok", True):
            raise RefusedError(str(answer.get("error")))
        return answer


@cache
def _gathered() -> list[str]:
    """What is told of a question that is answered in a thread with others, in each language."""
    return [text_for(language).plain("answer.gathered") for language in LANGUAGES]


def buttons(message: Message) -> tuple[str, ...]:
    """The buttons of a message, with `!` behind one that asks for confirmation."""
    return tuple(
        element["action_id"] + ("!" if "confirm" in element else "")
        for block in blocks(message)
        if block["type"] == "actions"
        for element in block["elements"]
    )


def blocks(message: Message) -> list[dict[str, Any]]:
    """The blocks of a message; none where it is plain text."""
    found: list[dict[str, Any]] = message.get("blocks") or []
    return found
