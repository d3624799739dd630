"""What takes several rows at once takes them in one order."""

import asyncio

import pytest
from sqlalchemy import text

from tests.jobs.conftest import Bench
from tests.support.waiting import PATIENCE
from tunesmith.bot.jobs import Person, request_cancel
from tunesmith.storage import jobs, tasks
from tunesmith.storage.database import Database


async def _is_waited_for(database: Database) -> None:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(PATIENCE):
        while True:
            async with database.read() as connection:
                if (await connection.execute(waiting)).scalar_one():
                    return
            await asyncio.sleep(0.02)


@pytest.mark.databases("postgresql")
async def test_a_cancel_waits_for_a_step_of_the_launch_and_both_succeed(bench: Bench) -> None:
    database = bench.services.database
    job_id = await bench.reserve()
    await bench.arm("launch", job_id, job_id=job_id)
    async with database.write() as connection:
        [launch] = await tasks.claim(
            connection, owner="o", lease=60, kinds=["launch"], places={"job": 1}
        )
    async with database.write() as connection:
        assert await tasks.extend(connection, launch, 60)
        cancelling = asyncio.create_task(request_cancel(bench.services, job_id, Person("U1")))
        await _is_waited_for(database)
        await jobs.change(connection, job_id, suffix="set by the launch")
    await cancelling
    job = await bench.job(job_id)
    assert (job.suffix, job.cancelled_by) == ("set by the launch", "U1")
