"""The Fix button: a fixed file in the thread, and a report on it that can be started."""

from pathlib import Path

import pytest

from tests.support.slice import MODEL, click, content_of, files_of, report_of, small_file
from tests.support.world import World, key, until, words
from tunesmith.bot.cli.demo.person import Message, Person

pytestmark = [pytest.mark.acceptance, pytest.mark.asyncio(loop_scope="session")]


async def _report_on(person: Person, thread: str, name: str) -> Message:
    return await person.wait_for(
        f"report on {name}",
        lambda m: key(m).startswith("report:") and name in m["text"] and len(m["blocks"]) > 1,
        thread=thread,
    )


async def test_a_fixed_file_is_attached_once_with_its_diff_and_can_be_started(
    shared_world: World, tmp_path: Path
) -> None:
    path = small_file(tmp_path, "sick.jsonl", examples=20)
    lines = path.read_text().splitlines()
    lines[2] = lines[2].replace('"user"', '"User"')
    lines[5] = lines[5].replace('"user"', '"USER"').replace("plus", "``` <!channel>")
    lines[9] = ""
    original = "\n".join(lines).encode() + b"\n"
    path.write_bytes(original)
    alice = shared_world.person()
    thread = await alice.attach([path], "")
    report = await report_of(alice, thread)
    assert "start_job" not in words(report)
    await click(shared_world, alice, report, "fix_file")
    await click(shared_world, alice, report, "fix_file")

    fixed = await _report_on(alice, thread, "sick.fixed.jsonl")
    messages = await alice.messages(thread)
    told = [m for m in messages if key(m).startswith("fix.told:")]
    assert len(told) == 1
    said = words(told[0])
    assert "roles put in lower case × 2" in said
    assert "blank lines left out × 1" in said
    assert "@@ -3 @@ unrecognized_role" in said
    assert "rich_text_preformatted" in said, "a diff in a block of code fires nothing"

    async def shared() -> dict[str, Message] | None:
        files = files_of(await alice.messages(thread))
        return files if "sick.fixed.jsonl" in files else None

    files = await until(shared, "the fixed file")
    content = await content_of(shared_world, files["sick.fixed.jsonl"])
    assert len(content.splitlines()) == 19
    assert b"USER" not in content
    assert await content_of(shared_world, files["sick.jsonl"]) == original

    modal = await alice.press(fixed, "start_job")
    assert "sick.fixed.jsonl" in str(modal)
    assert MODEL in str(modal)


async def test_a_file_without_anything_to_fix_gets_no_button(
    shared_world: World, tmp_path: Path
) -> None:
    alice = shared_world.person()
    thread = await alice.attach([small_file(tmp_path, "sound.jsonl", examples=21)], "")
    assert "fix_file" not in words(await report_of(alice, thread))


async def test_what_has_no_sure_fix_is_said_and_no_file_is_attached(
    shared_world: World, tmp_path: Path
) -> None:
    path = small_file(tmp_path, "unsure.jsonl", examples=22)
    path.write_text(path.read_text().replace('"user"', '"customer"'))
    alice = shared_world.person()
    thread = await alice.attach([path], "")
    await click(shared_world, alice, await report_of(alice, thread), "fix_file")

    async def told() -> Message | None:
        found = [m for m in await alice.messages(thread) if key(m).startswith("fix.told:")]
        return found[0] if found else None

    assert "Nothing in *unsure.jsonl*" in words(await until(told, "the answer"))
    assert "unsure.fixed.jsonl" not in files_of(await alice.messages(thread))
