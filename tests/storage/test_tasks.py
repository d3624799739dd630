"""The tasks table: keys, lanes, leases and fences."""

import asyncio

from tunesmith.storage import tasks
from tunesmith.storage.database import Database
from tunesmith.storage.tasks import Task


async def _add(database: Database, key: str, lane: str | None = None, delay: float = 0) -> bool:
    """Write a task; with `delay`, one that was tried and waits for so long."""
    async with database.write() as connection:
        written = await tasks.add(connection, key=key, kind="k", payload={"of": key}, lane=lane)
    if delay:
        for task in await _claim(database):
            later = delay if task.key == key else 0
            async with database.write() as connection:
                await tasks.release(connection, task, delay=later, failed=False)
    return written


async def _claim(
    database: Database, most: int = 10, lease: float = 60, owner: str = "w"
) -> list[Task]:
    async with database.write() as connection:
        return await tasks.claim(
            connection, owner=owner, lease=lease, kinds=["k"], rests={}, most=most
        )


async def test_a_key_is_written_once(database: Database) -> None:
    assert await _add(database, "a")
    assert not await _add(database, "a")
    assert [task.key for task in await _claim(database)] == ["a"]


async def test_a_done_key_is_not_written_again(database: Database) -> None:
    await _add(database, "a")
    [task] = await _claim(database)
    async with database.write() as connection:
        assert await tasks.finish(connection, task)
    assert not await _add(database, "a")
    assert await _claim(database) == []


async def test_a_claimed_task_is_not_claimed_again_while_its_lease_runs(
    database: Database,
) -> None:
    await _add(database, "a")
    assert len(await _claim(database)) == 1
    assert await _claim(database) == []


async def test_a_lease_that_ran_out_is_claimable_by_anyone_and_the_old_worker_writes_nothing(
    database: Database,
) -> None:
    await _add(database, "a")
    [old] = await _claim(database, lease=-1)
    [new] = await _claim(database, owner="other")
    assert (old.id, old.attempts, new.attempts) == (new.id, 1, 2)
    assert new.fence > old.fence
    async with database.write() as connection:
        assert not await tasks.extend(connection, old, 60)
        assert not await tasks.finish(connection, old)
        assert not await tasks.release(connection, old, delay=0)
        assert await tasks.finish(connection, new)


async def test_two_workers_at_once_share_the_tasks_without_overlap(database: Database) -> None:
    for number in range(40):
        await _add(database, f"t{number}")
    claims = await asyncio.gather(*(_claim(database, most=7) for _ in range(8)))
    taken = [task.key for claim in claims for task in claim]
    assert len(taken) == len(set(taken)) == 40


async def test_a_lane_gives_out_its_tasks_one_at_a_time_and_in_order(database: Database) -> None:
    for key in ("first", "second", "third"):
        await _add(database, key, lane="c1")
    await _add(database, "elsewhere", lane="c2")
    seen: list[str] = []
    while claimed := [task for task in await _claim(database) if task.lane == "c1"]:
        [task] = claimed
        seen.append(task.key)
        async with database.write() as connection:
            await tasks.finish(connection, task)
    assert seen == ["first", "second", "third"]


async def test_a_waiting_head_holds_back_its_lane(database: Database) -> None:
    await _add(database, "first", lane="c1", delay=60)
    await _add(database, "second", lane="c1")
    assert await _claim(database) == []


async def test_a_waiting_task_can_be_made_due(database: Database) -> None:
    await _add(database, "a", delay=60)
    assert await _claim(database) == []
    async with database.write() as connection:
        await tasks.make_due(connection, "a")
    assert len(await _claim(database)) == 1


async def test_a_lane_rests_after_a_task_of_a_paced_kind(database: Database) -> None:
    await _add(database, "a", lane="c1")
    [task] = await _claim(database)
    async with database.write() as connection:
        await tasks.finish(connection, task)
    await _add(database, "b", lane="c1")

    async def claim(rest: float) -> int:
        async with database.write() as connection:
            rests = {"k": rest, "other": 900.0}
            return len(
                await tasks.claim(connection, owner="o", lease=60, kinds=["k"], rests=rests, most=5)
            )

    assert await claim(60) == 0
    assert await claim(0) == 1


async def test_adding_again_makes_a_done_task_due_and_leaves_a_waiting_one_alone(
    database: Database,
) -> None:
    async def add_again() -> None:
        async with database.write() as connection:
            await tasks.add_again(connection, key="watch", kind="k", payload={})

    await add_again()
    await add_again()
    [task] = await _claim(database)
    await add_again()
    assert await _claim(database) == []
    async with database.write() as connection:
        await tasks.finish(connection, task)
    await add_again()
    [again] = await _claim(database)
    assert (again.id, again.attempts) == (task.id, 1)


async def test_old_done_tasks_are_forgotten_and_others_kept(database: Database) -> None:
    await _add(database, "done")
    await _add(database, "waiting", delay=60)
    [task] = await _claim(database)
    async with database.write() as connection:
        await tasks.finish(connection, task)
        await tasks.forget(connection, older_than=60)
    assert not await _add(database, "done")
    async with database.write() as connection:
        await tasks.forget(connection, older_than=-1)
    assert await _add(database, "done")
    assert not await _add(database, "waiting")


async def test_a_try_that_has_not_failed_is_not_counted(database: Database) -> None:
    await _add(database, "a")
    for failed, attempts in ((False, 1), (True, 1), (False, 2)):
        [task] = await _claim(database)
        assert task.attempts == attempts
        async with database.write() as connection:
            await tasks.release(connection, task, delay=0, failed=failed)
    [task] = await _claim(database)
    assert (task.attempts, task.fence) == (2, 4)
