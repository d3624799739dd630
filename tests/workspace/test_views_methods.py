"""views.open, push, update, publish."""

from dataclasses import replace
from typing import Any

import pytest

from tests.workspace.conftest import Client, Control, refusal
from tests.workspace.socket_app import SocketApp
from tests.workspace.test_block_limits import chart, plain, section, table
from tunesmith.local.workspace.settings import Settings

View = dict[str, Any]


def text_input(name: str = "name", **element: Any) -> View:
    return {
        "type": "input",
        "block_id": f"{name}_block",
        "label": plain(name),
        "element": {"type": "plain_text_input", "action_id": name} | element,
    }


def modal(*blocks: View, **parts: Any) -> View:
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("Form"),
        "submit": plain("Go"),
        "blocks": list(blocks) or [section()],
    } | parts


async def trigger(control: Control, app: SocketApp, user: str = "U0ALICE") -> str:
    """A fresh trigger_id: someone ran a command."""
    before = len(app.of("slash_commands"))
    await control.post("commands", user=user, channel="C0TUNING", text="/tune")
    return (await app.next("slash_commands", after=before))["trigger_id"]


async def opened(client: Client, control: Control, app: SocketApp, view: View) -> View:
    answer = await client.views_open(trigger_id=await trigger(control, app), view=view)
    return answer["view"]


async def test_open_shows_a_modal_to_the_person_who_acted(
    client: Client, control: Control, app: SocketApp
):
    view = await opened(client, control, app, modal(private_metadata="secret", external_id="one"))
    assert view["id"].startswith("V")
    assert view["root_view_id"] == view["id"]
    assert view["previous_view_id"] is None
    assert (view["private_metadata"], view["external_id"]) == ("secret", "one")
    assert view["state"] == {"values": {}}
    assert view["blocks"][0]["block_id"]
    assert [v["id"] for v in await control.modals("U0ALICE")] == [view["id"]]
    assert await control.modals("U0BEN") == []


async def test_a_trigger_works_once(client: Client, control: Control, app: SocketApp):
    trigger_id = await trigger(control, app)
    await client.views_open(trigger_id=trigger_id, view=modal())
    again = client.views_open(trigger_id=trigger_id, view=modal())
    assert (await refusal(again))["error"] == "exchanged_trigger_id"
    unknown = client.views_open(trigger_id="1.2.3", view=modal())
    assert (await refusal(unknown))["error"] == "invalid_trigger_id"


async def test_a_refused_view_leaves_the_trigger_unused(
    client: Client, control: Control, app: SocketApp
):
    trigger_id = await trigger(control, app)
    bad = client.views_open(trigger_id=trigger_id, view=modal(title=plain("x" * 25)))
    assert (await refusal(bad))["error"] == "invalid_arguments"
    await client.views_open(trigger_id=trigger_id, view=modal())


class TestExpiry:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, trigger_seconds=0.0)

    async def test_a_trigger_expires(self, client: Client, control: Control, app: SocketApp):
        late = client.views_open(trigger_id=await trigger(control, app), view=modal())
        assert (await refusal(late))["error"] == "expired_trigger_id"


REFUSED: list[tuple[View, str]] = [
    (
        modal(title=plain("x" * 25)),
        "must be less than 25 characters [json-pointer:/view/title/text]",
    ),
    (
        modal(submit=plain("x" * 25)),
        "must be less than 25 characters [json-pointer:/view/submit/text]",
    ),
    (
        modal(private_metadata="x" * 3001),
        "must be less than 3001 characters [json-pointer:/view/private_metadata]",
    ),
    (
        modal(callback_id="x" * 256),
        "must be less than 256 characters [json-pointer:/view/callback_id]",
    ),
    (modal(*[section()] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
    (modal(colour="red"), "invalid additional property: colour [json-pointer:/view]"),
    (
        modal(section(), text_input(), submit=None),
        "must define `submit` to use an `input` block in modals"
        " [json-pointer:/view/blocks/1/input]",
    ),
    (modal(chart()), "unsupported type: data_visualization [json-pointer:/view/blocks/0/type]"),
    (modal(table()), "unsupported type: table [json-pointer:/view/blocks/0/type]"),
    (
        modal({"type": "markdown", "text": "x"}),
        "unsupported type: markdown [json-pointer:/view/blocks/0/type]",
    ),
    (
        modal(text_input("a") | {"block_id": "b"}, text_input("c") | {"block_id": "b"}),
        '`block_id` "b" already exists [json-pointer:/view/blocks/1/block_id]',
    ),
    (modal() | {"type": "home"}, "must be `modal` [json-pointer:/view/type]"),
    ({"type": "modal", "blocks": []}, "missing required field: title [json-pointer:/view]"),
]


@pytest.mark.parametrize(("view", "message"), REFUSED, ids=[text for _, text in REFUSED])
async def test_refused_views_are_explained_as_slack_does(
    view: View, message: str, client: Client, control: Control, app: SocketApp
):
    answer = await refusal(client.views_open(trigger_id=await trigger(control, app), view=view))
    assert answer["error"] == "invalid_arguments"
    assert f"[ERROR] {message}" in answer["response_metadata"]["messages"]


async def test_alerts_and_file_inputs_belong_in_modals(
    client: Client, control: Control, app: SocketApp
):
    files = text_input("files") | {"element": {"type": "file_input", "action_id": "files"}}
    alert = {"type": "alert", "level": "warning", "text": plain("Careful")}
    await opened(client, control, app, modal(alert, files))
    home = {"type": "home", "blocks": [alert]}
    answer = await refusal(client.views_publish(user_id="U0ALICE", view=home))
    assert "unsupported type: alert" in answer["response_metadata"]["messages"][0]


async def test_a_view_over_250_kb_is_too_large(client: Client, control: Control, app: SocketApp):
    view = modal(*[section(text=plain("x" * 2900))] * 99)
    call = client.views_open(trigger_id=await trigger(control, app), view=view)
    assert (await refusal(call))["error"] == "view_too_large"


async def test_update_changes_a_view_by_id_or_external_id_and_renews_its_hash(
    client: Client, control: Control, app: SocketApp
):
    first = await opened(client, control, app, modal(external_id="one"))
    second = (
        await client.views_update(
            view_id=first["id"], view=modal(title=plain("Second"), external_id="one")
        )
    )["view"]
    assert (second["id"], second["title"]["text"]) == (first["id"], "Second")
    assert second["hash"] != first["hash"]
    third = await client.views_update(external_id="one", view=modal(title=plain("Third")))
    assert third["view"]["title"]["text"] == "Third"
    gone = client.views_update(external_id="one", view=modal())
    assert (await refusal(gone))["error"] == "not_found"


async def test_an_update_with_an_old_hash_conflicts(
    client: Client, control: Control, app: SocketApp
):
    first = await opened(client, control, app, modal())
    await client.views_update(view_id=first["id"], hash=first["hash"], view=modal())
    stale = client.views_update(view_id=first["id"], hash=first["hash"], view=modal())
    assert (await refusal(stale))["error"] == "hash_conflict"


async def test_an_external_id_is_used_once(client: Client, control: Control, app: SocketApp):
    await opened(client, control, app, modal(external_id="one"))
    twice = client.views_open(
        trigger_id=await trigger(control, app, "U0BEN"), view=modal(external_id="one")
    )
    assert (await refusal(twice))["error"] == "duplicate_external_id"


async def test_push_stacks_up_to_three_views(client: Client, control: Control, app: SocketApp):
    more = {
        "type": "actions",
        "elements": [{"type": "button", "action_id": "more", "text": plain()}],
    }
    top = await opened(client, control, app, modal(more))

    async def press() -> str:
        before = len(app.of("block_actions"))
        await control.post("actions", user="U0ALICE", view_id=top["id"], action_id="more")
        return (await app.next("block_actions", after=before))["trigger_id"]

    below = top
    for _ in range(2):
        top = (await client.views_push(trigger_id=await press(), view=modal(more)))["view"]
        assert top["previous_view_id"] == below["id"]
        below = top
    assert len(await control.modals()) == 3
    fourth = client.views_push(trigger_id=await press(), view=modal())
    assert (await refusal(fourth))["error"] == "push_limit_reached"


async def test_push_needs_an_open_modal(client: Client, control: Control, app: SocketApp):
    push = client.views_push(trigger_id=await trigger(control, app), view=modal())
    assert (await refusal(push))["error"] == "not_found"


async def test_publish_sets_a_persons_home_tab(client: Client, control: Control):
    home = {"type": "home", "blocks": [section()]}
    first = (await client.views_publish(user_id="U0ALICE", view=home))["view"]
    second = (await client.views_publish(user_id="U0ALICE", view=home, hash=first["hash"]))["view"]
    assert second["id"] == first["id"]
    stale = client.views_publish(user_id="U0ALICE", view=home, hash=first["hash"])
    assert (await refusal(stale))["error"] == "hash_conflict"
    assert (await control.get("views", user="U0ALICE"))["home"]["id"] == first["id"]
    assert (await control.get("views", user="U0BEN"))["home"] is None
    nobody = client.views_publish(user_id="U0NOBODY", view=home)
    assert (await refusal(nobody))["error"] == "user_not_found"
    wrong = client.views_publish(user_id="U0ALICE", view=modal())
    assert (await refusal(wrong))["error"] == "invalid_arguments"
