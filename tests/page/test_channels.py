"""Which channels a person sees on the page."""

import pytest
from playwright.async_api import expect

from tests.page.conftest import Desk, composer, message

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_private_channel_is_shown_to_its_members_only(desk: Desk) -> None:
    page = await desk.open("#/C0LAB")
    await expect(page.get_by_text("Only members see this channel.")).to_be_visible()
    await expect(page.locator("#sidebar .icon--lock")).to_have_count(1)
    await composer(page, "Message #lab").fill("#lab is new")
    await page.keyboard.press("Enter")
    await expect(message(page, "#lab is new")).to_be_visible()
    await desk.control.say("<#C0LAB> is where Alice is")

    ben = await desk.open("#/C0LAB", user="U0BEN")
    await expect(ben.get_by_role("heading", name="tuning", level=1)).to_be_visible()
    await expect(ben.get_by_role("link", name="lab")).to_have_count(0)
    await expect(message(ben, "#C0LAB is where Alice is")).to_be_visible()
    await desk.control.post("members", user="U0ALICE", channel="C0LAB", member="U0BEN")
    await ben.get_by_role("link", name="lab", exact=True).click()
    await expect(message(ben, "#lab is new")).to_be_visible()
