"""Convert and Fix: shown first, written once, each with a report on what was written."""

import json
from pathlib import Path

import pytest

from tests.support.slice import (
    MODEL,
    click,
    content_of,
    files_of,
    fix_preview,
    report_of,
    report_on,
    small_file,
)
from tests.support.world import CHANNEL, World, key, words
from tunesmith.bot.cli.demo.person import Message

pytestmark = [pytest.mark.acceptance, pytest.mark.asyncio(loop_scope="session")]


def _alpaca(path: Path) -> bytes:
    """A file of Alpaca's shape, with two questions in mojibake and one example twice."""
    rows = [{"instruction": f"What is {n}?", "output": f"It is {n}."} for n in range(20)]
    for number in (2, 5):
        rows[number]["instruction"] = f"Où est la clé {number}?".encode().decode("cp1252")
    rows.append(rows[0])
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n")
    return path.read_bytes()


async def _button_of_an_earlier_version(world: World, thread: str, report: Message) -> Message:
    """A message with the button as version 0.1 named it, for the file of a report."""
    rows = [block["elements"] for block in report["blocks"] if block["type"] == "actions"]
    [button] = [one for row in rows for one in row if one["action_id"] == "fix_file"]
    blocks = [{"type": "actions", "elements": [{**button, "action_id": "mend_file"}]}]
    body = {"channel": CHANNEL, "thread_ts": thread, "text": "before", "blocks": blocks}
    url, headers = f"{world.url}/api/chat.postMessage", {"Authorization": "Bearer xoxb-local"}
    async with world.session.post(url, json=body, headers=headers) as response:
        posted = await response.json()
    assert posted["ok"], posted
    return posted


async def test_a_file_is_converted_then_fixed_as_it_was_shown_and_each_is_done_once(
    shared_world: World, tmp_path: Path
) -> None:
    alice, ben = shared_world.person(), shared_world.person("U0BEN")
    original = _alpaca(tmp_path / "alpaca.jsonl")
    thread = await alice.attach([tmp_path / "alpaca.jsonl"], "")
    report = await report_of(alice, thread)
    assert "21 examples can be converted to JSON Lines (chat)" in words(report)
    assert "- {" in words(report), "shown before"
    assert "+ {" in words(report), "shown after"
    assert "start_job" not in words(report)
    for person in (alice, ben):
        await click(shared_world, person, report, "convert_file")
    converted = await report_on(alice, thread, "alpaca.converted.jsonl")
    assert "start_job" in words(converted), "what is left are warnings"

    before = await _button_of_an_earlier_version(shared_world, thread, converted)
    await click(shared_world, ben, before, "mend_file")
    await click(shared_world, alice, converted, "fix_file")
    preview = await fix_preview(alice, thread)
    said = words(preview)
    assert "2 lines of *alpaca.converted.jsonl* can be fixed. Nothing is written yet." in said
    assert "garbled letters restored × 2" in said
    assert "Remove 1 duplicate row" in said
    await click(shared_world, ben, preview, "fix_remove", ["exact_duplicate"])
    for person in (ben, alice):
        await click(shared_world, person, preview, "write_fixed")
    name = "alpaca.converted.fixed.jsonl"
    fixed = await report_on(alice, thread, name)
    await alice.wait_for("the fixed file", lambda m: name in files_of([m]), thread=thread)

    messages = await alice.messages(thread)
    [told] = [m for m in messages if key(m).startswith("fix.told:")]
    assert told["ts"] == preview["ts"], "the preview says what was done"
    assert "repeated examples left out × 1" in words(told)
    assert "write_fixed" not in words(told)
    files = files_of(messages)
    content = await content_of(shared_world, files[name])
    assert len(content.splitlines()) == 20
    assert "Où est la clé 2?" in content.decode()
    assert await content_of(shared_world, files["alpaca.jsonl"]) == original
    assert "alpaca.converted.diff" not in files, "the message shows every change"

    modal = await alice.press(fixed, "start_job")
    assert "alpaca.converted.fixed.jsonl" in str(modal)
    assert MODEL in str(modal)


async def test_a_file_without_anything_to_fix_gets_no_button(
    shared_world: World, tmp_path: Path
) -> None:
    alice = shared_world.person()
    thread = await alice.attach([small_file(tmp_path, "sound.jsonl", examples=21)], "")
    assert "fix_file" not in words(await report_of(alice, thread))


async def test_what_has_no_sure_fix_is_said_and_no_file_is_written(
    shared_world: World, tmp_path: Path
) -> None:
    path = small_file(tmp_path, "unsure.jsonl", examples=22)
    path.write_text(path.read_text().replace('"user"', '"customer"'))
    alice = shared_world.person()
    thread = await alice.attach([path], "")
    await click(shared_world, alice, await report_of(alice, thread), "fix_file")

    assert "Nothing in *unsure.jsonl*" in words(await fix_preview(alice, thread))
    assert "unsure.fixed.jsonl" not in files_of(await alice.messages(thread))
