"""The bot's handlers behind their real HTTP server, in the test's own process, with a workspace
that they call and a connected provider; the queue runs nothing.
"""

import json
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from slack_sdk.signature import SignatureVerifier
from sqlalchemy import func, select

from tests.support.bot import bolt_app, services_of
from tests.support.workspaces import UNHURRIED
from tests.support.world import free_port
from tunesmith import handlers
from tunesmith.bot import listening
from tunesmith.bot.providers.openai_client import OpenAIClient
from tunesmith.bot.services import Services
from tunesmith.handlers.slack import http
from tunesmith.local.workspace.server import running
from tunesmith.local.workspace.settings import SIGNING_SECRET
from tunesmith.local.workspace.workspace import Workspace
from tunesmith.storage.database import Database
from tunesmith.storage.tables import feedback, jobs, tasks

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

    async def interact(self, payload: dict[str, Any]) -> tuple[int, str]:
        """Post a payload as Slack sends buttons, forms and shortcuts."""
        return await self.post(urlencode({"payload": json.dumps(payload)}).encode(), kind=FORM)

    def calls(self) -> list[str]:
        """The methods of Slack's that it has called."""
        return [str(call["method"]) for call in self.workspace.calls.list()]

    async def done(self) -> tuple[int, ...]:
        """How much has happened: what was written, and forms that were shown."""
        async with self.services.database.read() as connection:
            rows = [
                (await connection.execute(select(func.count()).select_from(table))).scalar_one()
                for table in (tasks, jobs, feedback)
            ]
        return *rows, self.calls().count("views.open")


@pytest.fixture
async def stack() -> AsyncGenerator[AsyncExitStack]:
    """What ends with the test."""
    async with AsyncExitStack() as exits:
        yield exits


@pytest.fixture
def read_seconds() -> float:
    """How long a request may take to arrive."""
    return 1.0


@pytest.fixture
async def bot(
    tmp_path: Path,
    database: Database,
    stack: AsyncExitStack,
    monkeypatch: pytest.MonkeyPatch,
    read_seconds: float,
) -> Bot:
    """The handlers, as `tunesmith run` serves them."""
    monkeypatch.setattr(listening, "READ_SECONDS", read_seconds)
    workspace = await stack.enter_async_context(running(UNHURRIED))
    services = services_of(tmp_path, database, f"{workspace.base_url}/api/")
    trainer = services.catalogue.providers["local"]
    client = OpenAIClient("local", trainer, base_url="http://127.0.0.1:9/v1", api_key="k")
    stack.push_async_callback(client.close)
    services = replace(services, providers={"local": client})
    app = await stack.enter_async_context(bolt_app(services))
    handlers.register(app, services)
    port = free_port()
    serving = http.serving(app, signing_secret=SIGNING_SECRET, host="127.0.0.1", port=port)
    await stack.enter_async_context(serving)
    session = await stack.enter_async_context(aiohttp.ClientSession())
    return Bot(port, session, workspace, services)
