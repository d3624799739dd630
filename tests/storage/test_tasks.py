"""The tasks table: keys, leases, fences, attempts, signals."""

import asyncio

import pytest
from sqlalchemy import text

from tunesmith.storage import lanes, tasks
from tunesmith.storage.database import Database
from tunesmith.storage.tasks import Task


async def _add(database: Database, key: str, lane: str | None = None, delay: float = 0) -> bool:
    """Write a task; with `delay`, one that was tried and waits for so long."""
    async with database.write() as connection:
        written = await tasks.add(
            connection, key=key, kind="k", place="check", payload={"of": key}, lane=lane
        )
    if delay:
        for task in await _claim(database):
            later = delay if task.key == key else 0
            async with database.write() as connection:
                await tasks.release(connection, task, delay=later)
    return written


async def _claim(
    database: Database, most: int = 10, lease: float = 60, owner: str = "w"
) -> list[Task]:
    async with database.write() as connection:
        return await tasks.claim(
            connection, owner=owner, lease=lease, kinds=["k"], places={"check": most}
        )


async def _finish(database: Database, task: Task, rest: float = 0) -> None:
    async with database.write() as connection:
        assert await tasks.finish(connection, task)
        if task.lane is not None:
            await lanes.let_next(connection, task.lane, rest)


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
    assert (old.id, old.lost, new.lost, new.attempts) == (new.id, 0, 1, 0)
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


async def test_a_waiting_task_can_be_made_due(database: Database) -> None:
    await _add(database, "a", delay=60)
    assert await _claim(database) == []
    async with database.write() as connection:
        await tasks.make_due(connection, "a")
    assert len(await _claim(database)) == 1


async def test_adding_again_makes_a_done_task_due_and_leaves_a_waiting_one_alone(
    database: Database,
) -> None:
    async def add_again() -> None:
        async with database.write() as connection:
            await tasks.add_again(connection, key="watch", kind="k", place="check", payload={})

    await add_again()
    await add_again()
    [task] = await _claim(database)
    await add_again()
    assert await _claim(database) == []
    async with database.write() as connection:
        await tasks.finish(connection, task)
    await add_again()
    [again] = await _claim(database)
    assert (again.id, again.attempts) == (task.id, 0)


async def test_old_done_tasks_are_forgotten_and_others_kept(database: Database) -> None:
    await _add(database, "done")
    await _add(database, "waiting", delay=60)
    [task] = await _claim(database)
    async with database.write() as connection:
        await tasks.finish(connection, task)
        await tasks.forget(connection, older_than=60, most=10)
    assert not await _add(database, "done")
    async with database.write() as connection:
        await tasks.forget(connection, older_than=-1, most=10)
    assert await _add(database, "done")
    assert not await _add(database, "waiting")


async def test_only_a_failed_try_is_counted(database: Database) -> None:
    await _add(database, "a")
    for failed, attempts in ((False, 0), (True, 0), (False, 1)):
        [task] = await _claim(database)
        assert task.attempts == attempts
        async with database.write() as connection:
            await tasks.release(connection, task, delay=0, failed=failed)
    [task] = await _claim(database)
    assert (task.attempts, task.fence) == (1, 4)


async def test_an_outage_lasts_from_its_first_try_until_one_meets_something_else(
    database: Database,
) -> None:
    await _add(database, "a")
    lasted: list[float | None] = []
    for outage in (True, True, False, True):
        [task] = await _claim(database)
        lasted.append(task.failing_for)
        async with database.write() as connection:
            await tasks.release(connection, task, delay=0, outage=outage)
    first, second, third, fourth = lasted
    assert (first, fourth) == (None, None)
    assert second is not None
    assert third is not None
    assert 0 <= second < third


async def test_a_given_up_task_is_due_again_with_its_reason_and_nothing_counted(
    database: Database,
) -> None:
    await _add(database, "a")
    [task] = await _claim(database, lease=-1)
    async with database.write() as connection:
        await tasks.release(connection, task, delay=0, failed=True, outage=True)
    [task] = await _claim(database)
    async with database.write() as connection:
        assert await tasks.give_up(connection, task, "why")
    [task] = await _claim(database)
    assert (task.given_up, task.attempts, task.lost, task.failing_for) == ("why", 0, 0, None)


@pytest.mark.parametrize("signalled", [False, True])
async def test_a_signal_to_a_running_task_makes_it_due_again_at_once(
    database: Database, signalled: bool
) -> None:
    await _add(database, "repeats")
    await _add(database, "waits")
    claimed = await _claim(database)
    for task in claimed:
        async with database.write() as connection:
            if signalled:
                await tasks.make_due(connection, task.key)
        async with database.write() as connection:
            if task.key == "repeats":
                await tasks.finish(connection, task)
                await tasks.reopen(connection, task, delay=60)
            else:
                await tasks.release(connection, task, delay=60)
    assert len(await _claim(database)) == (2 if signalled else 0)
    # The signal was for that one run.
    for task in await _claim(database):
        async with database.write() as connection:
            await tasks.release(connection, task, delay=60)
    assert await _claim(database) == []


async def test_tasks_of_an_earlier_version_get_the_place_of_their_kind(database: Database) -> None:
    columns = {"kind": "k", "payload": "{}", "now": 0}
    write = text(
        "INSERT INTO tasks (key, kind, payload, lane, not_before, created_at)"
        " VALUES (:key, :kind, :payload, :lane, :now, :now)"
    )
    async with database.write() as connection:
        for key, lane in (("alone", None), ("first", "c1"), ("second", "c1")):
            await connection.execute(write, {**columns, "key": key, "lane": lane})
    assert await _claim(database) == []
    async with database.write() as connection:
        assert await tasks.set_places(connection, {"other": "tell"}) == 0
        assert await tasks.set_places(connection, {"k": "check"}) == 3
    claimed = await _claim(database)
    assert [task.key for task in claimed] == ["alone", "first"]
    await _finish(database, claimed[1])
    assert [task.key for task in await _claim(database)] == ["second"]
