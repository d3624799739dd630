"""A colleague in the local workspace, acting through its control API (docs/local-workspace.md)."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from tunesmith.bot.cli.demo.processes import DemoError
from tunesmith.bot.messages import Message as Words
from tunesmith.bot.messages import say

Message = dict[str, Any]
"""A message in Slack, as the workspace tells it."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a channel. `name` is shown, `user` and `channel` are Slack's ids."""

    session: aiohttp.ClientSession
    url: str
    user: str
    name: str
    channel: str

    async def attach(self, files: list[Path], text: str) -> str:
        """Attach files in the channel; returns the message's `ts`."""
        form = aiohttp.FormData({"user": self.user, "channel": self.channel, "text": text})
        for file in files:
            form.add_field("file", file.read_bytes(), filename=file.name)
        return str((await self._call("POST", "files", data=form))["ts"])

    async def say(self, text: str, thread: str) -> str:
        """Write into a thread; returns the message's `ts`."""
        answer = await self._act("messages", channel=self.channel, text=text, thread_ts=thread)
        return str(answer["ts"])

    async def command(self, text: str) -> None:
        """Type a slash command; while the app is still starting, type it again."""
        deadline = time.monotonic() + 60
        while True:
            try:
                await self._act("commands", channel=self.channel, text=text)
            except DemoError:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.2)
            else:
                return

    async def press(self, message: Message, action: str) -> Any:
        """Press a button; returns the modal that it opens."""
        await self._act("actions", channel=self.channel, message_ts=message["ts"], action_id=action)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            modals = (await self._call("GET", "views", params={"user": self.user}))["modals"]
            if modals:
                return modals[-1]
            await asyncio.sleep(0.05)
        raise DemoError(say("cli.demo.no_form", name=self.name))

    async def submit(self, modal: Any, values: Mapping[str, str | list[str]]) -> None:
        """Fill in and submit a modal. Raises DemoError where it was refused."""
        answer = await self._act(f"views/{modal['id']}/submit", values=values)
        if answer.get("errors"):
            raise DemoError(say("cli.demo.form_refused", errors=str(answer["errors"])))

    async def choose(self, modal: Any, action: str, value: str) -> None:
        """Choose something in a modal, or type it."""
        await self._act("actions", view_id=modal["id"], action_id=action, value=value)

    async def messages(self, thread: str | None = None) -> list[Message]:
        """What stands in the channel, or in a thread of it."""
        params = {"channel": self.channel, "user": self.user}
        if thread:
            params["thread_ts"] = thread
        found: list[Message] = (await self._call("GET", "messages", params=params))["messages"]
        return found

    async def wait_for(
        self,
        what: str | Words,
        found: Callable[[Message], bool],
        *,
        thread: str | None = None,
        seconds: float = 60,
    ) -> Message:
        """The first message that `found` says yes to. Raises DemoError after `seconds`.

        `what` names it for people.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for message in await self.messages(thread):
                if found(message):
                    return message
            await asyncio.sleep(0.1)
        raise DemoError(say("cli.demo.nothing_came", what=what, seconds=seconds))

    async def _act(self, what: str, **values: Any) -> Any:
        return await self._call("POST", what, json={"user": self.user, **values})

    async def _call(self, method: str, what: str, **arguments: Any) -> Any:
        url = f"{self.url}/control/{what}"
        async with self.session.request(method, url, **arguments) as response:
            answer = await response.json()
        if not answer.get("ok", True) and not answer.get("errors"):
            error = str(answer.get("error"))
            raise DemoError(say("cli.demo.refused", what=what, error=error))
        return answer
