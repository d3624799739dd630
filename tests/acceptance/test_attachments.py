"""What is attached to a report: the complete list of findings, and a picture of the lengths."""

from pathlib import Path

import pytest

from tests.support.slice import attach_streamed, content_of, files_of, report_of, small_file
from tests.support.waiting import until
from tests.support.world import EXAMPLES, World, key, open_world, words
from tunesmith.bot.cli.demo.person import Message, Person

pytestmark = [pytest.mark.acceptance, pytest.mark.asyncio(loop_scope="session")]


async def _named(person: Person, thread: str, name: str) -> Message:
    """The file of that name, once it is attached."""

    async def look() -> Message | None:
        return files_of(await person.messages(thread)).get(name)

    return await until(look, name)


async def test_a_picture_of_the_lengths_follows_the_report_in_the_readers_language(
    shared_world: World, tmp_path: Path
) -> None:
    minji = shared_world.person("U0MINJI")
    thread = await minji.attach([small_file(tmp_path, "lengths.jsonl", examples=31)], "")
    picture = await _named(minji, thread, "tokens.png")
    assert picture["title"] == "예제당 토큰 수 · lengths.jsonl"
    assert (await content_of(shared_world, picture)).startswith(b"\x89PNG")
    asked = await shared_world.calls("files.getUploadURLExternal")
    assert {call["verb"] for call in asked} == {"POST"}  # as in Slack's reference
    messages = await minji.messages(thread)
    kinds = [key(m) or [f["name"] for f in m.get("files", [])] for m in messages]
    report = next(n for n, kind in enumerate(kinds) if str(kind).startswith("report:"))
    assert report < next(n for n, kind in enumerate(kinds) if "tokens-" in str(kind))


async def test_the_words_of_findings_are_in_the_readers_language_in_thread_and_list(
    shared_world: World, tmp_path: Path
) -> None:
    path = small_file(tmp_path, "words.jsonl", examples=18)
    path.write_text(path.read_text().replace('"user"', '"customer"', 1))
    wei = shared_world.person("U0WEI")
    thread = await wei.attach([path], "")
    said = words(await report_of(wei, thread))
    assert "未知的角色（role）" in said
    assert "customer" in said
    table = await content_of(shared_world, await _named(wei, thread, "words.findings.csv"))
    assert "未知的角色（role）" in table.decode("utf-8-sig")


async def test_a_handful_of_examples_gets_no_picture(shared_world: World, tmp_path: Path) -> None:
    alice = shared_world.person()
    few = await alice.attach([small_file(tmp_path, "handful.jsonl", examples=16)], "")
    many = await alice.attach([small_file(tmp_path, "plenty.jsonl", examples=33)], "")
    await _named(alice, many, "tokens.png")
    assert "tokens.png" not in files_of(await alice.messages(few))


@pytest.mark.parametrize("kind", ["drop_after", "drop"])
async def test_files_of_one_name_in_one_thread_each_get_their_list_once(
    shared_world: World, tmp_path: Path, kind: str
) -> None:
    alice = shared_world.person()
    thread = await alice.attach([small_file(tmp_path, "same.jsonl", examples=14)], "")
    await _named(alice, thread, "same.findings.json")
    await shared_world.workspace_fault("files.completeUploadExternal", kind)
    again = small_file(tmp_path, "same.jsonl", examples=15)
    await attach_streamed(shared_world, alice, again, thread)

    async def both() -> list[str] | None:
        files = [f["name"] for m in await alice.messages(thread) for f in m.get("files", [])]
        lists = [name for name in files if ".findings." in name]
        return lists if len(lists) >= 4 else None

    lists = await until(both, "two lists of two files")
    assert len(set(lists)) == 4, lists


async def test_an_upload_that_slack_refuses_for_good_is_said_in_the_thread(tmp_path: Path) -> None:
    # A world of its own: in a shared one, another test's last upload may take the refusal.
    async with open_world(tmp_path) as world:
        ben = world.person("U0BEN")
        await world.workspace_fault(
            "files.getUploadURLExternal", "error", times=2, error="storage_limit_reached"
        )
        thread = await ben.attach([small_file(tmp_path, "full.jsonl", examples=13)], "")

        async def told() -> list[str] | None:
            said = [m["text"] for m in await ben.messages(thread) if key(m).startswith("refused:")]
            return said if len(said) == 2 else None

        for said in await until(told, "a sentence for each of the two lists"):
            assert "Findings in full.jsonl" in said
            assert "storage_limit_reached" in said


async def test_the_report_on_a_training_set_of_a_schema_has_its_list_and_its_picture_too(
    shared_world: World,
) -> None:
    wei = shared_world.person("U0WEI")
    thread = await wei.attach([EXAMPLES / "market.sql"], "")
    card = await wei.wait_for("card", lambda m: "write_training_set" in words(m), thread=thread)
    modal = await wei.press(card, "write_training_set")
    await wei.submit(modal, {"languages": ["zh"], "pairs": "50"})
    await report_of(wei, thread)
    await _named(wei, thread, "market-train.findings.csv")
    await _named(wei, thread, "market-train.findings.json")
    await _named(wei, thread, "tokens.png")
