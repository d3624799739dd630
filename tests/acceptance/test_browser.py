"""The main job in a real browser: a person attaches, starts, and reads the answer."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.support.slice import TRAINING_SECONDS, small_file
from tests.support.world import World

pytestmark = [pytest.mark.acceptance, pytest.mark.browser]


@pytest.mark.asyncio(loop_scope="session")
async def test_a_person_attaches_a_file_starts_the_job_in_the_form_and_reads_the_answer(
    shared_world: World, browser: Browser, tmp_path: Path
) -> None:
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(30_000)
    page = await context.new_page()
    await page.goto(f"{shared_world.url}/?user=U0BEN#/C0TUNING")
    composer = page.get_by_role("combobox", name="Message #tuning")
    await page.get_by_label("Files", exact=True).set_input_files(
        small_file(tmp_path, "by-hand.jsonl", 15)
    )
    await composer.fill("please train this")
    await composer.press("Enter")

    attached = page.locator("#main [data-ts]").filter(has_text="by-hand.jsonl")
    await attached.get_by_role("link", name=re.compile("repl")).click()
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_text("is ready to train")).to_be_visible()
    await thread.get_by_role("button", name="Start").click()
    form = page.get_by_role("dialog", name="Start fine-tuning")
    await form.get_by_label("Epochs").fill("2")
    await form.get_by_label("Suffix").fill("by-hand")
    await form.get_by_role("button", name="Start").click()
    await expect(form).to_have_count(0)

    await expect(thread.get_by_text(re.compile(r"by-hand:\w+ is ready"))).to_be_visible(
        timeout=TRAINING_SECONDS * 1_000
    )
    await expect(thread.get_by_alt_text(re.compile("Training loss"))).to_be_visible(timeout=30_000)
    reply = page.get_by_role("combobox", name="Reply")
    await reply.fill("@tunesmith What is 3 plus one?")
    await reply.press("Enter")
    question = thread.locator("[data-ts]").filter(has_text="What is 3 plus one?")
    answer = thread.locator("[data-ts]").filter(
        has_text=re.compile(r"by-hand:\w+ · .* · \d+ \+ \d+ tokens")
    )
    await expect(question).to_be_visible()
    await expect(answer).to_be_visible()
    await context.close()
