import struct
import zlib

import pytest
from playwright.async_api import expect

from tests.page.conftest import Desk, composer, message, ts_of

# The end moves away before the event of an earlier scroll comes, as when a picture loads.
GROW = """() => {
  const tall = document.createElement("li");
  tall.style.height = "700px";
  document.querySelector("#main .messages").append(tall);
  document.querySelector("#main .scroller").dispatchEvent(new Event("scroll"));
}"""

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_attached_files_are_posted_with_the_text_and_can_be_downloaded(desk: Desk) -> None:
    page = await desk.open()
    await page.get_by_label("Files", exact=True).set_input_files(
        [
            {"name": "데이터.jsonl", "mimeType": "application/json", "buffer": b'{"a": 1}\n'},
            {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"second"},
        ]
    )
    await page.get_by_role("button", name="Remove notes.txt").click()
    await composer(page).fill("the data")
    await page.keyboard.press("Enter")

    posted = message(page, "the data")
    await expect(posted.get_by_text("9 B")).to_be_visible()
    async with page.expect_download() as download:
        await posted.get_by_role("link", name="Download 데이터.jsonl").click()
    assert (await (await download.value).path()).read_bytes() == b'{"a": 1}\n'
    event = await desk.app.next("message")
    assert [file["name"] for file in event["event"]["files"]] == ["데이터.jsonl"]


async def test_a_picture_is_shown_in_place_and_large_on_click(desk: Desk) -> None:
    page = await desk.open()
    await desk.control.attach({"loss.png": _png()}, user="U0BEN", channel="C0TUNING", text="loss")
    picture = message(page, "loss").get_by_role("img", name="loss.png")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1

    await page.get_by_role("button", name="Enlarge: loss.png").click()
    await expect(page.get_by_role("dialog", name="loss.png")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_second_person_sees_a_message_at_once_and_as_unread(desk: Desk) -> None:
    alice = await desk.open()
    minji = await desk.open("#/C0GENERAL", user="U0MINJI")
    await composer(alice).fill("@Kim Minji 확인해 주세요 & see #general first")
    await alice.keyboard.press("Enter")

    link = minji.get_by_role("link", name="tuning 1 unread")
    await expect(link).to_be_visible()
    await expect(minji).to_have_title("(1) #general · Local workspace")
    await link.click()
    seen = message(minji, "확인해 주세요 & see #general first")
    await expect(seen.locator(".mention--me")).to_have_text("@Kim Minji")
    await expect(minji.get_by_role("link", name="unread")).to_have_count(0)
    await expect(minji.locator(".divider--new")).to_be_visible()


async def test_a_reply_in_a_thread_counts_at_its_root_and_a_link_opens_it(desk: Desk) -> None:
    root = await desk.control.say("who reviews?")
    page = await desk.open(user="U0BEN")
    await message(page, "who reviews?").hover()
    await page.get_by_role("button", name="Reply in thread").click()
    await composer(page, "Reply").fill("I do")
    await page.keyboard.press("Enter")
    await expect(message(page, "I do", "#thread")).to_be_visible()
    await expect(message(page, "I do")).to_have_count(0)
    await expect(page.get_by_role("link", name="1 reply")).to_be_visible()

    other = await desk.open(f"#/C0TUNING/thread/{root}", user="U0WEI")
    await expect(message(other, "I do", "#thread")).to_be_visible()
    await composer(other, "Reply").press("Escape")
    await expect(other.locator("#thread")).to_be_hidden()

    await other.goto(f"{desk.url}/?user=U0WEI#/C0TUNING/thread/1.000001")
    await expect(other.get_by_role("alert").filter(has_text="no message")).to_be_visible()
    await expect(other).to_have_url(f"{desk.url}/?user=U0WEI#/C0TUNING")
    desk.expect_problem("status of 404")


async def test_a_streamed_answer_grows_and_loses_its_cursor_at_the_end(desk: Desk) -> None:
    root = await desk.control.say("how often?")
    page = await desk.open(f"#/C0TUNING/thread/{root}")
    stream = await desk.slack.chat_startStream(
        channel="C0TUNING", thread_ts=root, recipient_user_id="U0ALICE", recipient_team_id="T0LOCAL"
    )
    cursor = page.locator("#thread .cursor")
    await expect(cursor).to_be_visible()
    ts = ts_of(stream)
    await desk.slack.chat_appendStream(channel="C0TUNING", ts=ts, markdown_text="Every **200 c")
    await expect(page.locator("#thread").get_by_text("Every **200 c")).to_be_visible()
    await desk.slack.chat_appendStream(channel="C0TUNING", ts=ts, markdown_text="ups**.\n\n- soft")
    await expect(page.locator("#thread strong")).to_have_text("200 cups")
    await expect(page.locator("#thread li li")).to_have_text("soft")
    await desk.slack.chat_stopStream(channel="C0TUNING", ts=ts)
    await expect(cursor).to_have_count(0)


async def test_edits_deletions_and_reactions_show_at_once(desk: Desk) -> None:
    page = await desk.open()
    ts = await desk.post("step 1")
    await expect(message(page, "step 1")).to_be_visible()
    await desk.slack.chat_update(channel="C0TUNING", ts=ts, text="step 2")
    await expect(message(page, "step 2").get_by_text("(edited)")).to_be_visible()
    await expect(message(page, "step 1")).to_have_count(0)

    await message(page, "step 2").hover()
    await page.get_by_role("button", name="Add a reaction").click()
    await page.get_by_role("button", name="tada").click()
    await expect(page.get_by_role("button", name="tada, 1, by Alice Meyer")).to_be_visible()
    await page.get_by_role("button", name="tada, 1, by Alice Meyer").click()
    await expect(page.locator(".reaction")).to_have_count(0)

    await desk.slack.chat_delete(channel="C0TUNING", ts=ts)
    await expect(page.locator("#main [data-ts]")).to_have_count(0)


async def test_a_deleted_root_leaves_its_place_and_its_thread_at_once(desk: Desk) -> None:
    page = await desk.open()
    root = await desk.post("a question")
    reply = await desk.post("an answer", thread_ts=root)
    await expect(message(page, "a question").get_by_text("1 reply")).to_be_visible()
    await desk.slack.chat_delete(channel="C0TUNING", ts=root)
    left = message(page, "This message was deleted.")
    await expect(left.get_by_text("Slackbot")).to_be_visible()
    await left.get_by_text("1 reply").click()
    await expect(message(page, "an answer", "#thread")).to_be_visible()
    await desk.slack.chat_delete(channel="C0TUNING", ts=reply)
    await expect(page.locator("#main [data-ts]")).to_have_count(0)


async def test_another_person_has_their_own_direct_messages_and_drafts(desk: Desk) -> None:
    page = await desk.open("#/D0ALICE")
    await composer(page, "Message tunesmith").fill("only mine")
    await page.keyboard.press("Enter")
    await expect(message(page, "only mine")).to_be_visible()
    await composer(page, "Message tunesmith").fill("a draft")

    await page.get_by_role("button", name="Acting as Alice Meyer").click()
    await page.get_by_role("menuitemradio", name="Li Wei").click()
    await expect(page).to_have_url(f"{desk.url}/?user=U0WEI#/D0WEI")
    await expect(message(page, "only mine")).to_have_count(0)
    await expect(composer(page, "Message tunesmith")).to_have_value("")
    await page.reload()
    await expect(page.get_by_role("button", name="Acting as Li Wei")).to_be_visible()


async def test_the_newest_message_stays_in_sight_until_someone_scrolls_up(desk: Desk) -> None:
    for number in range(30):
        await desk.control.say(f"message {number}", user="U0BEN")
    page = await desk.open()
    await desk.control.attach({"tall.png": _png(300)}, user="U0BEN", channel="C0TUNING")
    await expect(page.get_by_role("img", name="tall.png")).to_be_in_viewport(ratio=1)
    jump = page.get_by_role("button", name="New messages")
    await expect(jump).to_be_hidden()
    await page.evaluate(GROW)
    await expect(page.get_by_role("img", name="tall.png")).not_to_be_in_viewport(ratio=1)
    await expect(jump).to_be_hidden()
    await desk.control.say("the end", user="U0BEN")
    await expect(message(page, "the end")).to_be_in_viewport()

    await page.locator("#main .scroller").hover()
    await page.mouse.wheel(0, -600)
    await expect(message(page, "the end")).not_to_be_in_viewport()
    await desk.control.say("one more", user="U0BEN")
    await jump.click()
    await expect(message(page, "one more")).to_be_in_viewport()
    await expect(jump).to_be_hidden()


def _png(size: int = 1) -> bytes:
    """A black square."""
    header = struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes((size + 1) * size))
    chunks = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
