from typing import Any

import pytest
from playwright.async_api import expect
from slack_sdk.socket_mode.request import SocketModeRequest

from tests.page.conftest import Desk, composer, message, payload_of
from tests.workspace.conftest import Json

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def text_input(block_id: str, label: str, **element: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": block_id} | element
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element}


FORM: Json = {
    "type": "modal",
    "title": plain("Start a job"),
    "submit": plain("Start"),
    "close": plain("Cancel"),
    "blocks": [
        {"type": "section", "text": plain("One example is enough.")},
        text_input("suffix", "Suffix"),
        {
            "type": "input",
            "block_id": "model",
            "label": plain("Base model"),
            "element": {
                "type": "static_select",
                "action_id": "model",
                "options": [
                    {"text": plain("Tiny"), "value": "t", "description": plain("runs here")},
                    {"text": plain("Large"), "value": "l", "description": plain("runs elsewhere")},
                ],
            },
        },
        text_input(
            "epochs", "Epochs", type="number_input", is_decimal_allowed=False, max_value="50"
        )
        | {"optional": True, "hint": plain("at most 50")},
        {
            "type": "input",
            "block_id": "people",
            "optional": True,
            "label": plain("Reviewers"),
            "element": {"type": "multi_users_select", "action_id": "people"},
        },
    ],
}
BUTTONS: list[Json] = [
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": "start",
                "text": plain("Start"),
                "style": "primary",
                "value": "ds_1",
            },
            {
                "type": "button",
                "action_id": "drop",
                "text": plain("Discard"),
                "style": "danger",
                "confirm": {
                    "title": plain("Discard it?"),
                    "text": plain("The file goes."),
                    "confirm": plain("Yes"),
                    "deny": plain("No"),
                },
            },
        ],
    }
]


async def test_a_button_reaches_the_app_but_a_declined_confirmation_does_not(desk: Desk) -> None:
    await desk.post("report", blocks=BUTTONS)
    page = await desk.open(user="U0BEN")
    await page.get_by_role("button", name="Start").click()
    pressed = await desk.app.next("block_actions")
    assert (pressed["user"]["id"], pressed["actions"][0]["value"]) == ("U0BEN", "ds_1")

    discard = page.get_by_role("button", name="Discard")
    await discard.click()
    await page.get_by_role("dialog", name="Discard it?").get_by_role("button", name="No").click()
    await expect(discard).to_be_focused()
    await discard.click()
    await page.get_by_role("dialog").get_by_role("button", name="Yes").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    asked = await desk.app.all("block_actions", 2)
    assert [payload["actions"][0]["action_id"] for payload in asked] == ["start", "drop"]


async def test_a_form_shows_errors_at_their_fields_keeps_the_rest_and_closes(desk: Desk) -> None:
    async def answer(request: SocketModeRequest) -> Json | None:
        payload = payload_of(request)
        if payload["type"] == "block_actions":
            await desk.slack.views_open(trigger_id=payload["trigger_id"], view=FORM)
        if payload["type"] != "view_submission":
            return None
        values = payload["view"]["state"]["values"]
        if values["suffix"]["suffix"]["value"] == "taken":
            return {"response_action": "errors", "errors": {"suffix": "This name is taken."}}
        return None

    desk.app.answer = answer
    await desk.post("report", blocks=BUTTONS)
    page = await desk.open()
    start = page.get_by_role("button", name="Start")
    await start.click()
    form = page.get_by_role("dialog", name="Start a job")
    suffix = form.get_by_label("Suffix")
    await expect(suffix).to_be_focused()

    submit = form.get_by_role("button", name="Start")
    await form.get_by_label("Epochs").fill("99")
    await submit.click()
    await expect(form.get_by_label("Epochs")).to_have_attribute("aria-invalid", "true")
    await form.get_by_label("Epochs").fill("3")
    await submit.click()  # Suffix and base model are still empty: refused before the app sees it.
    await expect(suffix).to_be_focused()
    await expect(form.locator(".error:not(:empty)")).to_have_count(2)

    await form.get_by_label("Base model").select_option(label="Tiny")
    await expect(form.get_by_text("runs here")).to_be_visible()
    await form.get_by_role("button", name="Reviewers").click()
    await page.get_by_role("checkbox", name="Li Wei").check()
    await page.keyboard.press("Escape")
    await expect(form).to_be_visible()
    await suffix.fill("taken")
    await page.keyboard.press("Enter")
    await expect(form.get_by_text("This name is taken.")).to_be_visible()
    await suffix.fill("barista")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(start).to_be_focused()

    values = desk.app.of("view_submission")[-1]["view"]["state"]["values"]
    assert values["suffix"]["suffix"]["value"] == "barista"
    assert values["model"]["model"]["selected_option"]["value"] == "t"
    assert values["epochs"]["epochs"]["value"] == "3"
    assert values["people"]["people"]["selected_users"] == ["U0WEI"]


async def test_stacked_forms_return_to_what_was_typed_and_escape_closes_one(desk: Desk) -> None:
    second = {"type": "modal", "title": plain("Second"), "blocks": [text_input("why", "Why")]}

    async def answer(request: SocketModeRequest) -> Json | None:
        payload = payload_of(request)
        if payload["type"] == "shortcut":
            await desk.slack.views_open(trigger_id=payload["trigger_id"], view=first)
        if payload["type"] == "view_submission":
            return {"response_action": "push", "view": second | {"submit": plain("Go")}}
        return None

    first = FORM | {"blocks": [text_input("suffix", "Suffix"), text_input("note", "Note")]}
    desk.app.answer = answer
    page = await desk.open()
    await page.get_by_role("button", name="Shortcuts").click()
    await page.get_by_role("menuitem", name="Ask").click()
    await page.get_by_label("Suffix").fill("barista")
    await page.get_by_label("Note").fill("first try")
    await page.get_by_role("dialog").get_by_role("button", name="Start").click()
    await expect(page.get_by_role("dialog", name="Second").get_by_label("Why")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="Start a job")).to_be_visible()
    await expect(page.get_by_label("Note")).to_have_value("first try")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert await desk.control.modals() == []


async def test_a_form_that_the_app_changes_while_someone_types_keeps_text_and_caret(
    desk: Desk,
) -> None:
    each_letter = {"trigger_actions_on": ["on_character_entered"]}
    field = text_input("ask", "Question", dispatch_action_config=each_letter)
    field["dispatch_action"] = True
    form = FORM | {"blocks": [field]}

    async def answer(request: SocketModeRequest) -> None:
        payload = payload_of(request)
        if payload["type"] == "shortcut":
            await desk.slack.views_open(trigger_id=payload["trigger_id"], view=form)
        if payload["type"] == "block_actions":
            seen = {"type": "section", "text": plain(f"saw {payload['actions'][0]['value']}")}
            view = form | {"blocks": [seen, field]}
            await desk.slack.views_update(view_id=payload["view"]["id"], view=view)

    desk.app.answer = answer
    page = await desk.open()
    await page.get_by_role("button", name="Shortcuts").click()
    await page.get_by_role("menuitem", name="Ask").click()
    await expect(page.get_by_label("Question")).to_be_focused()
    for letter in "abc":
        await page.keyboard.press(letter)
        await expect(page.get_by_text(f"saw {'abc'[: 'abc'.index(letter) + 1]}")).to_be_visible()
    await expect(page.get_by_label("Question")).to_have_value("abc")
    await expect(page.get_by_label("Question")).to_be_focused()


async def test_a_command_is_completed_and_sent_with_the_keyboard_alone(desk: Desk) -> None:
    def answer(request: SocketModeRequest) -> Json | None:
        return {"text": "nothing *runs*"} if request.type == "slash_commands" else None

    desk.app.answer = answer
    page = await desk.open()
    other = await desk.open(user="U0BEN")
    await composer(page).focus()
    await page.keyboard.type("/t")
    option = page.get_by_role("option", name="/tune")
    await expect(option).to_have_attribute("aria-selected", "true")
    await expect(option.get_by_text("[start | jobs]")).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(composer(page)).to_have_value("/tune ")
    await expect(page.get_by_role("status").get_by_text("[start | jobs]")).to_be_visible()
    await page.keyboard.type("jobs")
    await page.keyboard.press("Enter")

    private = message(page, "nothing runs")
    await expect(private.get_by_text("Only visible to you")).to_be_visible()
    command = await desk.app.next("slash_commands")
    assert (command["command"], command["text"]) == ("/tune", "jobs")
    await expect(composer(page)).to_have_value("")
    await expect(composer(page)).to_be_focused()
    await expect(message(other, "nothing runs")).to_have_count(0)

    await page.keyboard.type("/nonsense")
    await page.keyboard.press("Enter")
    await expect(
        page.get_by_role("alert").filter(has_text="/nonsense did not work")
    ).to_be_visible()
    await expect(composer(page)).to_have_value("/nonsense")
    desk.expect_problem("status of 4")


async def test_an_app_that_is_away_is_named_as_the_reason(desk: Desk) -> None:
    await desk.post("report", blocks=BUTTONS)
    page = await desk.open()
    await desk.app.socket.close()
    await page.get_by_role("button", name="Start").click()
    await expect(page.get_by_role("alert").filter(has_text="app is not connected")).to_be_visible()
    desk.expect_problem("status of 4")


async def test_the_home_tab_is_asked_for_and_shown(desk: Desk) -> None:
    async def answer(request: SocketModeRequest) -> None:
        payload = payload_of(request)
        event: Json = payload.get("event", {})
        if event.get("type") == "app_home_opened":
            blocks = [{"type": "header", "text": plain(f"Models of {event['user']}")}]
            view = {"type": "home", "blocks": blocks}
            await desk.slack.views_publish(user_id=event["user"], view=view)

    desk.app.answer = answer
    page = await desk.open()
    await page.get_by_role("link", name="tunesmith Home").click()
    await expect(page.get_by_role("heading", name="Models of U0ALICE")).to_be_visible()
    await page.get_by_role("button", name="Acting as").click()
    await page.get_by_role("menuitemradio", name="Ben Okafor").click()
    await expect(page.get_by_role("heading", name="Models of U0BEN")).to_be_visible()


async def test_a_message_shortcut_carries_its_message(desk: Desk) -> None:
    ts = await desk.control.say("a file?")
    page = await desk.open()
    await page.locator(f'[data-ts="{ts}"]').focus()
    await page.keyboard.press("Tab")  # to the first tool of the focused message
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.keyboard.press("End")
    await page.keyboard.press("Enter")
    shortcut = await desk.app.next("message_action")
    assert (shortcut["callback_id"], shortcut["message"]["ts"]) == ("check", ts)
