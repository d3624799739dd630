"""What survives a restart and SIGKILL, and how the process starts and stops."""

import asyncio
import json
import signal
import sys
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from tests.support.waiting import eventually
from tests.workspace.conftest import MANIFEST, Client, Control, refusal, web_client
from tests.workspace.server_process import ServerProcess
from tests.workspace.socket_app import SocketApp
from tests.workspace.test_block_limits import section
from tests.workspace.test_views_methods import modal, opened, text_input
from tunesmith.local.workspace.server import running
from tunesmith.local.workspace.settings import Settings


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    return replace(settings, data=tmp_path / "data")


async def test_everything_people_and_app_made_survives(
    settings: Settings, session: aiohttp.ClientSession
):
    metadata = {"event_type": "job", "event_payload": {"k": "v"}}
    async with running(settings) as ws:
        client, control = web_client(ws.base_url, session), Control(session, ws.base_url)
        shared = await control.attach({"a.jsonl": b"{}"}, user="U0ALICE", channel="C0TUNING")
        reply = await client.chat_postMessage(
            channel="C0TUNING", text="re", thread_ts=shared["ts"], metadata=metadata
        )
        await client.reactions_add(channel="C0TUNING", timestamp=shared["ts"], name="eyes")
        gone = await client.chat_postMessage(channel="C0TUNING", text="gone")
        await client.chat_delete(channel="C0TUNING", ts=gone["ts"])
        await client.conversations_join(channel="C0RANDOM")
        await client.views_publish(user_id="U0WEI", view={"type": "home", "blocks": [section()]})
        async with SocketApp.connected(client) as app:
            view = await opened(client, control, app, modal(text_input("a")))
            await control.post(
                "actions", user="U0ALICE", view_id=view["id"], action_id="a", value="typed"
            )
        before = await control.messages(thread_ts=shared["ts"])
    async with running(settings) as ws:
        client, control = web_client(ws.base_url, session), Control(session, ws.base_url)
        after = await control.messages(thread_ts=shared["ts"])
        assert [m["ts"] for m in after] == [m["ts"] for m in before] == [shared["ts"], reply["ts"]]
        assert after[0]["reactions"][0]["name"] == "eyes"
        assert after[0]["reply_count"] == 1
        assert after[1]["metadata"] == metadata
        assert [m["text"] for m in await control.messages()] == [""]
        url = after[0]["files"][0]["url_private"]
        assert url.startswith(ws.base_url)
        async with session.get(url, headers={"Authorization": "Bearer xoxb-local"}) as response:
            assert await response.read() == b"{}"
        await client.chat_postMessage(channel="C0RANDOM", text="still a member")
        assert (await control.get("views", user="U0WEI"))["home"]["type"] == "home"
        (modal_now,) = await control.modals()
        assert modal_now["state"]["values"]["a_block"]["a"]["value"] == "typed"
        later = await client.chat_postMessage(channel="C0TUNING", text="later")
        assert later["ts"] > reply["ts"]


async def test_data_of_an_earlier_version_opens_and_gains_the_new_channels(
    settings: Settings, session: aiohttp.ClientSession
):
    assert settings.data is not None
    settings.data.mkdir()
    tuning = {
        "id": "C0TUNING",
        "name": "tuning",
        "topic": "as it was",
        "purpose": "",
        "created": 1,
        "creator": "U0ALICE",
        "user": None,
        "members": ["U0ALICE", "U0TUNESMITH"],
    }
    line = json.dumps([["channels", "C0TUNING", tuning]]) + "\n"
    (settings.data / "workspace.log").write_text(line, encoding="utf-8")
    async with running(settings) as ws:
        client = web_client(ws.base_url, session)
        kept = (await client.conversations_info(channel="C0TUNING"))["channel"]
        assert (kept["topic"]["value"], kept["is_private"]) == ("as it was", False)
        added = (await client.conversations_info(channel="C0PARTNERS"))["channel"]
        assert added["is_ext_shared"] is True


async def test_an_event_nobody_acknowledged_is_delivered_after_a_restart(
    settings: Settings, session: aiohttp.ClientSession
):
    async with AsyncExitStack() as dying:
        ws = await dying.enter_async_context(running(replace(settings, ack_seconds=30.0)))
        client = web_client(ws.base_url, session)
        url = (await client.apps_connections_open(app_token="xapp-local"))["url"]
        socket = await session.ws_connect(url)
        await socket.receive_json()
        await Control(session, ws.base_url).say("important")
        first = (await socket.receive_json())["payload"]
    await socket.close()
    async with (
        running(settings) as ws,
        SocketApp.connected(web_client(ws.base_url, session)) as app,
    ):
        again = await app.next("message")
    assert again["event_id"] == first["event_id"]
    assert again["event"]["text"] == "important"


async def test_an_upload_that_was_completed_is_shared_after_a_restart(
    settings: Settings, session: aiohttp.ClientSession
):
    async with running(replace(settings, share_seconds=60.0)) as ws:
        client = web_client(ws.base_url, session)
        await client.files_upload_v2(content="x", filename="a.txt", channel="C0TUNING")
    async with running(settings) as ws:
        await eventually(lambda: ws.state.messages.in_channel("C0TUNING"))
        (message,) = await Control(session, ws.base_url).messages()
        assert message["files"][0]["name"] == "a.txt"
    async with running(settings) as ws:
        await asyncio.sleep(0.1)
        assert len(ws.state.messages.in_channel("C0TUNING")) == 1


async def test_a_stream_that_was_open_still_runs_out_after_a_restart(
    settings: Settings, session: aiohttp.ClientSession
):
    async with running(settings) as ws:
        client, control = web_client(ws.base_url, session), Control(session, ws.base_url)
        root = await control.say(channel="D0ALICE")
        ts = (await client.chat_startStream(channel="D0ALICE", thread_ts=root))["ts"]
    async with running(replace(settings, stream_seconds=0.0)) as ws:
        message = ws.state.messages.find("D0ALICE", ts)
        assert message is not None
        await eventually(lambda: message.stream is not None and not message.stream.open)


async def test_a_used_trigger_and_response_url_stay_used(
    settings: Settings, session: aiohttp.ClientSession
):
    async with running(settings) as ws:
        client, control = web_client(ws.base_url, session), Control(session, ws.base_url)
        async with SocketApp.connected(client) as app:
            await control.post("commands", user="U0ALICE", channel="C0TUNING", text="/tune")
            payload = await app.next("slash_commands")
        await client.views_open(trigger_id=payload["trigger_id"], view=modal())
        for _ in range(5):
            async with session.post(payload["response_url"], json={"text": "x"}) as response:
                assert response.status == 200
        path = payload["response_url"].removeprefix(ws.base_url)
    async with running(settings) as ws:
        client = web_client(ws.base_url, session)
        again = client.views_open(trigger_id=payload["trigger_id"], view=modal())
        assert (await refusal(again))["error"] == "exchanged_trigger_id"
        async with session.post(f"{ws.base_url}{path}", json={"text": "x"}) as response:
            assert response.status == 404


async def test_a_reset_leaves_a_fresh_workspace_also_after_a_restart(
    settings: Settings, session: aiohttp.ClientSession
):
    async with running(settings) as ws:
        client, control = web_client(ws.base_url, session), Control(session, ws.base_url)
        await control.attach({"a.csv": b"1"}, user="U0ALICE", channel="C0TUNING")
        await client.conversations_join(channel="C0RANDOM")
        await control.post("reset")
        assert await control.messages() == []
        assert (await control.get("calls"))["calls"] == []
        assert not list((settings.data or Path()).joinpath("files").iterdir())
    async with running(settings) as ws:
        assert await Control(session, ws.base_url).messages() == []
        join = await web_client(ws.base_url, session).conversations_info(channel="C0RANDOM")
        assert join["channel"]["is_member"] is False


async def test_without_data_nothing_is_kept(session: aiohttp.ClientSession):
    for _ in range(2):
        async with running(Settings()) as ws:
            control = Control(session, ws.base_url)
            assert await control.messages() == []
            await control.say("forgotten")


async def test_what_was_answered_survives_sigkill(
    tmp_path: Path, session: aiohttp.ClientSession, stack: AsyncExitStack
):
    options = ("--data", str(tmp_path), "--manifest", str(MANIFEST))
    posted: list[str] = []

    async def post_until_killed(client: Client) -> None:
        while True:
            answer = await client.chat_postMessage(channel="C0TUNING", text="x" * 500)
            posted.append(answer["ts"])

    async with ServerProcess.started(*options) as server:
        client = web_client(server.url, session)
        control = Control(session, server.url)
        shared = await control.attach({"a.jsonl": b"{}"}, user="U0ALICE", channel="C0GENERAL")
        posting = asyncio.create_task(post_until_killed(client))
        while len(posted) < 50:
            await asyncio.sleep(0.01)
        assert await server.end(signal.SIGKILL) == -signal.SIGKILL
        with pytest.raises(aiohttp.ClientError):
            await posting
    async with ServerProcess.started(*options) as server:
        control = Control(session, server.url)
        kept = [message["ts"] for message in await control.messages()]
        assert posted == kept[: len(posted)]
        assert len(kept) - len(posted) <= 1  # one may have been kept but not answered
        (message,) = await control.messages(channel="C0GENERAL")
        assert message["files"][0]["id"] == shared["files"][0]["id"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_process_stops_cleanly_with_clients_connected(
    number: signal.Signals, session: aiohttp.ClientSession
):
    async with ServerProcess.started() as server:
        app = await session.ws_connect(
            (await web_client(server.url, session).apps_connections_open(app_token="xapp-local"))[
                "url"
            ]
        )
        viewer = await session.ws_connect(f"{server.url}/control/stream?user=U0ALICE")
        assert (await app.receive_json())["type"] == "hello"
        assert await server.end(number) == 0
        await app.close()
        await viewer.close()


async def test_a_taken_port_is_refused(settings: Settings):
    async with running(Settings()) as ws:
        with pytest.raises(OSError, match="address already in use"):
            async with running(Settings(), port=int(ws.base_url.rpartition(":")[2])):
                pass


async def test_a_broken_manifest_ends_the_process_with_a_reason(tmp_path: Path):
    broken = tmp_path / "manifest.yml"
    broken.write_text("features: {slash_commands: nonsense}\n")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tunesmith.local.workspace",
        "--manifest",
        str(broken),
        stderr=asyncio.subprocess.PIPE,
    )
    _, problem = await process.communicate()
    assert process.returncode == 1
    assert b"slash_commands" in problem
    assert b"Traceback" not in problem
