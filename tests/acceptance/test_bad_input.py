"""Files that can't be trained on: a clear message in the thread, each time."""

import asyncio
from pathlib import Path

import pytest

from tests.support.slice import chat_line, report_of, small_file
from tests.support.world import World, key, words

pytestmark = [pytest.mark.acceptance, pytest.mark.asyncio(loop_scope="session")]


async def _said_of(world: World, path: Path) -> str:
    alice = world.person()
    return words(await report_of(alice, await alice.attach([path], "")))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("latin.jsonl", '{"messages": "caf\xe9"}\n'.encode("latin-1") * 12, "UTF-8"),
        ("empty.jsonl", b"", "empty"),
        ("prose.jsonl", b"Dear all,\nplease find attached.\n", "JSON"),
        ("page.jsonl", b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        ("packed.jsonl", b"\x1f\x8b\x08\x00" + b"\x00" * 60, "gzip"),
        (
            "few.jsonl",
            chat_line("q", "a").encode(),
            "10",
        ),
    ],
)
async def test_a_file_that_is_no_training_file_is_refused_with_the_reason(
    shared_world: World, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    told = await _said_of(shared_world, path)
    assert name in told
    assert said.lower() in told.lower()
    assert "start_job" not in told, "a file with errors can't be started"
    assert str(tmp_path) not in told
    assert "Traceback" not in told


async def test_the_reason_is_in_the_readers_language(shared_world: World, tmp_path: Path) -> None:
    path = tmp_path / "nothing.jsonl"
    path.touch()
    minji = shared_world.person("U0MINJI")
    told = words(await report_of(minji, await minji.attach([path], "")))
    assert "파일이 비어 있습니다" in told


async def test_every_bad_line_is_named_by_its_number(shared_world: World, tmp_path: Path) -> None:
    path = small_file(tmp_path, "lines.jsonl", examples=20)
    lines = path.read_text().splitlines()
    lines[3] = '{"messages": [}'
    lines[7] = '{"messages": []}'
    lines[15] = '{"messages": []}'
    path.write_text("\n".join(lines))
    told = await _said_of(shared_world, path)
    assert "3 errors" in told
    assert "*Line 4*" in told
    assert "*Lines 8, 16*" in told


async def test_text_of_a_file_fires_no_mention_in_slack(
    shared_world: World, tmp_path: Path
) -> None:
    path = small_file(tmp_path, "<!channel>.jsonl")
    told = await _said_of(shared_world, path)
    assert "<!channel>" not in told


async def test_the_same_file_twice_is_checked_again_and_linked_to_the_first(
    shared_world: World, tmp_path: Path
) -> None:
    alice, ben = shared_world.person(), shared_world.person("U0BEN")
    path = small_file(tmp_path, "twice.jsonl", examples=17)
    first = await alice.attach([path], "")
    await report_of(alice, first)
    told = words(await report_of(ben, await ben.attach([path], "")))
    assert "attached here before, by <@U0ALICE>" in told
    assert first.replace(".", "") in told


async def test_a_file_that_is_deleted_before_it_is_read_is_told_of(
    shared_world: World, tmp_path: Path
) -> None:
    alice = shared_world.person()
    await shared_world.workspace_fault("url_private", "slow", seconds=1)
    thread = await alice.attach([small_file(tmp_path, "gone.jsonl")], "")
    file_id = (await alice.messages(thread))[0]["files"][0]["id"]
    deleted = f"{shared_world.url}/control/files/{file_id}"
    async with shared_world.session.delete(deleted, params={"user": "U0ALICE"}) as response:
        assert response.status == 200
    assert "deleted before it could be read" in words(await report_of(alice, thread))


async def test_other_files_and_plain_talk_get_no_answer(
    shared_world: World, tmp_path: Path
) -> None:
    alice = shared_world.person()
    path = tmp_path / "notes.txt"
    path.write_text("nothing to train")
    quiet = await alice.attach([path], "just notes")
    talk = await alice.attach([small_file(tmp_path, "after.jsonl")], "")
    await report_of(alice, talk)
    await asyncio.sleep(0.2)
    assert [m for m in await alice.messages(quiet) if key(m)] == []


async def test_files_of_one_message_are_answered_in_their_order(
    shared_world: World, tmp_path: Path
) -> None:
    alice = shared_world.person()
    paths = [small_file(tmp_path, f"part{n}.jsonl", 12 + n) for n in range(3)]
    thread = await alice.attach(paths, "")
    await alice.wait_for("last report", lambda m: "part2" in m["text"], thread=thread)
    texts = [m["text"] for m in await alice.messages(thread) if key(m)]
    assert [text.split(".jsonl")[0] for text in texts] == ["part0", "part1", "part2"]
