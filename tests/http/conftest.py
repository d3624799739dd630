"""The bot's handlers behind their real HTTP server, in the test's own process, with a workspace
that they call; the queue runs nothing.
"""

import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

from tests.support.world import ROOT, free_port
from tunesmith import handlers
from tunesmith.bot.app import slack_client
from tunesmith.bot.processes import Processes
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.bot.queue import Queue
from tunesmith.bot.services import Services
from tunesmith.bot.settings import Settings, SlackSettings
from tunesmith.handlers.slack import http
from tunesmith.local.workspace.server import running
from tunesmith.local.workspace.settings import SIGNING_SECRET
from tunesmith.local.workspace.settings import Settings as WorkspaceSettings
from tunesmith.local.workspace.workspace import Workspace
from tunesmith.storage.database import Database

FORM = "application/x-www-form-urlencoded"


def signature(body: bytes, stamp: str, secret: str = SIGNING_SECRET) -> str:
    """What Slack would sign that body with at that time."""
    made = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)
    assert made is not None
    return made


@dataclass
class Bot:
    """The running server; `workspace` is what it calls."""

    port: int
    session: aiohttp.ClientSession
    workspace: Workspace
    services: Services

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{http.PATH}"

    async def post(
        self, body: bytes, headers: dict[str, str] | None = None, *, kind: str = "application/json"
    ) -> tuple[int, str]:
        """Post a body, signed unless `headers` say otherwise; status and text come back."""
        if headers is None:
            stamp = str(int(time.time()))
            headers = {
                "X-Slack-Request-Timestamp": stamp,
                "X-Slack-Signature": signature(body, stamp),
            }
        headers = {"Content-Type": kind, **headers}
        async with self.session.post(self.url, data=body, headers=headers) as response:
            return response.status, await response.text()

    def calls(self) -> list[str]:
        """The methods of Slack's that it has called."""
        return [str(call["method"]) for call in self.workspace.calls.list()]


@pytest.fixture
async def stack() -> AsyncGenerator[AsyncExitStack]:
    """What ends with the test."""
    async with AsyncExitStack() as exits:
        yield exits


@pytest.fixture
async def bot(
    tmp_path: Path, database: Database, stack: AsyncExitStack, monkeypatch: pytest.MonkeyPatch
) -> Bot:
    """The handlers, as `tunesmith run` serves them; a request has a second to arrive."""
    monkeypatch.setattr(http, "READ_SECONDS", 1.0)
    manifest = WorkspaceSettings(manifest=ROOT / "manifest.yml")
    workspace = await stack.enter_async_context(running(manifest))
    slack = SlackSettings(bot_token=SecretStr("xoxb-local"), api_url=f"{workspace.base_url}/api/")
    settings = Settings(data_dir=tmp_path, slack=slack)
    services = Services(settings, load_catalogue(), database, Queue(database), {}, Processes())
    client = await stack.enter_async_context(slack_client(settings))
    app = AsyncApp(name="tunesmith", client=client, request_verification_enabled=False)
    handlers.register(app, services)
    port = free_port()
    serving = http.serving(app, signing_secret=SIGNING_SECRET, host="127.0.0.1", port=port)
    await stack.enter_async_context(serving)
    session = await stack.enter_async_context(aiohttp.ClientSession())
    return Bot(port, session, workspace, services)
