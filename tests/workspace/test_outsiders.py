"""Guests, and people of another organisation in a channel shared with it (Slack Connect)."""

import pytest

from tests.workspace.conftest import Client, Control, RefusedError, refusal
from tests.workspace.socket_app import SocketApp
from tests.workspace.test_views_methods import modal
from tunesmith.local.workspace.workspace import Workspace

PARTNERS = "C0PARTNERS"
BUTTON = {
    "type": "actions",
    "elements": [
        {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    ],
}


async def test_guests_are_told_by_how_many_channels_they_may_be_in(client: Client):
    several = (await client.users_info(user="U0GITA"))["user"]
    assert (several["is_restricted"], several["is_ultra_restricted"]) == (True, False)
    single = (await client.users_info(user="U0SAM"))["user"]
    assert (single["is_restricted"], single["is_ultra_restricted"]) == (True, True)
    regular = (await client.users_info(user="U0ALICE"))["user"]
    assert (regular["is_restricted"], regular["is_ultra_restricted"]) == (False, False)
    assert "is_stranger" not in several


async def test_a_guest_uses_the_app_but_adds_nobody(control: Control, app: SocketApp):
    await control.post("commands", user="U0SAM", channel="C0TUNING", text="/tune")
    assert (await app.next("slash_commands"))["user_id"] == "U0SAM"
    with pytest.raises(RefusedError) as refused:
        await control.post("members", user="U0GITA", channel="C0TUNING", member="U0NORA")
    assert refused.value.code == "cant_invite"
    with pytest.raises(RefusedError) as refused:
        await control.say(user="U0SAM", channel="C0GENERAL")
    assert refused.value.code == "not_in_channel"


async def test_a_shared_channel_names_the_organisations(client: Client):
    shared = (await client.conversations_info(channel=PARTNERS))["channel"]
    assert (shared["is_shared"], shared["is_ext_shared"], shared["is_org_shared"]) == (
        (True, True, False)
    )
    assert shared["shared_team_ids"] == ["T0LOCAL", "T0NORTHWIND"]
    assert shared["connected_team_ids"] == ["T0NORTHWIND"]
    own = (await client.conversations_info(channel="C0TUNING"))["channel"]
    assert (own["is_ext_shared"], own["shared_team_ids"]) == (False, ["T0LOCAL"])


async def test_someone_of_another_organisation_is_known_by_their_team(
    client: Client, ws: Workspace
):
    nora = (await client.users_info(user="U0NORA"))["user"]
    assert (nora["team_id"], nora["is_stranger"]) == ("T0NORTHWIND", False)
    assert "email" not in nora["profile"]
    listed = (await client.users_list())["members"]
    assert "U0NORA" not in {member["id"] for member in listed}
    dm = client.conversations_open(users="U0NORA")
    assert (await refusal(dm))["error"] == "channel_not_found"
    partners = ws.state.channels.get(PARTNERS)
    assert partners is not None
    partners.members.remove("U0TUNESMITH")
    assert (await client.users_info(user="U0NORA"))["user"]["is_stranger"] is True


async def test_their_messages_carry_their_team(control: Control, client: Client, app: SocketApp):
    ts = await control.say("<@U0TUNESMITH> hi", user="U0NORA", channel=PARTNERS)
    for kind in ("message", "app_mention"):
        body = await app.next(kind)
        assert (body["team_id"], body["is_ext_shared_channel"]) == ("T0LOCAL", True)
        assert body["authorizations"][0]["team_id"] == "T0LOCAL"
        event = body["event"]
        assert {event["team"], event["user_team"], event["source_team"]} == {"T0NORTHWIND"}
        assert event["user_profile"]["display_name"] == "Nora Lind"
    [stored] = (await client.conversations_history(channel=PARTNERS))["messages"]
    assert (stored["ts"], stored["user_team"]) == (ts, "T0NORTHWIND")
    await control.say("and Alice", channel=PARTNERS)
    message = await app.next("message", after=1)
    assert (message["event"]["team"], message["is_ext_shared_channel"]) == ("T0LOCAL", True)
    assert "user_team" not in message["event"]
    await control.say("elsewhere")
    assert (await app.next("message", after=2))["is_ext_shared_channel"] is False


@pytest.mark.parametrize("user", ["U0NORA", "U0ALICE"])
async def test_files_in_a_shared_channel_come_as_ids_to_ask_for(
    user: str, control: Control, client: Client, app: SocketApp
):
    shared = await control.attach({"a.jsonl": b"{}"}, user=user, channel=PARTNERS)
    file_id = shared["files"][0]["id"]
    stub = {
        "id": file_id,
        "mode": "file_access",
        "file_access": "check_file_info",
        "created": 0,
        "timestamp": 0,
        "user": "",
    }
    assert (await app.next("message"))["event"]["files"] == [stub]
    file = (await client.files_info(file=file_id))["file"]
    assert (file["name"], file["file_access"]) == ("a.jsonl", "visible")
    assert file["user_team"] == {"U0NORA": "T0NORTHWIND", "U0ALICE": "T0LOCAL"}[user]
    await control.post(
        "shortcuts", user="U0ALICE", callback_id="check", channel=PARTNERS, message_ts=shared["ts"]
    )
    assert (await app.next("message_action"))["message"]["files"] == [stub]
    [read] = await control.messages(PARTNERS)
    assert read["files"][0]["name"] == "a.jsonl"


async def test_they_press_buttons_and_fill_in_forms(
    control: Control, client: Client, app: SocketApp
):
    posted = await client.chat_postMessage(channel=PARTNERS, text="x", blocks=[BUTTON])
    await control.post(
        "actions", user="U0NORA", channel=PARTNERS, message_ts=posted["ts"], action_id="go"
    )
    pressed = await app.next("block_actions")
    assert pressed["user"]["team_id"] == "T0NORTHWIND"
    assert pressed["team"]["id"] == "T0LOCAL"
    await client.views_open(trigger_id=pressed["trigger_id"], view=modal())
    [view] = await control.modals("U0NORA")
    await control.post(f"views/{view['id']}/submit", user="U0NORA", values={})
    submitted = await app.next("view_submission")
    assert submitted["team"] == {"id": "T0NORTHWIND", "domain": "northwind"}
    assert submitted["view"]["app_installed_team_id"] == "T0LOCAL"


@pytest.mark.parametrize(
    ("call", "body", "code"),
    [
        ("commands", {"channel": PARTNERS, "text": "/tune"}, "unknown_command"),
        ("shortcuts", {"callback_id": "ask"}, "unknown_shortcut"),
        ("home", {}, "channel_not_found"),
        ("members", {"channel": PARTNERS, "member": "U0WEI"}, "cant_invite"),
    ],
)
async def test_commands_shortcuts_and_home_stay_with_the_apps_organisation(
    call: str, body: dict[str, str], code: str, control: Control
):
    with pytest.raises(RefusedError) as refused:
        await control.post(call, user="U0NORA", **body)
    assert refused.value.code == code
