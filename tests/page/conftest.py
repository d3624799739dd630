"""A running workspace with an app, and a browser to look at it."""

import shutil
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Error, Locator, Page, async_playwright
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from tests.workspace.conftest import MANIFEST, Control, Json, web_client
from tests.workspace.socket_app import SocketApp
from tunesmith.local.workspace.server import running
from tunesmith.local.workspace.settings import Settings

_ARGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Desk:
    """What a test works with. `problems` are errors in the browser's console: none at the end."""

    url: str
    control: Control
    app: SocketApp
    slack: AsyncWebClient
    browser: Browser
    exits: AsyncExitStack
    problems: list[str] = field(default_factory=list[str])

    async def open(
        self,
        place: str = "#/C0TUNING",
        user: str = "U0ALICE",
        scheme: Literal["dark", "light"] = "light",
    ) -> Page:
        """The page as a person sees it, in a browser of their own."""
        context = await self.browser.new_context(
            viewport={"width": 1280, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
        )
        self.exits.push_async_callback(context.close)
        context.set_default_timeout(10_000)
        page = await context.new_page()
        page.on("console", self._note)
        page.on("pageerror", self._note_error)
        await page.goto(f"{self.url}/?user={user}{place}")
        await page.locator("#main .pane").wait_for()
        return page

    async def post(self, text: str, **more: Any) -> str:
        """The app posts in #tuning; returns the message's `ts`."""
        return ts_of(await self.slack.chat_postMessage(channel="C0TUNING", text=text, **more))

    def expect_problem(self, text: str) -> None:
        """There were errors in the console, all of this kind."""
        assert self.problems
        self.problems = [problem for problem in self.problems if text not in problem]

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(message.text)

    def _note_error(self, error: Error) -> None:
        self.problems.append(str(error))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncGenerator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no chromium on this machine")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium, args=_ARGS)
        yield launched
        await launched.close()


@pytest_asyncio.fixture(loop_scope="session")
async def desk(browser: Browser) -> AsyncGenerator[Desk]:
    async with AsyncExitStack() as exits:
        settings = Settings(
            manifest=MANIFEST, retry_delays=(), share_seconds=0.05, trigger_seconds=30
        )
        ws = await exits.enter_async_context(running(settings))
        session = await exits.enter_async_context(aiohttp.ClientSession())
        slack = web_client(ws.base_url, session)
        app = await exits.enter_async_context(SocketApp.connected(slack))
        control = Control(session, ws.base_url)
        opened = Desk(ws.base_url, control, app, slack, browser, exits)
        yield opened
        assert opened.problems == []


def composer(page: Page, name: str = "Message #tuning") -> Locator:
    """The box in which a person writes."""
    return page.get_by_role("combobox", name=name)


def message(page: Page, text: str, pane: str = "#main") -> Locator:
    """The message with this text."""
    return page.locator(f"{pane} [data-ts]").filter(has_text=text)


def ts_of(response: AsyncSlackResponse) -> str:
    """The `ts` of what was posted."""
    return cast("Json", response.data)["ts"]


def payload_of(request: SocketModeRequest) -> Json:
    """What the workspace told the app."""
    return cast("Json", request.payload)
