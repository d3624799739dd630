"""Two replicas on one PostgreSQL database."""

from pathlib import Path

import pytest

from tests.support.databases import LocalServer
from tests.support.slice import (
    answer_in,
    assert_told_once,
    final_of,
    progress_of,
    report_of,
    small_file,
    start,
)
from tests.support.world import World, key

pytestmark = pytest.mark.acceptance


async def test_replicas_go_on_where_the_database_restarts_and_one_of_them_is_killed(
    replicas: tuple[World, LocalServer], tmp_path: Path
) -> None:
    world, server = replicas
    alice = world.person()
    threads = [
        await alice.attach([small_file(tmp_path, f"{n}.jsonl", examples=12 + n)], "")
        for n in range(4)
    ]
    server.stop()
    server.start()
    reports = [await report_of(alice, thread) for thread in threads]
    await start(alice, reports[0])
    await progress_of(alice, threads[0])
    await world.kill("bot")
    final = await final_of(alice, threads[0])
    asked = await alice.say("<@U0TUNESMITH> What is 3 plus one?", thread=threads[0])
    await answer_in(alice, threads[0], max(asked, final["ts"]))
    await world.redeliver_all()
    await assert_told_once(alice, threads[0])
    for thread in threads:
        keys = [key(m) for m in await alice.messages(thread) if key(m)]
        assert len(keys) == len(set(keys))
        assert len([k for k in keys if k.startswith("report:")]) == 1
