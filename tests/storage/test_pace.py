"""Turns are given as a bucket of calls that fills evenly would give them."""

import asyncio
import itertools
import math

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from tunesmith.storage import pace
from tunesmith.storage.database import Database
from tunesmith.storage.tables import pace as table

# So long that the seconds which the test itself takes do not show.
INTERVAL = 1_000_000.0
CLOSE = INTERVAL / 100


class Bucket:
    """The obvious model: all departures so far, replayed for each call."""

    def __init__(self, burst: int) -> None:
        self._burst = burst
        self._departures: list[float] = []

    def take(self, at: float, most_wait: float) -> float | None:
        """When the call may go, in seconds from `at`; None where that is too late."""
        going = max([at, *self._departures])
        while (level := self._level(going)) < 1 - 1e-6:
            going += (1 - level) * INTERVAL
        if going - at > most_wait + CLOSE:
            return None
        self._departures.append(going)
        return going - at

    def _level(self, at: float) -> float:
        level, since = float(self._burst), 0.0
        for departure in self._departures:
            level = min(self._burst, level + (departure - since) / INTERVAL) - 1
            since = departure
        return min(self._burst, level + (at - since) / INTERVAL)


@given(
    burst=st.integers(1, 5),
    most_wait=st.sampled_from([0, 2]),
    steps=st.lists(st.sampled_from([0.0, 0.0, 0.0, 0.3, 1.0, 2.7, 9.0]), max_size=20),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_turns_come_as_from_a_bucket_that_fills_evenly(
    database: Database, burst: int, most_wait: int, steps: list[float]
) -> None:
    bucket, at = Bucket(burst), 0.0
    limit = {"interval": INTERVAL, "tolerance": (burst - 1) * INTERVAL}
    async with database.write() as connection:
        await connection.execute(table.delete())
        for step in steps:
            # Time passes: the scope's time comes nearer.
            at += step * INTERVAL
            await connection.execute(
                update(table).values(next_at=table.c.next_at - step * INTERVAL)
            )
            given_ = await pace.take(
                connection, "s", most_wait=most_wait * INTERVAL + CLOSE / 2, **limit
            )
            wanted = bucket.take(at, most_wait * INTERVAL)
            assert (given_ is None) == (wanted is None)
            if given_ is not None and wanted is not None:
                assert abs(given_ - wanted) < CLOSE


async def test_a_scope_that_is_held_gives_no_turn_before_its_time(database: Database) -> None:
    limit = {"interval": 1.0, "tolerance": 5.0}
    async with database.write() as connection:
        await pace.hold(connection, "s", 1_000.0, tolerance=5.0)
        await pace.hold(connection, "s", 10.0, tolerance=5.0)
        assert await pace.take(connection, "s", most_wait=900, **limit) is None
        wait = await pace.take(connection, "s", most_wait=1_100, **limit)
        assert wait is not None
        assert 900 < wait <= 1_000
        assert await pace.take(connection, "other", most_wait=0, **limit) == 0


@given(
    burst=st.integers(1, 4),
    steps=st.lists(
        st.tuples(st.sampled_from("abcde"), st.sampled_from([0.0, 0.0, 0.3, 1.0])), max_size=25
    ),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_booked_turns_are_those_of_the_bucket_in_the_order_of_coming_however_often_one_asks(
    database: Database, burst: int, steps: list[tuple[str, float]]
) -> None:
    bucket, at = Bucket(burst), 0.0
    limits = [pace.Limit("narrow", INTERVAL, burst), pace.Limit("wide", INTERVAL / 9, 20)]
    booked: dict[str, float] = {}
    async with database.write() as connection:
        await connection.execute(table.delete())
        for holder, step in steps:
            at += step * INTERVAL
            await connection.execute(
                update(table).values(next_at=table.c.next_at - step * INTERVAL)
            )
            for late in [one for one, turn in booked.items() if turn < at - CLOSE]:
                del booked[late]  # its turn came meanwhile: it goes at once
                await pace.book(connection, limits, late, most_wait=CLOSE)
            wait = await pace.book(connection, limits, holder, most_wait=CLOSE)
            if holder not in booked:
                wanted = bucket.take(at, math.inf)
                assert wanted is not None
                booked[holder] = at + wanted
            assert abs(at + wait - booked[holder]) < CLOSE
            if wait <= CLOSE:
                del booked[holder]


@given(
    burst=st.integers(1, 3),
    steps=st.lists(
        st.tuples(st.sampled_from(["", *"abcdefgh"]), st.sampled_from([0.0, 0.0, 0.0, 1.0, 5.0])),
        max_size=30,
    ),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_however_late_holders_come_no_more_go_than_two_bursts_and_the_even_pace(
    database: Database, burst: int, steps: list[tuple[str, float]]
) -> None:
    at, gone, limit = 0.0, list[float](), pace.Limit("s", INTERVAL, burst)
    async with database.write() as connection:
        await connection.execute(table.delete())
        for holder, step in steps:
            at += step * INTERVAL
            passed = update(table).values(next_at=table.c.next_at - step * INTERVAL)
            await connection.execute(passed)
            if holder:
                wait = await pace.book(connection, [limit], holder, most_wait=CLOSE)
            else:  # without booking
                plain = {"interval": INTERVAL, "tolerance": limit.tolerance, "most_wait": CLOSE}
                wait = await pace.take(connection, limit.scope, **plain)
            if wait is not None and wait <= CLOSE:
                gone.append(at)
    for first, second in itertools.combinations(range(len(gone)), 2):
        lasted = (gone[second] - gone[first]) / INTERVAL
        assert second - first + 1 <= 2 * burst + lasted


async def test_who_missed_a_booked_turn_by_more_than_a_burst_gets_a_new_one(
    database: Database,
) -> None:
    limit = pace.Limit("s", 100.0, 3)
    async with database.write() as connection:
        for passed, waits in (
            (0, [0, 0, 0, 100, 200]),
            (250, [0, 0, 0, 0, 0]),
            (70, [0, 100, 200, 0, 0]),
        ):
            await connection.execute(update(table).values(next_at=table.c.next_at - passed))
            found = [await pace.book(connection, [limit], one, most_wait=-1) for one in "abcde"]
            assert [round(wait, -2) for wait in found] == waits


async def test_nobody_goes_with_a_turn_that_was_booked_before_slack_asked_to_wait(
    database: Database,
) -> None:
    limit = pace.Limit("s", 10.0, 3)
    async with database.write() as connection:
        waits = [await pace.book(connection, [limit], one, most_wait=-1) for one in "abcdef"]
        assert [round(wait, -1) for wait in waits] == [0, 0, 0, 10, 20, 30]
        for scope in (limit.scope, limit.held):
            await pace.hold(connection, scope, 1_000.0, tolerance=limit.tolerance)
        for _ in range(2):
            waits = [await pace.book(connection, [limit], one, most_wait=-1) for one in "abcdef"]
            assert [round(wait, -1) for wait in waits] == [1000, 1010, 1020, 1030, 1040, 1050]


async def test_two_workers_that_book_for_one_holder_at_once_both_get_a_turn(
    database: Database,
) -> None:
    limit = pace.Limit("s", 100.0, 1)

    async def book() -> float:
        async with database.write() as connection:
            wait = await pace.book(connection, [limit], "a", most_wait=-1)
            await asyncio.sleep(0.05)
            return wait

    assert sorted(round(wait, -2) for wait in await asyncio.gather(book(), book())) in (
        [0, 0],
        [0, 100],
    )


async def test_scopes_and_booked_turns_of_long_ago_are_forgotten_and_others_stay(
    database: Database,
) -> None:
    old = pace.Limit("old", 1.0, 1)
    async with database.write() as connection:
        await connection.execute(table.delete())
        for number in range(3):
            await pace.book(connection, [old], str(number), most_wait=-1)
        await connection.execute(update(table).values(next_at=table.c.next_at - 90_000))
        await pace.take(connection, "new", interval=1.0, tolerance=0.0, most_wait=0)
        assert [await pace.forget(connection, 3) for _ in range(3)] == [3, 1, 0]
        assert list(await connection.scalars(select(table.c.scope))) == ["new"]
