"""Tables are checked where somebody asks for it; what they are converted to is trained on."""

import csv
import json
from pathlib import Path

import pytest

from tests.support.slice import (
    chat_line,
    click,
    final_of,
    report_of,
    report_on,
    run_shortcut,
    small_file,
    start,
    validation_choices,
)
from tests.support.world import World, key, words
from tunesmith.bot.cli.demo.person import Message, Person

pytestmark = [pytest.mark.acceptance, pytest.mark.asyncio(loop_scope="session")]


def _array_of(path: Path, lines: list[str]) -> Path:
    path.write_text(json.dumps([json.loads(line) for line in lines], indent=1))
    return path


async def test_a_table_is_checked_when_the_shortcut_asks_for_it_and_not_before(
    shared_world: World, tmp_path: Path
) -> None:
    path = tmp_path / "pairs.csv"
    rows = [f"What is {n}?,It is {n}." for n in range(12)]
    path.write_text("prompt,completion\n" + "\n".join(rows) + "\n")
    alice = shared_world.person()
    thread = await alice.attach([path], "our figures")
    after = await alice.attach([small_file(tmp_path, "after-table.jsonl")], "")
    await report_of(alice, after)
    assert len(await alice.messages(thread)) == 1, "nobody asked"
    await run_shortcut(shared_world, alice, thread)
    assert "pairs.csv" in (await report_of(alice, thread))["text"]


async def _converted(world: World, person: Person, thread: str, name: str) -> Message:
    """The report on the file that the Convert button attaches."""
    await click(world, person, await report_of(person, thread), "convert_file")
    return await report_on(person, thread, name)


async def test_a_job_trains_on_what_a_json_array_is_converted_to(
    shared_world: World, tmp_path: Path
) -> None:
    lines = small_file(tmp_path, "lines.jsonl").read_text().splitlines()
    alice = shared_world.person()
    thread = await alice.attach([_array_of(tmp_path / "array.json", lines)], "")
    await run_shortcut(shared_world, alice, thread)
    assert "start_job" not in words(await report_of(alice, thread))
    await start(alice, await _converted(shared_world, alice, thread, "array.jsonl"))
    assert "is ready" in words(await final_of(alice, thread))


async def test_a_table_that_asks_what_the_training_file_asks_is_called_out(
    shared_world: World, tmp_path: Path
) -> None:
    lines = small_file(tmp_path, "to-train.jsonl", examples=24).read_text().splitlines()
    held_out = tmp_path / "held-out.csv"
    with held_out.open("w", newline="") as file:
        rows = [json.loads(line) for line in (*lines[3:5], chat_line("New?", "Yes."))]
        table = csv.DictWriter(file, ["messages"])
        table.writeheader()
        table.writerows({"messages": json.dumps(row["messages"])} for row in rows)
    alice = shared_world.person()
    aside = await alice.attach([held_out], "")
    await run_shortcut(shared_world, alice, aside)
    await _converted(shared_world, alice, aside, "held-out.jsonl")
    thread = await alice.attach([tmp_path / "to-train.jsonl"], "")
    report = await report_of(alice, thread)
    other = await validation_choices(alice, report)
    await start(alice, report, validation=other["held-out.jsonl"])
    said = await alice.wait_for(
        "word of the overlap", lambda m: key(m).startswith("job.overlap:"), thread=thread
    )
    assert "(lines 4, 5)" in words(said)
