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


async def test_people_from_outside_are_marked_and_have_no_commands(desk: Desk) -> None:
    await desk.control.say("from Northwind", user="U0NORA", channel="C0PARTNERS")
    await desk.control.say("from a guest", user="U0GITA", channel="C0PARTNERS")
    page = await desk.open("#/C0PARTNERS", user="U0NORA")
    await expect(page.get_by_text("Shared with Northwind.")).to_be_visible()
    await expect(message(page, "from Northwind").locator(".badge")).to_have_text("Northwind")
    await expect(message(page, "from a guest").locator(".badge")).to_have_text("Guest")
    await expect(page.get_by_role("link", name="tunesmith Home")).to_have_count(0)
    await composer(page, "Message #partners").fill("/")
    await expect(page.get_by_role("option")).to_have_count(0)
    await page.goto(f"{desk.url}/?user=U0NORA#/home")
    await expect(page.get_by_role("heading", name="partners", level=1)).to_be_visible()
