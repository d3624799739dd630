"""How fast are tasks claimed where there are many? The queue beside plain SKIP LOCKED.

A database is filled with 1,000,000 done tasks, 10,000 lanes of three tasks, one lane of 10,000 and
10,000 tasks that are put off. Then tasks are claimed eight at a time out of all lanes, and one at a
time out of the one lane; each is finished, which lets its lane's next one go. In turns with that, a
bare table of as many unfinished rows is worked off by `SELECT … FOR UPDATE SKIP LOCKED LIMIT 8` and
an UPDATE. On PostgreSQL all this is done twice: with the statistics of an empty table, and after
ANALYZE. The server is that of TUNESMITH_TEST_POSTGRES_URL, or one that is started for the run.
"""

# ruff: noqa: E402
import sys

# This folder comes first on the path, and its inspect.py would be taken for Python's own.
sys.path[0] = __file__.rsplit("/", 2)[0]

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.support.databases import MISSING, any_server
from tunesmith.storage import lanes, tasks
from tunesmith.storage.database import Database

AT_ONCE = 8
PER_LANE = 3
GOAL_MS = 10.0

_SERIES = {
    "sqlite": "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < :count)",
    "postgresql": "WITH s AS (SELECT generate_series(1, CAST(:count AS INTEGER)) AS n)",
}
_COLUMNS = "key, kind, payload, lane, place, not_before, created_at, waiting, done_at"
_DONE = "'done:' || n, 'k', '{}', 'slack:C' || (n % 10000), 'tell', n, n, false, 4102444800 + n"
_LANES = "'of:' || n, 'k', '{}', 'slack:C' || (n % :lanes), 'tell', 1, n, n >= :lanes, NULL"
_ONE = "'one:' || n, 'k', '{}', 'inspect:C', 'check', 1, n, n > 1, NULL"
_LATER = "'later:' || n, 'k', '{}', NULL, 'tell', 4102444800, n, false, NULL"
_BARE = (
    "CREATE TABLE bare (id INTEGER PRIMARY KEY, done_at FLOAT)",
    "CREATE INDEX ix_bare ON bare (id) WHERE done_at IS NULL",
)


@dataclass
class Figures:
    """How long each claim took in ms, and how many tasks were done in how many seconds."""

    claims: list[float] = field(default_factory=list[float])
    tasks: int = 0
    seconds: float = 0

    def percentile(self, share: int) -> float:
        """The time within which this share of the claims (in percent) was made."""
        return statistics.quantiles(self.claims, n=100)[share - 1]


async def main(quick: bool) -> None:
    """Measure, print a table, and end with one JSON object."""
    found: dict[str, dict[str, Figures]] = {}
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}"
        found |= await _measure("sqlite", url, quick)
    with any_server() as server:
        if server is None:
            print(f"SQLite only: {MISSING}", file=sys.stderr)
        else:
            async with server.database() as url:
                found |= await _measure("postgresql", url, quick)
    _print(found, quick)


async def _measure(name: str, url: str, quick: bool) -> dict[str, dict[str, Figures]]:
    database = Database(url)
    try:
        await database.migrate()
        await _fill(database, name, 10 if quick else 1)
        rounds = 100 if quick else 400
        if name == "sqlite":
            return {name: await _work(database, rounds)}
        stale = await _work(database, rounds)
        async with database.write() as connection:
            await connection.execute(text("ANALYZE"))
        return {f"{name}, stale statistics": stale, name: await _work(database, rounds)}
    finally:
        await database.close()


async def _fill(database: Database, name: str, divisor: int) -> None:
    async with database.write() as connection:
        if name == "postgresql":  # nobody else gathers statistics during the run
            await connection.execute(text("ALTER TABLE tasks SET (autovacuum_enabled = false)"))
            await connection.execute(text("ANALYZE tasks"))
        lanes = 10_000 // divisor
        for select, count in (
            (_DONE, 1_000_000 // divisor),
            (_LANES, PER_LANE * lanes),
            (_ONE, lanes),
            (_LATER, lanes),
        ):
            given = {"count": count} | ({"lanes": lanes} if ":lanes" in select else {})
            statement = f"INSERT INTO tasks ({_COLUMNS}) {_SERIES[name]} SELECT {select} FROM s"
            await connection.execute(text(statement), given)
        for statement in _BARE:
            await connection.execute(text(statement))
        bare = f"INSERT INTO bare (id, done_at) {_SERIES[name]} SELECT n, NULL FROM s"
        await connection.execute(text(bare), {"count": PER_LANE * lanes})


async def _work(database: Database, rounds: int) -> dict[str, Figures]:
    ways: dict[str, Callable[[Figures], Awaitable[None]]] = {
        "many lanes": lambda figures: _queue_turn(database, figures, "tell", AT_ONCE),
        "one lane": lambda figures: _queue_turn(database, figures, "check", 1),
        "bare": lambda figures: _bare_turn(database, figures),
    }
    found = {way: Figures() for way in ways}
    for _ in range(rounds):
        for way, turn in ways.items():
            await turn(found[way])
    return found


async def _queue_turn(database: Database, figures: Figures, place: str, most: int) -> None:
    began = time.perf_counter()
    async with database.write(durable=False) as connection:  # as the queue does
        claimed = await tasks.claim(
            connection, owner="bench", lease=60, kinds=["k"], places={place: most}
        )
    figures.claims.append((time.perf_counter() - began) * 1_000)
    assert len(claimed) == most
    for task in claimed:
        async with database.write() as connection:
            assert await tasks.finish(connection, task)
            assert task.lane is not None
            await lanes.let_next(connection, task.lane)
    figures.tasks += most
    figures.seconds += time.perf_counter() - began


async def _bare_turn(database: Database, figures: Figures) -> None:
    began = time.perf_counter()
    async with database.write(durable=False) as connection:
        ids = await _skip_locked(connection)
    figures.claims.append((time.perf_counter() - began) * 1_000)
    assert len(ids) == AT_ONCE
    for id_ in ids:
        async with database.write() as connection:
            await connection.execute(
                text("UPDATE bare SET done_at = 2 WHERE id = :id"), {"id": id_}
            )
    figures.tasks += AT_ONCE
    figures.seconds += time.perf_counter() - began


async def _skip_locked(connection: AsyncConnection) -> list[int]:
    lock = "FOR UPDATE SKIP LOCKED" if connection.dialect.name == "postgresql" else ""
    select = f"SELECT id FROM bare WHERE done_at IS NULL ORDER BY id LIMIT {AT_ONCE} {lock}"
    return [int(id_) for id_ in (await connection.execute(text(select))).scalars()]


def _print(found: dict[str, dict[str, Figures]], quick: bool) -> None:
    size = "100,000 done tasks, 1,000 lanes" if quick else "1,000,000 done tasks, 10,000 lanes"
    table = Table(title=f"Claims among {size}, ms")
    for column in ("database", "of", "p50", "p99", "tasks/s"):
        table.add_column(column, justify="left" if column in ("database", "of") else "right")
    figures: dict[str, float] = {}
    for database, ways in found.items():
        for way, of in ways.items():
            p50, p99, rate = of.percentile(50), of.percentile(99), of.tasks / of.seconds
            table.add_row(database, way, f"{p50:.2f}", f"{p99:.2f}", f"{rate:,.0f}")
            name = f"{database}, {way}".replace(", ", "_").replace(" ", "_")
            figures |= {f"{name}_p99_ms": p99, f"{name}_tasks_per_s": rate}
    Console(width=80).print(table)
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the size")
    asyncio.run(main(parser.parse_args().quick))
