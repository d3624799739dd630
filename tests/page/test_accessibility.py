"""Names of controls, references, contrast in both themes, and the way through by keyboard."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Locator, Page, expect
from slack_sdk.socket_mode.request import SocketModeRequest

from tests.page.conftest import Desk, composer, message, payload_of
from tests.page.test_interaction import BUTTONS, FORM, plain
from tests.workspace.conftest import Json

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

AUDIT = (Path(__file__).parent / "audit.js").read_text(encoding="utf-8")
OPTIONS = [{"text": plain("One"), "value": "1"}, {"text": plain("Two"), "value": "2"}]


def gallery() -> list[Json]:
    """One of every block and control with text or a state of its own."""
    cell = {"type": "raw_text", "text": "cell"}
    points = [{"label": "a", "value": 1}, {"label": "b", "value": 2}]
    chart = {
        "type": "bar",
        "series": [{"name": "loss", "data": points}],
        "axis_config": {"categories": ["a", "b"]},
    }
    feedback = {"text": plain("Good"), "value": "1"}
    return [
        {"type": "header", "text": plain("Header")},
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": "`code` <@U0ALICE> <https://a.example|link> &gt; x"},
            "accessory": {"type": "overflow", "action_id": "more", "options": OPTIONS},
        },
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "small"}]},
        {"type": "markdown", "text": "# Title\n\n> quote\n\n- [ ] task\n\n```\ncode\n```"},
        {"type": "data_table", "caption": "Jobs", "page_size": 1, "rows": [[cell]] * 4},
        {"type": "data_visualization", "title": "Loss", "chart": chart},
        {
            "type": "actions",
            "elements": [
                {"type": "static_select", "action_id": "pick", "options": OPTIONS},
                {"type": "multi_static_select", "action_id": "picks", "options": OPTIONS},
                {"type": "checkboxes", "action_id": "boxes", "options": OPTIONS},
                {"type": "radio_buttons", "action_id": "radio", "options": OPTIONS},
                {"type": "datepicker", "action_id": "day"},
                {"type": "users_select", "action_id": "who"},
            ],
        },
        {
            "type": "context_actions",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "action_id": "feedback",
                    "positive_button": feedback,
                    "negative_button": feedback | {"value": "2"},
                }
            ],
        },
    ]


async def audit(page: Page) -> list[str]:
    return await page.evaluate(AUDIT)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_everything_has_a_name_and_can_be_read(
    desk: Desk, scheme: Literal["light", "dark"]
) -> None:
    async def answer(request: SocketModeRequest) -> None:
        payload = payload_of(request)
        if payload["type"] == "block_actions":
            await desk.slack.views_open(trigger_id=payload["trigger_id"], view=FORM)

    desk.app.answer = answer
    root = await desk.control.say("<@U0ALICE> look")
    await desk.control.attach({"a.jsonl": b"{}"}, user="U0ALICE", channel="C0TUNING")
    await desk.post("report", blocks=gallery())
    await desk.post("report", thread_ts=root, blocks=BUTTONS)
    await desk.slack.chat_postEphemeral(channel="C0TUNING", user="U0ALICE", text="psst")
    await desk.slack.reactions_add(channel="C0TUNING", timestamp=root, name="tada")
    page = await desk.open(f"#/C0TUNING/thread/{root}", scheme=scheme)
    await expect(page.get_by_role("button", name="Start")).to_be_visible()
    assert await audit(page) == []

    await composer(page).fill("/")
    await expect(page.get_by_role("option", name="/tune")).to_be_visible()
    assert await audit(page) == []
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Acting as").click()
    assert await audit(page) == []
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Start").click()
    form = page.get_by_role("dialog")
    await form.get_by_role("button", name="Start").click()
    await expect(form.locator(".error:not(:empty)")).to_have_count(2)
    assert await audit(page) == []


async def test_messages_are_one_stop_for_tab_and_walked_with_the_arrows(desk: Desk) -> None:
    for text in ("first", "second", "third"):
        await desk.control.say(text)
    page = await desk.open()
    focused = page.locator(":focus")
    await composer(page).focus()
    await page.keyboard.press("Shift+Tab")
    await expect(focused).to_contain_text("third")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Home")
    await expect(focused).to_contain_text("first")
    await page.keyboard.press("Tab")
    await expect(focused).to_have_attribute("aria-label", "Add a reaction")


async def test_the_first_press_of_tab_offers_a_way_to_the_message_box(desk: Desk) -> None:
    root = await desk.control.say("root")
    page = await desk.open()
    await page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to message box")
    await expect(link).to_be_focused()
    await expect(link).to_be_in_viewport()
    assert await audit(page) == []
    await page.keyboard.press("Enter")
    await expect(composer(page)).to_be_focused()
    await page.goto(f"{desk.url}/?user=U0ALICE#/C0TUNING/thread/{root}")
    await link.focus()
    await page.keyboard.press("Enter")
    await expect(composer(page, "Reply")).to_be_focused()
    await page.goto(f"{desk.url}/?user=U0ALICE#/home")
    await expect(link).to_be_hidden()


async def presses_to(page: Page, target: Locator, most: int, key: str = "Tab") -> int:
    """How often Tab must be pressed until the target has the focus."""
    for presses in range(1, most + 1):
        await page.keyboard.press(key)
        if await target.evaluate("node => node === document.activeElement"):
            return presses
    raise AssertionError(f"not reached within {most} presses")


async def test_the_message_box_is_as_near_with_many_messages_as_with_one(desk: Desk) -> None:
    first = await desk.post("report", blocks=gallery())
    await desk.post("start", blocks=BUTTONS)
    alone = await desk.open()
    # Channels, direct messages, Home, the person, one message with its button and three tools.
    few = await presses_to(alone, composer(alone), most=18)
    for number in range(15):
        await desk.post(f"report {number}", blocks=gallery())
        await desk.post(f"start {number}", blocks=BUTTONS)
    await expect(message(alone, "Start")).to_have_count(16)
    crowded = await desk.open()
    await desk.slack.chat_update(channel="C0TUNING", ts=first, text="edited", blocks=gallery())
    await expect(message(crowded, "(edited)")).to_have_count(1)
    assert await presses_to(crowded, composer(crowded), most=18) == few


async def test_the_controls_of_every_message_are_reached_by_keyboard(desk: Desk) -> None:
    for text in ("first", "second", "third"):
        await desk.post(text, blocks=[{"type": "markdown", "text": text}, *BUTTONS])
    page = await desk.open()
    await composer(page).focus()
    newest = page.locator("#main [data-ts]").last
    assert await presses_to(page, newest, most=4, key="Shift+Tab") > 1
    focused = page.locator(":focus")
    for text in ("second", "first"):
        await page.keyboard.press("ArrowUp")
        await expect(focused).to_contain_text(text)
        start = message(page, text).get_by_role("button", name="Start")
        assert await presses_to(page, start, most=1) == 1
        await page.keyboard.press("Shift+Tab")
    # Those of the others take a click as ever.
    await message(page, "third").get_by_role("button", name="Start").click()
    await expect(message(page, "third").get_by_role("button", name="Start")).to_be_focused()


async def test_new_messages_are_announced_once(desk: Desk) -> None:
    page = await desk.open()
    await desk.control.say("hello *there*", user="U0BEN")
    log = page.get_by_role("log", name="New messages")
    await expect(log.get_by_text("Ben Okafor: hello there")).to_have_count(1)
    await desk.control.say("my own")
    await desk.control.say("another", user="U0BEN")
    await expect(log.locator("p")).to_have_count(2)


async def test_a_narrow_window_shows_one_pane_at_a_time(desk: Desk) -> None:
    root = await desk.control.say("root")
    page = await desk.open(f"#/C0TUNING/thread/{root}")
    await page.set_viewport_size({"width": 380, "height": 700})
    await expect(page.locator("#thread")).to_be_visible()
    await expect(page.locator("#main")).to_be_hidden()
    await page.get_by_role("button", name="Close thread").click()
    await expect(page.get_by_role("link", name="general")).to_be_hidden()
    await page.get_by_role("button", name="Channels").click()
    await page.get_by_role("link", name="general").click()
    await expect(page.get_by_role("heading", name="general", level=1)).to_be_visible()
    await expect(page.get_by_role("link", name="random")).to_be_hidden()
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 380
