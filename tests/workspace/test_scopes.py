"""What the manifest's scopes allow."""

from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.workspace.conftest import Client, Control, refusal
from tunesmith.local.workspace.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    manifest = tmp_path / "manifest.yml"
    manifest.write_text("oauth_config: {scopes: {bot: [commands, chat:write]}}\n")
    return Settings(manifest=manifest)


@pytest.mark.parametrize(
    ("method", "args", "needed"),
    [
        ("users.info", {"user": "U0ALICE"}, "users:read"),
        ("users.list", {}, "users:read"),
        ("usergroups.users.list", {"usergroup": "S0LEADS"}, "usergroups:read"),
        ("bots.info", {}, "users:read"),
        ("team.info", {}, "team:read"),
        ("conversations.list", {}, "channels:read"),
        ("conversations.list", {"types": "im"}, "im:read"),
        ("conversations.list", {"types": "private_channel"}, "groups:read"),
        ("conversations.info", {"channel": "C0TUNING"}, "channels:read"),
        ("conversations.info", {"channel": "D0ALICE"}, "im:read"),
        ("conversations.members", {"channel": "C0TUNING"}, "channels:read"),
        ("conversations.history", {"channel": "C0TUNING"}, "channels:history"),
        ("conversations.history", {"channel": "D0ALICE"}, "im:history"),
        ("conversations.replies", {"channel": "C0TUNING", "ts": "1.0"}, "channels:history"),
        ("conversations.open", {"users": "U0ALICE"}, "im:write"),
        ("conversations.join", {"channel": "C0RANDOM"}, "channels:join"),
        ("files.info", {"file": "F1"}, "files:read"),
        ("files.list", {}, "files:read"),
        ("files.delete", {"file": "F1"}, "files:write"),
        ("files.getUploadURLExternal", {"filename": "a", "length": 1}, "files:write"),
        ("reactions.add", {"channel": "C0TUNING", "timestamp": "1.0"}, "reactions:write"),
        ("reactions.get", {"channel": "C0TUNING", "timestamp": "1.0"}, "reactions:read"),
    ],
)
async def test_a_method_without_its_scope_names_what_is_missing(
    method: str, args: dict[str, Any], needed: str, client: Client
):
    answer = await refusal(client.api_call(method, params=args))
    assert answer["error"] == "missing_scope"
    assert answer["needed"] == needed
    assert answer["provided"] == "commands,chat:write"


async def test_a_private_channel_needs_the_scopes_of_groups(client: Client, control: Control):
    await control.post("members", user="U0ALICE", channel="C0LAB")
    reading = await refusal(client.conversations_info(channel="C0LAB"))
    assert (reading["error"], reading["needed"]) == ("missing_scope", "groups:read")
    history = await refusal(client.conversations_history(channel="C0LAB"))
    assert (history["error"], history["needed"]) == ("missing_scope", "groups:history")


async def test_a_download_without_files_read_is_a_page_with_status_200(
    control: Control, session: aiohttp.ClientSession
):
    shared = await control.attach({"a.jsonl": b"{}"}, user="U0ALICE", channel="C0TUNING")
    url = shared["files"][0]["url_private_download"]
    async with session.get(url, headers={"Authorization": "Bearer xoxb-local"}) as response:
        assert response.status == 200
        assert response.content_type == "text/html"
        assert (await response.read()).startswith(b"<!DOCTYPE html>")
