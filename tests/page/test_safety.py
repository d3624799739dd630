"""Nothing that people, files or apps write is ever run or taken for markup."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.page.conftest import Desk, composer

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

EVIL = '"\'><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
LINKS = (
    "<javascript:window.hacked=1|one> <data:text/html,x|two> [three](javascript:window.hacked=1)"
)
FOREIGN = """
() => [
  ...document.querySelectorAll("#app script, #app iframe, #app object, #app [src=x]"),
  ...[...document.querySelectorAll("*")].filter((node) =>
    [...node.attributes].some(({ name, value }) =>
      name.startsWith("on") || /^\\s*(javascript|data):/i.test(value))),
].map((node) => node.outerHTML)
"""


def text(kind: str = "plain_text") -> dict[str, Any]:
    return {"type": kind, "text": EVIL}


def blocks() -> list[dict[str, Any]]:
    chart = {
        "type": "line",
        "series": [{"name": "<svg onload=1>", "data": [{"label": "<b>", "value": 1}]}],
        "axis_config": {"categories": ["<b>"]},
    }
    rich = {"type": "rich_text_section", "elements": [{"type": "text", "text": EVIL}]}
    return [
        {"type": "header", "text": text()},
        {"type": "section", "text": text("mrkdwn"), "fields": [text("mrkdwn"), text()]},
        {"type": "section", "text": {"type": "mrkdwn", "text": LINKS}},
        {"type": "markdown", "text": f"{EVIL}\n\n{LINKS}\n\n```{EVIL}\n{EVIL}\n```"},
        {"type": "rich_text", "elements": [rich]},
        {"type": "table", "rows": [[{"type": "raw_text", "text": EVIL}]]},
        {"type": "data_visualization", "title": "<img src=x>", "chart": chart},
        {"type": "context", "elements": [text("mrkdwn")]},
        {
            "type": "actions",
            "elements": [
                {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "<i>"}},
                {
                    "type": "static_select",
                    "action_id": "b",
                    "options": [{"text": {"type": "plain_text", "text": "<i>"}, "value": EVIL}],
                },
            ],
        },
    ]


async def test_markup_in_text_blocks_and_file_names_stays_text(desk: Desk) -> None:
    name = "<img src=x onerror=alert(1)>.jsonl"
    svg = (
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="window.hacked=1"><script>1</script></svg>'
    )
    await desk.post(EVIL, blocks=blocks())
    page = await desk.open()
    await page.get_by_label("Files", exact=True).set_input_files(
        [
            {"name": name, "mimeType": "application/json", "buffer": b"{}"},
            {"name": "picture.svg", "mimeType": "image/svg+xml", "buffer": svg},
        ]
    )
    await composer(page).fill(EVIL)
    await page.keyboard.press("Enter")

    await expect(page.locator("#main [data-ts]")).to_have_count(2)
    await expect(page.locator("#main [data-ts]").last.get_by_text(name, exact=True)).to_be_visible()
    await expect(page.get_by_role("heading", name=EVIL)).to_be_visible()
    assert await page.evaluate(FOREIGN) == []
    assert await page.evaluate("window.hacked") is None


async def test_a_script_smuggled_into_the_page_is_refused_by_its_policy(desk: Desk) -> None:
    page = await desk.open()
    await page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.hacked = 1";
          document.body.append(script);
        }"""
    )
    assert await page.evaluate("window.hacked") is None
    desk.expect_problem("Content Security Policy")
