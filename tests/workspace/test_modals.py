"""Filling in, submitting and closing modals."""

from typing import Any

import pytest

from tests.workspace.conftest import Client, Control, RefusedError
from tests.workspace.socket_app import NO_ACK, SocketApp
from tests.workspace.test_block_limits import options, plain, section
from tests.workspace.test_views_methods import modal, opened, text_input
from tunesmith.local.workspace.workspace import Workspace


async def submit(control: Control, view_id: str, **values: Any) -> dict[str, Any]:
    return await control.post(f"views/{view_id}/submit", user="U0ALICE", values=values)


def optional(block: dict[str, Any]) -> dict[str, Any]:
    return block | {"optional": True}


def choice(kind: str, name: str, **parts: Any) -> dict[str, Any]:
    return text_input(name) | {"element": {"type": kind, "action_id": name} | parts}


async def test_a_submission_carries_what_was_filled_in_and_initial_values(
    client: Client, control: Control, app: SocketApp
):
    view = await opened(
        client,
        control,
        app,
        modal(
            text_input("suffix", initial_value="mine"),
            text_input("note"),
            optional(text_input("empty")),
            choice("static_select", "model", options=options(3), initial_option=options(3)[1]),
            choice("multi_static_select", "tags", options=options(3)),
            choice("checkboxes", "checks", options=options(2)),
            optional(choice("radio_buttons", "radio", options=options(2))),
            choice("datepicker", "day"),
            choice("users_select", "who", initial_user="U0WEI"),
            choice("number_input", "epochs", is_decimal_allowed=False),
        ),
    )
    result = await submit(
        control, view["id"], note="n", tags=["0", "2"], checks=["1"], day="2026-01-02", epochs=3
    )
    assert result["response_action"] is None
    payload = await app.next("view_submission")
    assert payload["user"]["id"] == "U0ALICE"
    assert payload["view"]["callback_id"] == "form"
    values = payload["view"]["state"]["values"]
    assert values["suffix_block"]["suffix"] == {"type": "plain_text_input", "value": "mine"}
    assert values["note_block"]["note"]["value"] == "n"
    assert values["empty_block"]["empty"] == {"type": "plain_text_input", "value": None}
    assert values["model_block"]["model"]["selected_option"]["value"] == "1"
    assert [o["value"] for o in values["tags_block"]["tags"]["selected_options"]] == ["0", "2"]
    assert [o["value"] for o in values["checks_block"]["checks"]["selected_options"]] == ["1"]
    assert values["radio_block"]["radio"] == {"type": "radio_buttons", "selected_option": None}
    assert values["day_block"]["day"]["selected_date"] == "2026-01-02"
    assert values["who_block"]["who"]["selected_user"] == "U0WEI"
    assert values["epochs_block"]["epochs"]["value"] == "3"
    assert await control.modals() == []


async def test_values_may_be_given_by_block(client: Client, control: Control, app: SocketApp):
    twins = [text_input("name"), text_input("name") | {"block_id": "second"}]
    view = await opened(client, control, app, modal(*twins))
    await submit(control, view["id"], name_block={"name": "one"}, second={"name": "two"})
    values = (await app.next("view_submission"))["view"]["state"]["values"]
    assert values["name_block"]["name"]["value"] == "one"
    assert values["second"]["name"]["value"] == "two"


async def test_required_inputs_left_empty_never_reach_the_app(
    client: Client, control: Control, app: SocketApp
):
    view = await opened(client, control, app, modal(text_input("a"), text_input("b")))
    result = await submit(control, view["id"], a="x")
    assert result["response_action"] == "errors"
    assert list(result["errors"]) == ["b_block"]
    assert app.of("view_submission") == []
    (kept,) = await control.modals()
    assert kept["state"]["values"]["a_block"]["a"]["value"] == "x"


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ({"type": "number_input", "is_decimal_allowed": False, "min_value": "1"}, "0"),
        ({"type": "number_input", "is_decimal_allowed": False, "max_value": "5"}, "6"),
        ({"type": "number_input", "is_decimal_allowed": False}, "1.5"),
        ({"type": "number_input", "is_decimal_allowed": True}, "abc"),
        ({"type": "email_text_input"}, "not an address"),
        ({"type": "url_text_input"}, "not a url"),
        ({"type": "plain_text_input", "min_length": 3}, "ab"),
        ({"type": "plain_text_input", "max_length": 3}, "abcd"),
        (
            {"type": "multi_static_select", "options": options(3), "max_selected_items": 1},
            ["0", "1"],
        ),
    ],
)
async def test_values_slacks_client_refuses_never_reach_the_app(
    element: dict[str, Any], value: Any, client: Client, control: Control, app: SocketApp
):
    block = text_input("a") | {"element": {"action_id": "a"} | element}
    view = await opened(client, control, app, modal(block))
    result = await submit(control, view["id"], a=value)
    assert list(result["errors"]) == ["a_block"]
    assert app.of("view_submission") == []


async def test_the_app_may_answer_with_errors(client: Client, control: Control, app: SocketApp):
    view = await opened(client, control, app, modal(text_input("a")))
    app.answer = lambda _: {"response_action": "errors", "errors": {"a_block": "Too bold."}}
    result = await submit(control, view["id"], a="x")
    assert result["response_action"] == "errors"
    assert result["errors"] == {"a_block": "Too bold."}
    assert len(await control.modals()) == 1


async def test_the_app_may_answer_with_another_view(
    client: Client, control: Control, app: SocketApp
):
    view = await opened(client, control, app, modal(text_input("a")))
    app.answer = lambda _: {"response_action": "update", "view": modal(title=plain("Next"))}
    await submit(control, view["id"], a="x")
    (shown,) = await control.modals()
    assert (shown["id"], shown["title"]["text"]) == (view["id"], "Next")
    assert shown["hash"] != view["hash"]


async def test_the_app_may_push_and_later_clear(client: Client, control: Control, app: SocketApp):
    view = await opened(client, control, app, modal(text_input("a")))
    app.answer = lambda _: {"response_action": "push", "view": modal(title=plain("On top"))}
    await submit(control, view["id"], a="x")
    below, top = await control.modals()
    assert (below["id"], top["previous_view_id"]) == (view["id"], view["id"])
    with pytest.raises(RefusedError) as caught:
        await submit(control, below["id"])
    assert caught.value.code == "not_topmost"
    app.answer = lambda _: {"response_action": "clear"}
    await submit(control, top["id"])
    assert await control.modals() == []


async def test_a_bare_acknowledgement_closes_only_the_topmost(
    client: Client, control: Control, app: SocketApp
):
    view = await opened(client, control, app, modal(text_input("a")))
    app.answer = lambda _: {"response_action": "push", "view": modal()}
    await submit(control, view["id"], a="x")
    app.answer = lambda _: None
    await submit(control, (await control.modals())[-1]["id"])
    assert [v["id"] for v in await control.modals()] == [view["id"]]


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "errors", "errors": {"no_such_block": "x"}},
        {"response_action": "errors"},
        {"response_action": "dance"},
    ],
    ids=["bad view", "unknown block", "no errors", "unknown action"],
)
async def test_a_wrong_answer_is_an_error_and_keeps_the_modal(
    answer: dict[str, Any], client: Client, control: Control, app: SocketApp
):
    view = await opened(client, control, app, modal(text_input("a")))
    app.answer = lambda _: answer
    with pytest.raises(RefusedError) as caught:
        await submit(control, view["id"], a="x")
    assert caught.value.code == "invalid_response"
    assert len(await control.modals()) == 1


async def test_a_submission_nobody_acknowledges_times_out_and_keeps_the_modal(
    ws: Workspace, client: Client, control: Control, app: SocketApp
):
    view = await opened(client, control, app, modal(text_input("a")))
    app.answer = lambda _: NO_ACK
    with pytest.raises(RefusedError) as caught:
        await submit(control, view["id"], a="x")
    assert caught.value.code == "operation_timeout"
    assert len(await control.modals()) == 1


async def test_an_update_keeps_what_was_typed_into_inputs_that_stay(
    client: Client, control: Control, app: SocketApp
):
    view = await opened(client, control, app, modal(text_input("a"), text_input("b")))
    for name in ("a", "b"):
        await control.post(
            "actions", user="U0ALICE", view_id=view["id"], action_id=name, value=name
        )
    updated = await client.views_update(
        view_id=view["id"], view=modal(text_input("a"), text_input("c"))
    )
    values = updated["view"]["state"]["values"]
    assert values["a_block"]["a"]["value"] == "a"
    assert values["c_block"]["c"]["value"] is None
    assert "b_block" not in values


async def test_closing_tells_the_app_only_where_it_wants_to_know(
    client: Client, control: Control, app: SocketApp
):
    silent = await opened(client, control, app, modal())
    await control.post(f"views/{silent['id']}/close", user="U0ALICE")
    view = await opened(client, control, app, modal(notify_on_close=True))
    await control.post(f"views/{view['id']}/close", user="U0ALICE")
    closed = await app.next("view_closed")
    assert (closed["view"]["id"], closed["is_cleared"]) == (view["id"], False)
    assert len(app.of("view_closed")) == 1
    assert await control.modals() == []


async def test_clear_on_close_closes_the_whole_stack(
    client: Client, control: Control, app: SocketApp
):
    view = await opened(client, control, app, modal(text_input("a"), notify_on_close=True))
    on_top = modal(clear_on_close=True, notify_on_close=True)
    app.answer = lambda _: {"response_action": "push", "view": on_top}
    await submit(control, view["id"], a="x")
    app.answer = lambda _: None
    await control.post(f"views/{(await control.modals())[-1]['id']}/close", user="U0ALICE")
    assert await control.modals() == []
    closed = await app.all("view_closed", 2)
    assert all(payload["is_cleared"] for payload in closed)


async def test_a_conversation_select_can_give_the_app_a_response_url(
    client: Client, control: Control, app: SocketApp
):
    select = choice(
        "conversations_select",
        "where",
        initial_conversation="C0TUNING",
        response_url_enabled=True,
    )
    view = await opened(client, control, app, modal(select))
    await submit(control, view["id"])
    (url,) = (await app.next("view_submission"))["response_urls"]
    assert (url["channel_id"], url["action_id"]) == ("C0TUNING", "where")


async def test_a_file_input_carries_whole_file_objects(
    client: Client, control: Control, app: SocketApp
):
    private = await control.attach({"a.csv": b"1,2"}, user="U0ALICE")
    view = await opened(client, control, app, modal(choice("file_input", "files")))
    await submit(control, view["id"], files=[private["files"][0]["id"]])
    values = (await app.next("view_submission"))["view"]["state"]["values"]
    (file,) = values["files_block"]["files"]["files"]
    assert (file["name"], file["filetype"]) == ("a.csv", "csv")
    assert await control.messages() == []


async def test_nobody_submits_another_persons_modal(
    client: Client, control: Control, app: SocketApp
):
    view = await opened(client, control, app, modal(section()))
    with pytest.raises(RefusedError) as caught:
        await control.post(f"views/{view['id']}/submit", user="U0BEN", values={})
    assert (caught.value.status, caught.value.code) == (404, "view_not_found")


async def test_a_value_for_an_unknown_input_or_option_is_refused(
    client: Client, control: Control, app: SocketApp
):
    view = await opened(
        client, control, app, modal(choice("static_select", "model", options=options(2)))
    )
    for values, code in (({"typo": "x"}, "unknown_input"), ({"model": "9"}, "invalid_value")):
        with pytest.raises(RefusedError) as caught:
            await submit(control, view["id"], **values)
        assert caught.value.code == code
