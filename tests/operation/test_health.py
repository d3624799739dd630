"""Health, metrics and log lines: what those who run the bot see of it."""

import asyncio
import io
import json
import logging
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.support.bot import services_of
from tests.support.queues import AnyWork, add, running, serve, until
from tests.support.waiting import PATIENCE
from tests.support.world import ROOT, free_port
from tunesmith.bot import health, listening, logs
from tunesmith.bot.errors import ConfigurationError
from tunesmith.bot.messages import say
from tunesmith.bot.queue import Queue, Wait
from tunesmith.bot.services import Services
from tunesmith.storage import tasks
from tunesmith.storage.database import Database

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def services(database: Database, tmp_path: Path) -> Services:
    return services_of(tmp_path, database, "http://127.0.0.1:9/api/")


@asynccontextmanager
async def _served(services: Services, *, connected: bool) -> AsyncGenerator[str]:
    port = free_port()
    async with health.serving(services, host="127.0.0.1", port=port, connected=lambda: connected):
        yield f"http://127.0.0.1:{port}"


async def _get(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, await response.text()


async def test_a_bot_that_works_is_live_and_ready(services: Services) -> None:
    async with _served(services, connected=True) as url:
        assert (await _get(f"{url}/healthz"))[0] == 200
        assert (await _get(f"{url}/readyz"))[0] == 200


async def test_without_slack_or_database_it_is_live_but_not_ready(services: Services) -> None:
    async with _served(services, connected=False) as url:
        status, said = await _get(f"{url}/readyz")
        assert (status, json.loads(said)["slack"]) == (503, "failing")
    async with services.database.write() as connection:
        await connection.exec_driver_sql("ALTER TABLE tasks RENAME TO elsewhere")
    async with _served(services, connected=True) as url:
        status, said = await _get(f"{url}/readyz")
        assert (status, json.loads(said)["database"]) == (503, "failing")
        assert (await _get(f"{url}/healthz"))[0] == 200


async def test_a_queue_that_no_longer_looks_is_not_live(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_LIVE_SECONDS", 0)
    async with _served(services, connected=True) as url:
        assert (await _get(f"{url}/healthz"))[0] == 503


async def test_metrics_tell_what_waits_and_what_was_done(
    services: Services, database: Database
) -> None:
    await add(database, "one", kind="of_metrics")
    await add(database, "two", kind="of_metrics")
    async with _served(services, connected=True) as url:
        _, before = await _get(f"{url}/metrics")
        assert 'tunesmith_queue_tasks{kind="of_metrics"} 2.0' in before
        await _run_all(database, "of_metrics")
        _, after = await _get(f"{url}/metrics")
    assert 'tunesmith_queue_tasks{kind="of_metrics"}' not in after
    assert 'tunesmith_tasks_total{kind="of_metrics",outcome="done"} 2.0' in after
    assert 'tunesmith_tasks_total{kind="of_metrics",outcome="waits"} 1.0' in after


async def _run_all(database: Database, kind: str) -> None:
    queue, waited = Queue(database), list[str]()

    async def run(work: AnyWork) -> None:
        if not waited:
            waited.append(work.task.key)
            raise Wait(say("common.slack_asks_to_wait"), 0)

    serve(queue, run, name=kind)
    async with running(queue), asyncio.timeout(PATIENCE):
        while await _waiting(database, kind):
            await asyncio.sleep(0.02)
        # A task's end is told once it is on the disk, and stopping the queue would come before.
        async with database.write():
            pass
        await asyncio.sleep(0.1)


async def _waiting(database: Database, kind: str) -> bool:
    async with database.read() as connection:
        return kind in {found.kind for found in await tasks.waiting(connection)}


async def test_its_port_too_closes_what_is_half_sent_and_the_oldest_of_too_many_connections(
    services: Services, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(listening, "READ_SECONDS", 0.2)
    async with _served(services, connected=True) as url:
        address = ("127.0.0.1", int(url.rpartition(":")[2]))
        for sent in (b"", b"GET /healthz HTTP/1.1\r\nHost:", b"\x16\x03\x01\x02\x00\r\n\r\n"):
            reader, writer = await asyncio.open_connection(*address)
            writer.write(sent)
            async with asyncio.timeout(PATIENCE):
                await reader.read()
            writer.close()
    assert not caplog.records
    monkeypatch.setattr(listening, "READ_SECONDS", 60.0)
    monkeypatch.setattr(listening, "MOST_CONNECTIONS", 3)
    async with _served(services, connected=True) as url:
        address = ("127.0.0.1", int(url.rpartition(":")[2]))
        idle = [await asyncio.open_connection(*address) for _ in range(9)]
        assert (await _get(f"{url}/healthz"))[0] == 200
        await until(lambda: sum(not reader.at_eof() for reader, _ in idle) <= 3)
        for _, writer in idle:
            writer.close()


async def test_a_port_that_is_taken_is_told_with_the_setting_to_change(
    services: Services,
) -> None:
    async with _served(services, connected=True) as url:
        port = int(url.rpartition(":")[2])
        again = health.serving(services, host="127.0.0.1", port=port, connected=lambda: True)
        with pytest.raises(ConfigurationError, match=r"in use.*TUNESMITH_HEALTH_PORT"):
            async with again:
                pass


async def test_all_metrics_are_documented_and_no_other(services: Services) -> None:
    async with _served(services, connected=True) as url:
        _, said = await _get(f"{url}/metrics")
    named: list[str] = re.findall(r"^# TYPE (tunesmith_\w+) \w+$", said, re.MULTILINE)
    there = {name for name in named if not name.endswith("_created")}
    page = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(tunesmith_\w+)`", page, re.MULTILINE)) == there


async def test_the_log_is_one_json_object_a_line(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        logs.set_up("json")
        await add(database, "one", kind="of_log")
        await add(database, "two", kind="of_log")
        await _run_all(database, "of_log")
        logging.getLogger("x").warning("two\nlines %s", "of it")
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    tried = [line for line in lines if line.get("kind") == "of_log"]
    assert sorted(line["outcome"] for line in tried) == ["done", "done", "waits"]
    assert lines[-1]["message"] == "two\nlines of it"
