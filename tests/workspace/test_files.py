"""Uploading, sharing, downloading, deleting files."""

import asyncio
import io
from typing import Any

import aiohttp
import pytest

from tests.support.waiting import eventually
from tests.workspace.conftest import Client, Control, RefusedError, refusal
from tests.workspace.socket_app import SocketApp
from tunesmith.local.workspace.workspace import Workspace

BOT = {"Authorization": "Bearer xoxb-local"}


async def upload(client: Client, session: aiohttp.ClientSession, content: bytes) -> str:
    """The first two steps of an upload; returns the file's id."""
    begun = await client.files_getUploadURLExternal(filename="chart.png", length=len(content))
    async with session.post(begun["upload_url"], data=content) as response:
        assert response.status == 200
        assert await response.text() == f"OK - {len(content)}"
    return begun["file_id"]


async def test_the_official_helper_uploads_into_a_thread(client: Client, control: Control):
    root = await control.say()
    answer = await client.files_upload_v2(
        content=b"\x89PNG",
        filename="chart.png",
        title="Loss",
        channel="C0TUNING",
        thread_ts=root,
        initial_comment="The chart",
        alt_txt="Loss over epochs",
    )
    file = answer["file"]
    assert (file["title"], file["filetype"], file["size"]) == ("Loss", "png", 4)
    assert file["alt_txt"] == "Loss over epochs"
    while len(thread := await control.messages(thread_ts=root)) < 2:
        await asyncio.sleep(0.01)
    message = thread[1]
    assert (message["subtype"], message["text"]) == ("file_share", "The chart")
    assert message["files"][0]["id"] == file["id"]
    assert "team" not in message


async def test_sharing_happens_after_the_answer(
    ws: Workspace, client: Client, session: aiohttp.ClientSession
):
    file_id = await upload(client, session, b"png")
    answer = await client.files_completeUploadExternal(
        files=[{"id": file_id, "title": "T"}], channel_id="C0TUNING"
    )
    assert answer["files"][0]["shares"] == {}
    file = ws.state.files.get(file_id)
    assert file is not None
    await eventually(lambda: file.shares)
    info = await client.files_info(file=file_id)
    (share,) = info["file"]["shares"]["public"]["C0TUNING"]
    history = await client.conversations_history(channel="C0TUNING")
    assert share["ts"] == history["messages"][0]["ts"]
    assert info["file"]["channels"] == ["C0TUNING"]


async def test_blocks_are_ignored_beside_an_initial_comment(
    ws: Workspace, client: Client, session: aiohttp.ClientSession, control: Control
):
    for comment, shown in (("comment", False), (None, True)):
        file_id = await upload(client, session, b"png")
        await client.files_completeUploadExternal(
            files=[{"id": file_id}],
            channel_id="C0TUNING",
            initial_comment=comment,
            blocks='[{"type": "divider"}]',
        )
        file = ws.state.files.get(file_id)
        assert file is not None
        await eventually(lambda file=file: file.shares)
        assert ("blocks" in (await control.messages())[-1]) is shown


async def test_the_upload_steps_come_in_order(client: Client, session: aiohttp.ClientSession):
    begun = await client.files_getUploadURLExternal(filename="a.png", length=3)
    early = client.files_completeUploadExternal(files=[{"id": begun["file_id"]}])
    assert (await refusal(early))["error"] == "file_not_found"
    assert (await refusal(client.files_info(file=begun["file_id"])))["error"] == "file_not_found"
    async with session.post(begun["upload_url"], data=b"png"):
        pass
    await client.files_completeUploadExternal(files=[{"id": begun["file_id"]}])
    twice = client.files_completeUploadExternal(files=[{"id": begun["file_id"]}])
    assert (await refusal(twice))["error"] == "file_not_found"
    async with session.post(begun["upload_url"], data=b"again") as response:
        assert response.status == 404


ASKED = {"filename": "chart.png", "length": 4}


@pytest.mark.parametrize(
    ("verb", "how"),
    [
        ("POST", {"data": ASKED}),
        ("POST", {"json": ASKED}),
        ("POST", {"params": ASKED}),
        ("GET", {"params": ASKED}),
    ],
    ids=["form", "json", "query", "get"],
)
async def test_an_upload_url_is_given_for_post_and_for_the_older_get(
    verb: str, how: Any, ws: Workspace, session: aiohttp.ClientSession, control: Control
):
    url = f"{ws.base_url}/api/files.getUploadURLExternal"
    async with session.request(verb, url, headers=BOT, **how) as response:
        answer = await response.json()
    assert answer["ok"] is True
    async with session.post(answer["upload_url"], data=b"\x89PNG") as response:
        assert await response.text() == "OK - 4"
    [call] = (await control.get("calls"))["calls"]
    assert call["verb"] == verb


async def test_an_upload_may_come_as_a_form(client: Client, session: aiohttp.ClientSession):
    begun = await client.files_getUploadURLExternal(filename="a.txt", length=5)
    async with session.post(begun["upload_url"], data={"file": io.BytesIO(b"bytes")}) as response:
        assert response.status == 200
    answer = await client.files_completeUploadExternal(files=[{"id": begun["file_id"]}])
    async with session.get(answer["files"][0]["url_private"], headers=BOT) as response:
        assert await response.read() == b"bytes"


@pytest.mark.parametrize(
    ("where", "error"),
    [
        ({"channel_id": "C0NOWHERE"}, "invalid_channel"),
        ({"channel_id": "C0RANDOM"}, "posting_to_channel_denied"),
        ({"channel_id": "C0TUNING", "thread_ts": "1.000000"}, "invalid_thread_ts"),
    ],
)
async def test_a_file_is_not_shared_where_the_bot_cannot_post(
    where: dict[str, str], error: str, client: Client, session: aiohttp.ClientSession
):
    file_id = await upload(client, session, b"png")
    call = client.files_completeUploadExternal(files=[{"id": file_id}], **where)
    assert (await refusal(call))["error"] == error


async def test_a_persons_file_arrives_as_file_share_without_team(control: Control, app: SocketApp):
    shared = await control.attach(
        {"train.jsonl": b'{"a": 1}\n'}, user="U0ALICE", channel="C0TUNING", text="my data"
    )
    event = (await app.next("message"))["event"]
    assert (event["subtype"], event["text"]) == ("file_share", "my data")
    assert event["ts"] == shared["ts"]
    assert "team" not in event
    (file,) = event["files"]
    assert (file["filetype"], file["mimetype"]) == ("binary", "application/octet-stream")
    assert (file["name"], file["size"]) == ("train.jsonl", 9)
    assert (await app.next("file_shared"))["event"]["file_id"] == file["id"]


async def test_several_files_come_in_one_message(control: Control, app: SocketApp):
    await control.attach({"a.csv": b"1", "b.csv": b"2"}, user="U0BEN", channel="D0BEN")
    event = (await app.next("message"))["event"]
    assert [file["name"] for file in event["files"]] == ["a.csv", "b.csv"]
    assert event["channel_type"] == "im"


async def test_a_large_file_comes_back_byte_for_byte(
    control: Control, session: aiohttp.ClientSession
):
    content = bytes(range(256)) * 20_000
    shared = await control.attach({"big.bin": content}, user="U0ALICE", channel="C0TUNING")
    file = shared["files"][0]
    assert file["size"] == len(content)
    for url in (file["url_private"], file["url_private_download"]):
        async with session.get(url, headers=BOT) as response:
            assert response.content_type == "application/octet-stream"
            assert await response.read() == content
    async with session.get(f"{control.url}/control/files/{file['id']}") as response:
        assert await response.read() == content


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer xoxb-wrong"}])
async def test_a_download_without_the_token_is_a_login_page_with_status_200(
    headers: dict[str, str], control: Control, session: aiohttp.ClientSession
):
    shared = await control.attach({"a.jsonl": b"{}"}, user="U0ALICE", channel="C0TUNING")
    async with session.get(shared["files"][0]["url_private_download"], headers=headers) as page:
        assert (page.status, page.content_type) == (200, "text/html")
        assert b"Sign in" in await page.read()


async def test_a_deleted_file_is_gone_and_leaves_a_tombstone(
    control: Control, client: Client, session: aiohttp.ClientSession
):
    shared = await control.attach({"a.jsonl": b"{}"}, user="U0ALICE", channel="C0TUNING")
    file = shared["files"][0]
    assert (await refusal(client.files_delete(file=file["id"])))["error"] == "cant_delete_file"
    with pytest.raises(RefusedError) as caught:
        await control.delete(f"files/{file['id']}", user="U0BEN")
    assert caught.value.code == "cant_delete_file"
    await control.delete(f"files/{file['id']}", user="U0ALICE")
    async with session.get(file["url_private"], headers=BOT) as response:
        assert response.status == 404
    assert (await refusal(client.files_info(file=file["id"])))["error"] == "file_deleted"
    (message,) = await control.messages()
    assert message["files"] == [{"id": file["id"], "mode": "tombstone"}]


async def test_the_app_deletes_its_own_file(client: Client, session: aiohttp.ClientSession):
    file_id = await upload(client, session, b"png")
    await client.files_completeUploadExternal(files=[{"id": file_id}])
    await client.files_delete(file=file_id)
    assert (await refusal(client.files_info(file=file_id)))["error"] == "file_deleted"


async def test_files_are_listed_newest_first_by_channel_and_person(
    control: Control, client: Client
):
    await control.attach({"a.csv": b"1"}, user="U0ALICE", channel="C0TUNING")
    await control.attach({"b.csv": b"1"}, user="U0BEN", channel="C0TUNING")
    await control.attach({"c.csv": b"1"}, user="U0BEN", channel="C0GENERAL")

    async def names(**query: object) -> list[str]:
        answer = await client.files_list(**query)  # pyright: ignore[reportArgumentType]
        return [file["name"] for file in answer["files"]]

    assert await names() == ["c.csv", "b.csv", "a.csv"]
    assert await names(channel="C0TUNING") == ["b.csv", "a.csv"]
    assert await names(user="U0BEN") == ["c.csv", "b.csv"]
    assert await names(count=2, page=2) == ["a.csv"]


async def test_a_file_that_a_browser_could_run_is_served_as_bytes(control: Control):
    script = b"<script>alert(1)</script>"
    shared = await control.attach(
        {"a.html": script, "b.svg": script, "c.png": b"png"}, user="U0BEN", channel="C0TUNING"
    )
    kinds: list[str] = []
    for file in shared["files"]:
        async with control.session.get(f"{control.url}/control/files/{file['id']}") as response:
            kinds.append(response.content_type)
            assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert kinds == ["application/octet-stream", "application/octet-stream", "image/png"]


async def test_any_file_name_can_be_downloaded(control: Control):
    names = ["데이터 집합.jsonl", "a b&c=d?#%.csv", "it's.txt", "no extension"]
    files = {name: name.encode() for name in names}
    shared = await control.attach(files, user="U0BEN", channel="C0TUNING")
    assert [file["name"] for file in shared["files"]] == names
    for file in shared["files"]:
        async with control.session.get(file["url_private_download"], headers=BOT) as response:
            assert await response.read() == file["name"].encode()


async def test_attaching_nothing_or_as_nobody_is_refused(ws: Workspace, control: Control):
    for files, fields, code in (
        ({}, {"user": "U0ALICE", "channel": "C0TUNING"}, "invalid_form_data"),
        ({"a": b"1"}, {"user": "U0NOBODY", "channel": "C0TUNING"}, "user_not_found"),
        ({"a": b"1"}, {"user": "U0BEN", "channel": "D0ALICE"}, "not_in_channel"),
    ):
        with pytest.raises(RefusedError) as caught:
            await control.attach(files, **fields)
        assert caught.value.code == code
    assert list(ws.state.files) == []
