"""The page and a workspace that comes and goes."""

from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Browser, expect

from tests.page.conftest import Desk, composer, message
from tests.workspace.conftest import Control
from tunesmith.local.workspace.server import running
from tunesmith.local.workspace.settings import Settings

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_after_a_restart_the_page_catches_up_and_keeps_what_is_being_written(
    browser: Browser, tmp_path: Path
) -> None:
    settings = Settings(data=tmp_path)
    async with AsyncExitStack() as exits, aiohttp.ClientSession() as session:
        async with running(settings) as ws:
            url = ws.base_url
            context = await browser.new_context()
            exits.push_async_callback(context.close)
            page = await context.new_page()
            await page.goto(f"{url}/?user=U0ALICE#/C0TUNING")
            await composer(page).fill("half a sen")
        await expect(page.get_by_text("Connection lost")).to_be_visible()

        async with running(settings, int(url.rpartition(":")[2])):
            await Control(session, url).say("said meanwhile", user="U0BEN")
            await expect(message(page, "said meanwhile")).to_be_visible()
            await expect(page.get_by_text("Connection lost")).to_be_hidden()
            await expect(composer(page)).to_have_value("half a sen")
            await expect(composer(page)).to_be_focused()


async def test_a_reset_empties_the_page(desk: Desk) -> None:
    await desk.control.say("old news")
    page = await desk.open()
    await expect(message(page, "old news")).to_be_visible()
    await desk.control.post("reset")
    await expect(page.locator("#main [data-ts]")).to_have_count(0)
