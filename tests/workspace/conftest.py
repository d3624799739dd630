"""A running workspace, the official clients, and people."""

import io
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeAlias, cast

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.workspace.socket_app import SocketApp
from tunesmith.local.workspace.server import running
from tunesmith.local.workspace.settings import Settings
from tunesmith.local.workspace.workspace import Workspace

MANIFEST = Path(__file__).parent / "manifest.yml"

Json = dict[str, Any]
# An AsyncWebClient; its stubs give answers no type that could be indexed.
Client: TypeAlias = Any


class RefusedError(Exception):
    """The control API said no."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(body)
        self.status = status
        self.code = body["error"]


class Control:
    """The control API, as a test uses it."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session = session
        self.url = url

    async def get(self, path: str, **query: str) -> Json:
        return await self._call("GET", path, params=query)

    async def post(self, path: str, **body: Any) -> Json:
        return await self._call("POST", path, json=body)

    async def delete(self, path: str, **query: str) -> Json:
        return await self._call("DELETE", path, params=query)

    async def attach(self, files: dict[str, bytes], **fields: str) -> Json:
        form = aiohttp.FormData(fields, quote_fields=False)  # names as browsers send them
        for name, content in files.items():
            form.add_field("file", io.BytesIO(content), filename=name)
        return await self._call("POST", "files", data=form)

    async def say(
        self, text: str = "hello", user: str = "U0ALICE", channel: str = "C0TUNING"
    ) -> str:
        return (await self.post("messages", user=user, channel=channel, text=text))["ts"]

    async def messages(self, channel: str = "C0TUNING", **query: str) -> list[Json]:
        return (await self.get("messages", channel=channel, **query))["messages"]

    async def modals(self, user: str = "U0ALICE") -> list[Json]:
        return (await self.get("views", user=user))["modals"]

    async def _call(self, verb: str, path: str, **how: Any) -> Json:
        async with self.session.request(verb, f"{self.url}/control/{path}", **how) as response:
            body = await response.json()
            if response.status != 200:
                raise RefusedError(response.status, body)
            return body


@pytest.fixture
async def stack() -> AsyncGenerator[AsyncExitStack]:
    """What ends with the test."""
    async with AsyncExitStack() as exits:
        yield exits


@pytest.fixture
async def session(stack: AsyncExitStack) -> aiohttp.ClientSession:
    return await stack.enter_async_context(aiohttp.ClientSession())


@pytest.fixture
def settings() -> Settings:
    """Slack's rules with short times; a module overrides this to change them."""
    return Settings(
        manifest=MANIFEST,
        retry_delays=(0.0, 0.05, 0.1),
        ack_seconds=1.0,
        trigger_seconds=30.0,
        share_seconds=0.05,
    )


@pytest.fixture
async def ws(stack: AsyncExitStack, settings: Settings) -> Workspace:
    return await stack.enter_async_context(running(settings))


@pytest.fixture
def client(ws: Workspace, session: aiohttp.ClientSession) -> Client:
    return web_client(ws.base_url, session)


@pytest.fixture
def control(ws: Workspace, session: aiohttp.ClientSession) -> Control:
    return Control(session, ws.base_url)


@pytest.fixture
async def app(stack: AsyncExitStack, client: Client) -> SocketApp:
    """An app connected over Socket Mode that acknowledges everything, until told otherwise."""
    return await stack.enter_async_context(SocketApp.connected(client))


def web_client(base_url: str, session: aiohttp.ClientSession, token: str = "xoxb-local") -> Client:
    return AsyncWebClient(
        token=token, base_url=f"{base_url}/api/", session=session, retry_handlers=[]
    )


async def refusal(call: Any) -> Json:
    """The answer of a Web API call that must be refused."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return cast("Any", caught.value).response.data
