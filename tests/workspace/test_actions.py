"""Buttons, selects and shortcuts."""

from typing import Any

import pytest

from tests.workspace.conftest import Client, Control, RefusedError
from tests.workspace.socket_app import NO_ACK, SocketApp
from tests.workspace.test_block_limits import actions, button, options, plain, section
from tests.workspace.test_views_methods import modal, opened, text_input

METADATA = {"event_type": "report", "event_payload": {"dataset": "d1"}}


async def posted(client: Client, *blocks: dict[str, Any], **where: str) -> str:
    answer = await client.chat_postMessage(
        channel="C0TUNING", text="x", blocks=blocks, metadata=METADATA, **where
    )
    return answer["ts"]


async def press(control: Control, ts: str, action_id: str, **more: Any) -> None:
    await control.post(
        "actions",
        user="U0BEN",
        channel="C0TUNING",
        message_ts=ts,
        action_id=action_id,
        **more,
    )


async def test_a_button_tells_who_pressed_what_where(
    client: Client, control: Control, app: SocketApp
):
    root = await control.say()
    go = button(action_id="go", value="dataset-1", style="primary")
    ts = await posted(client, actions(go) | {"block_id": "row"}, thread_ts=root)
    await press(control, ts, "go")
    payload = await app.next("block_actions")
    assert payload["user"] == {
        "id": "U0BEN",
        "username": "ben",
        "name": "ben",
        "team_id": "T0LOCAL",
    }
    assert payload["channel"] == {"id": "C0TUNING", "name": "tuning"}
    assert payload["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": "C0TUNING",
        "is_ephemeral": False,
        "thread_ts": root,
    }
    assert payload["message"]["ts"] == ts
    assert payload["message"]["metadata"] == METADATA
    assert payload["trigger_id"]
    assert payload["response_url"]
    (action,) = payload["actions"]
    assert action.pop("action_ts")
    assert action == {
        "type": "button",
        "action_id": "go",
        "block_id": "row",
        "text": plain(),
        "value": "dataset-1",
        "style": "primary",
    }


@pytest.mark.parametrize(
    ("element", "value", "expected"),
    [
        ({"type": "static_select", "options": options(3)}, "2", {"selected_option": options(3)[2]}),
        ({"type": "radio_buttons", "options": options(3)}, "1", {"selected_option": options(3)[1]}),
        ({"type": "overflow", "options": options(3)}, "0", {"selected_option": options(3)[0]}),
        (
            {"type": "checkboxes", "options": options(3)},
            ["0", "2"],
            {"selected_options": options(3)[::2]},
        ),
        (
            {"type": "multi_static_select", "options": options(3)},
            ["1"],
            {"selected_options": [options(3)[1]]},
        ),
        ({"type": "datepicker"}, "2026-05-04", {"selected_date": "2026-05-04"}),
        ({"type": "timepicker"}, "09:30", {"selected_time": "09:30"}),
        ({"type": "datetimepicker"}, 1_700_000_000, {"selected_date_time": 1_700_000_000}),
        ({"type": "users_select"}, "U0WEI", {"selected_user": "U0WEI"}),
        ({"type": "channels_select"}, "C0TUNING", {"selected_channel": "C0TUNING"}),
        ({"type": "multi_users_select"}, ["U0WEI"], {"selected_users": ["U0WEI"]}),
    ],
)
async def test_an_element_tells_what_was_picked(
    element: dict[str, Any],
    value: Any,
    expected: dict[str, Any],
    client: Client,
    control: Control,
    app: SocketApp,
):
    ts = await posted(client, actions({"action_id": "pick"} | element))
    await press(control, ts, "pick", value=value)
    (action,) = (await app.next("block_actions"))["actions"]
    assert action["type"] == element["type"]
    assert {key: action[key] for key in expected} == expected


async def test_grouped_options_and_accessories_are_found(
    client: Client, control: Control, app: SocketApp
):
    group = {"label": plain("Models"), "options": options(2)}
    select = {"type": "static_select", "action_id": "pick", "option_groups": [group]}
    ts = await posted(client, section(accessory=select))
    await press(control, ts, "pick", value="1")
    (action,) = (await app.next("block_actions"))["actions"]
    assert action["selected_option"]["value"] == "1"


async def test_feedback_buttons_tell_which_was_pressed(
    client: Client, control: Control, app: SocketApp
):
    rate = {
        "type": "feedback_buttons",
        "action_id": "rate",
        "positive_button": {"text": plain("Good"), "value": "up"},
        "negative_button": {"text": plain("Bad"), "value": "down"},
    }
    ts = await posted(client, {"type": "context_actions", "elements": [rate]})
    await press(control, ts, "rate", value="down")
    (action,) = (await app.next("block_actions"))["actions"]
    assert (action["value"], action["text"]["text"]) == ("down", "Bad")


async def test_state_holds_initial_values_and_what_this_person_picked_before(
    client: Client, control: Control, app: SocketApp
):
    first = {"type": "static_select", "action_id": "a", "options": options(3)}
    second = first | {"action_id": "b", "initial_option": options(3)[1]}
    ts = await posted(client, actions(first, second, button(action_id="go")) | {"block_id": "row"})
    await press(control, ts, "a", value="2")
    await press(control, ts, "go")
    state = (await app.next("block_actions", after=1))["state"]["values"]
    assert state["row"]["a"]["selected_option"]["value"] == "2"
    assert state["row"]["b"]["selected_option"]["value"] == "1"
    assert "go" not in state["row"]
    await control.post("actions", user="U0WEI", channel="C0TUNING", message_ts=ts, action_id="go")
    state = (await app.next("block_actions", after=2))["state"]["values"]
    assert state["row"]["a"]["selected_option"] is None


async def test_an_action_in_a_modal_carries_the_view(
    client: Client, control: Control, app: SocketApp
):
    view = await opened(
        client,
        control,
        app,
        modal(text_input("a", initial_value="x"), actions(button(action_id="go"))),
    )
    await control.post("actions", user="U0ALICE", view_id=view["id"], action_id="go")
    payload = await app.next("block_actions")
    assert payload["container"] == {"type": "view", "view_id": view["id"]}
    assert payload["view"]["id"] == view["id"]
    assert payload["view"]["state"]["values"]["a_block"]["a"]["value"] == "x"
    assert "message" not in payload
    assert "response_url" not in payload


async def test_an_input_tells_of_changes_only_with_dispatch_action(
    client: Client, control: Control, app: SocketApp
):
    loud = text_input("loud") | {"dispatch_action": True}
    view = await opened(client, control, app, modal(text_input("quiet"), loud))
    for name in ("quiet", "loud"):
        await control.post("actions", user="U0ALICE", view_id=view["id"], action_id=name, value="x")
    payload = await app.next("block_actions")
    assert payload["actions"][0]["action_id"] == "loud"
    assert payload["actions"][0]["value"] == "x"
    assert payload["view"]["state"]["values"]["quiet_block"]["quiet"]["value"] == "x"


async def test_an_ephemeral_message_has_working_buttons(
    client: Client, control: Control, app: SocketApp
):
    whisper = await client.chat_postEphemeral(
        channel="C0TUNING", user="U0BEN", text="x", blocks=[actions(button(action_id="go"))]
    )
    await press(control, whisper["message_ts"], "go")
    payload = await app.next("block_actions")
    assert payload["container"]["is_ephemeral"] is True


async def test_what_cannot_be_pressed_is_refused(client: Client, control: Control, app: SocketApp):
    twins = [actions(button(action_id="go")) | {"block_id": name} for name in ("one", "two")]
    select = {"type": "static_select", "action_id": "pick", "options": options(1)}
    moment = {"type": "datetimepicker", "action_id": "when"}
    ts = await posted(client, *twins, actions(select, moment))
    for action_id, more, code in (
        ("typo", {}, "action_not_found"),
        ("go", {}, "ambiguous_action"),
        ("go", {"block_id": "three"}, "action_not_found"),
        ("pick", {"value": "9"}, "invalid_value"),
        ("when", {"value": "noon"}, "invalid_value"),
    ):
        with pytest.raises(RefusedError) as caught:
            await press(control, ts, action_id, **more)
        assert caught.value.code == code
    await press(control, ts, "go", block_id="two")
    assert (await app.next("block_actions"))["actions"][0]["block_id"] == "two"


async def test_a_press_nobody_acknowledges_times_out(
    client: Client, control: Control, app: SocketApp
):
    ts = await posted(client, actions(button(action_id="go")))
    app.answer = lambda _: NO_ACK
    with pytest.raises(RefusedError) as caught:
        await press(control, ts, "go")
    assert caught.value.code == "operation_timeout"


async def test_a_message_shortcut_carries_the_message(
    client: Client, control: Control, app: SocketApp
):
    ts = await control.say("look at this")
    await control.post(
        "shortcuts", user="U0BEN", callback_id="check", channel="C0TUNING", message_ts=ts
    )
    payload = await app.next("message_action")
    assert payload["message"]["text"] == "look at this"
    assert payload["message_ts"] == ts
    assert payload["channel"]["id"] == "C0TUNING"
    assert payload["response_url"]


async def test_a_global_shortcut_can_open_a_modal(client: Client, control: Control, app: SocketApp):
    await control.post("shortcuts", user="U0BEN", callback_id="ask")
    payload = await app.next("shortcut")
    assert payload["callback_id"] == "ask"
    await client.views_open(trigger_id=payload["trigger_id"], view=modal())
    assert len(await control.modals("U0BEN")) == 1


async def test_unknown_shortcuts_and_missing_messages_are_refused(control: Control, app: SocketApp):
    for callback_id, code in (("nope", "unknown_shortcut"), ("check", "message_not_found")):
        with pytest.raises(RefusedError) as caught:
            await control.post("shortcuts", user="U0BEN", callback_id=callback_id)
        assert caught.value.code == code
