"""Setting a tenth aside for validation, and being told of a validation file that overlaps."""

import json
from pathlib import Path

import pytest

from tests.support.slice import (
    chat_line,
    click,
    content_of,
    files_of,
    progress_of,
    report_of,
    small_file,
    start,
    validation_choices,
)
from tests.support.waiting import until
from tests.support.world import World, key, words
from tunesmith.bot.cli.demo.person import Message, Person

pytestmark = [pytest.mark.acceptance, pytest.mark.asyncio(loop_scope="session")]

SPLIT = "split_file"


def _questions(content: bytes) -> set[str]:
    return {json.loads(line)["messages"][0]["content"] for line in content.splitlines()}


async def _told(person: Person, thread: str, kind: str) -> Message:
    return await person.wait_for(kind, lambda m: key(m).startswith(f"{kind}:"), thread=thread)


async def test_a_tenth_is_set_aside_once_and_offered_as_the_validation_file(
    shared_world: World, tmp_path: Path
) -> None:
    path = tmp_path / "whole.jsonl"
    lines = [chat_line(f"What is {n // 2} plus one?", f"{n // 2 + 1}, {n}.") for n in range(40)]
    path.write_text("\n".join(lines))
    alice = shared_world.person()
    thread = await alice.attach([path], "")
    report = await report_of(alice, thread)
    await click(shared_world, alice, report, SPLIT)
    await click(shared_world, alice, report, SPLIT)

    said = words(await _told(alice, thread, "split.told"))
    assert "36 examples to train on, 4 set aside" in said
    part = await alice.wait_for(
        "report on the part to train on",
        lambda m: key(m).startswith("report:split.told:"),
        thread=thread,
    )
    assert SPLIT not in words(part), "what has a validation set is not split again"

    async def shared() -> dict[str, Message] | None:
        files = files_of(await alice.messages(thread))
        return files if {"whole-train.jsonl", "whole-valid.jsonl"} <= files.keys() else None

    files = await until(shared, "both parts")
    train = await content_of(shared_world, files["whole-train.jsonl"])
    valid = await content_of(shared_world, files["whole-valid.jsonl"])
    assert sorted(train.splitlines() + valid.splitlines()) == sorted(
        line.encode() for line in lines
    )
    assert not _questions(train) & _questions(valid)
    told = [key(m) for m in await alice.messages(thread) if key(m).startswith("split.told:")]
    assert len(told) == 1

    modal = await alice.press(part, "start_job")
    chosen = [block for block in modal["blocks"] if block["block_id"] == "validation"]
    assert chosen[0]["element"]["initial_option"]["text"]["text"] == "whole-valid.jsonl"


async def test_a_file_of_a_few_examples_is_not_offered_to_be_split(
    shared_world: World, tmp_path: Path
) -> None:
    alice = shared_world.person()
    thread = await alice.attach([small_file(tmp_path, "few.jsonl", examples=19)], "")
    assert SPLIT not in words(await report_of(alice, thread))


async def test_examples_that_all_ask_the_same_are_said_to_be_unfit_for_a_split(
    shared_world: World, tmp_path: Path
) -> None:
    path = tmp_path / "same.jsonl"
    path.write_text("\n".join(chat_line("What now?", f"Answer {n}.") for n in range(30)))
    alice = shared_world.person()
    thread = await alice.attach([path], "")
    await click(shared_world, alice, await report_of(alice, thread), SPLIT)
    said = words(await _told(alice, thread, "split.told"))
    assert "could not be split" in said
    assert "too much alike" in said


async def test_a_validation_file_that_asks_what_the_training_file_asks_is_called_out(
    shared_world: World, tmp_path: Path
) -> None:
    alice = shared_world.person()
    lines = small_file(tmp_path, "trained.jsonl", examples=24).read_text().splitlines()
    (tmp_path / "held-out.jsonl").write_text("\n".join([*lines[3:5], chat_line("New?", "Yes.")]))
    await report_of(alice, await alice.attach([tmp_path / "held-out.jsonl"], ""))
    thread = await alice.attach([tmp_path / "trained.jsonl"], "")
    report = await report_of(alice, thread)
    other = await validation_choices(alice, report)
    await start(alice, report, validation=other["held-out.jsonl"])
    said = words(await _told(alice, thread, "job.overlap"))
    assert "2 examples of *trained.jsonl* ask what *held-out.jsonl* asks (lines 4, 5)" in said
    await progress_of(alice, thread)
