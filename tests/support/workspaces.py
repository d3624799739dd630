"""A local workspace in this process, and the bot's client for it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from tests.support.world import ROOT
from tunesmith.local.workspace.server import running
from tunesmith.local.workspace.settings import Settings

CHANNEL = "C0TUNING"
UNHURRIED = Settings(manifest=ROOT / "manifest.yml", ack_seconds=30, trigger_seconds=30)
"""Slack's rules, but for the three seconds: a busy machine may take longer to answer."""


@dataclass(frozen=True, slots=True)
class LocalWorkspace:
    """`client` is Any: its own annotations are incomplete."""

    client: Any
    session: aiohttp.ClientSession
    url: str

    async def fault(self, method: str, kind: str, times: int = 1, **how: Any) -> None:
        """Let the next calls of a method fail (docs/local-workspace.md)."""
        await self._post("faults", {"method": method, "kind": kind, "times": times, **how})

    async def keep_limits(self) -> None:
        """Let Slack's rate limits apply from now on."""
        await self._post("limits", {"on": True})

    async def calls(self, method: str) -> list[dict[str, Any]]:
        """The calls of a method so far."""
        url = f"{self.url}/control/calls"
        async with self.session.get(url, params={"method": method}) as response:
            found: list[dict[str, Any]] = (await response.json())["calls"]
        return found

    async def _post(self, path: str, body: dict[str, Any]) -> None:
        async with self.session.post(f"{self.url}/control/{path}", json=body) as response:
            assert response.status == 200, await response.text()


@asynccontextmanager
async def local_workspace() -> AsyncGenerator[LocalWorkspace]:
    """A workspace that is gone at the end of the block."""
    async with running(Settings()) as ws, aiohttp.ClientSession() as session:
        client = AsyncWebClient("xoxb-local", base_url=f"{ws.base_url}/api/", session=session)
        yield LocalWorkspace(client, session, ws.base_url)
