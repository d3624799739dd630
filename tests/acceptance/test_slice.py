"""The main job, from the attached file to the answer."""

import json
import time
from pathlib import Path

import pytest

from tests.support.slice import (
    SAMPLE,
    answer_in,
    assert_told_once,
    final_of,
    is_answer_to,
    notice_of,
    progress_of,
    report_of,
    small_file,
    start,
)
from tests.support.waiting import PATIENCE
from tests.support.world import World, key, words

pytestmark = pytest.mark.acceptance


async def test_a_file_becomes_a_model_that_answers_in_the_thread(
    world: World, tmp_path: Path
) -> None:
    alice = world.person()
    thread = await alice.attach([small_file(tmp_path)], "please train this")
    report = await report_of(alice, thread)
    assert "small.jsonl is ready to train: 12 examples" in report["text"]
    assert "gpt-4.1-mini-2025-04-14" in words(report)

    await start(alice, report, suffix="sums", epochs="3")
    progress = await progress_of(alice, thread)
    final = await final_of(alice, thread)
    assert final["ts"] == progress["ts"], "the card becomes the result"
    model = final["text"].split(" is ready")[0]
    assert model.startswith("ft:tiny-1m-scratch:local:sums:")
    await assert_told_once(alice, thread)
    assert "Training loss" in words(final)
    notice = words(await notice_of(alice, key(final).removeprefix("progress:")))
    for said in (model, "small.jsonl", "tiny-1m-scratch", "<@U0ALICE>", "/archives/C0TUNING/p"):
        assert said in notice

    await alice.command("/ask What is 3 plus one?")
    await alice.wait_for("answer", is_answer_to("What is 3 plus one?", model))

    asked = await alice.say("@tunesmith What is 4 plus one?", thread)
    assert model in words(await answer_in(alice, thread, asked))

    modal = await alice.press(final, "ask_model")
    await alice.submit(modal, {"question": "What is 5 plus one?"})
    await alice.wait_for("answer", is_answer_to("What is 5 plus one?", model), thread=thread)


async def test_the_progress_message_is_edited_at_a_pace_that_slack_allows(world: World) -> None:
    alice = world.person()
    thread = await alice.attach([SAMPLE], "")
    await start(alice, await report_of(alice, thread), epochs="6")
    await final_of(alice, thread)
    edits = [call["at"] for call in await world.calls("chat.update")]
    assert edits, "progress was shown"
    # Changes of its phase, its end and its picture do not wait for their turn.
    assert len(edits) - 5 <= (max(edits) - min(edits)) / 1.2, edits
    posts = [call["at"] for call in await world.calls("chat.postMessage")]
    assert len(posts) < 8


async def test_commands_steer_jobs(world: World, tmp_path: Path) -> None:
    alice = world.person()
    url = f"{world.url}/control/commands"

    async def typed(text: str) -> str:
        body = {"user": "U0ALICE", "channel": alice.channel, "text": text}
        async with world.session.post(url, json=body) as response:
            return json.dumps((await response.json())["response"], ensure_ascii=False)

    assert "/tune start" in await typed("/tune help")
    assert "/tune start" in await typed("/tune")
    assert "No job was started" in await typed("/tune jobs")
    assert "no valid training file" in await typed("/tune start")
    assert "No job was started" in await typed("/tune cancel")
    unknown = await typed("/tune statu")
    assert "Unknown command `statu`" in unknown
    assert "/tune status" in unknown
    assert "There is no tuned model" in await typed("/ask anything")
    assert "Write the question" in await typed("/ask")

    thread = await alice.attach([small_file(tmp_path, examples=40)], "")
    await report_of(alice, thread)
    assert await typed("/tune start") == "null", "the form opened instead of a reply"
    async with world.session.get(f"{world.url}/control/views?user=U0ALICE") as response:
        [modal] = (await response.json())["modals"]
    await alice.submit(modal, {"epochs": "50"})
    progress = await progress_of(alice, thread)
    job = key(progress).removeprefix("progress:")
    assert job in await typed("/tune jobs")
    assert "small.jsonl" in await typed(f"/tune status {job}")
    assert "There is no job and no tuned model `nope`" in await typed("/tune cancel nope")
    assert f"Cancelling `{job}`" in await typed("/tune cancel")
    final = await final_of(alice, thread)
    assert "was cancelled" in final["text"]
    assert "<@U0ALICE>" in words(final)
    assert "has already ended" in await typed(f"/tune cancel {job}")


@pytest.mark.asyncio(loop_scope="session")
async def test_people_read_their_own_language(shared_world: World, tmp_path: Path) -> None:
    minji, wei = shared_world.person("U0MINJI"), shared_world.person("U0WEI")
    korean = await report_of(minji, await minji.attach([small_file(tmp_path, "a.jsonl")], ""))
    chinese = await report_of(wei, await wei.attach([small_file(tmp_path, "b.jsonl", 13)], ""))
    assert "학습할 수 있습니다" in korean["text"]
    assert "可以训练" in chinese["text"]


@pytest.mark.asyncio(loop_scope="session")
async def test_a_direct_message_works_like_a_channel(shared_world: World, tmp_path: Path) -> None:
    async with shared_world.session.get(f"{shared_world.url}/control/state") as response:
        channels = (await response.json())["channels"]
    direct = next(c["id"] for c in channels if c["is_im"] and "U0BEN" in c["members"])
    ben = shared_world.person("U0BEN", direct)
    thread = await ben.attach([small_file(tmp_path)], "")
    await start(ben, await report_of(ben, thread))
    await final_of(ben, thread)
    asked = await ben.say("What is 2 plus one?", thread)
    assert "ft:tiny-1m-scratch" in words(await answer_in(ben, thread, asked))


@pytest.mark.asyncio(loop_scope="session")
async def test_the_home_tab_lists_the_persons_jobs(shared_world: World, tmp_path: Path) -> None:
    alice = shared_world.person()
    thread = await alice.attach([small_file(tmp_path)], "")
    await start(alice, await report_of(alice, thread))
    await final_of(alice, thread)
    async with shared_world.session.post(
        f"{shared_world.url}/control/home", json={"user": "U0ALICE"}
    ) as opened:
        assert opened.status == 200
    deadline = time.monotonic() + PATIENCE
    home = None
    while home is None and time.monotonic() < deadline:
        async with shared_world.session.get(
            f"{shared_world.url}/control/views?user=U0ALICE"
        ) as response:
            home = (await response.json())["home"]
    assert "small.jsonl" in json.dumps(home)


@pytest.mark.asyncio(loop_scope="session")
async def test_the_message_shortcut_checks_a_file_again(
    shared_world: World, tmp_path: Path
) -> None:
    alice = shared_world.person()
    thread = await alice.attach([small_file(tmp_path)], "")
    await report_of(alice, thread)
    body = {
        "user": "U0ALICE",
        "callback_id": "inspect_message",
        "channel": alice.channel,
        "message_ts": thread,
    }
    async with shared_world.session.post(
        f"{shared_world.url}/control/shortcuts", json=body
    ) as response:
        assert response.status == 200
    deadline = time.monotonic() + PATIENCE
    reports: list[str] = []
    while len(reports) < 2 and time.monotonic() < deadline:
        reports = [key(m) for m in await alice.messages(thread) if key(m).startswith("report:")]
    assert len(reports) == 2
