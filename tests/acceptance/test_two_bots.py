"""Two bots on one data folder, as where somebody starts a second one by mistake."""

from pathlib import Path

import pytest

from tests.support.slice import (
    answer_in,
    assert_told_once,
    final_of,
    report_of,
    small_file,
    start,
)
from tests.support.world import World, key

pytestmark = pytest.mark.acceptance


async def test_a_second_bot_on_the_same_database_doubles_nothing(
    world: World, tmp_path: Path
) -> None:
    await world.start_bot(name="second bot")
    alice = world.person()
    files = [small_file(tmp_path, f"{n}.jsonl", examples=12 + n) for n in range(5)]
    threads = [await alice.attach([file], "") for file in files]
    reports = [await report_of(alice, thread) for thread in threads]
    await start(alice, reports[0])
    final = await final_of(alice, threads[0])
    asked = await alice.say("<@U0TUNESMITH> What is 3 plus one?", thread=threads[0])
    await answer_in(alice, threads[0], max(asked, final["ts"]))
    await world.redeliver_all()
    await assert_told_once(alice, threads[0])
    for thread in threads:
        keys = [key(m) for m in await alice.messages(thread) if key(m)]
        assert len(keys) == len(set(keys))
        assert len([k for k in keys if k.startswith("report:")]) == 1
