"""The comparisons table, and votes that come at once."""

import asyncio
from collections.abc import Sequence

import pytest

from tunesmith.bot.answers.comparison.standing import answer_key, see, show, standing, vote
from tunesmith.bot.errors import JobError
from tunesmith.storage import answers, comparisons
from tunesmith.storage.answers import Answer
from tunesmith.storage.comparisons import Comparison, Entry, Meeting
from tunesmith.storage.database import Database

PEOPLE = [f"U{number}" for number in range(8)]


async def _answered(
    database: Database, name: str, models: Sequence[str], failing: Sequence[str] = ()
) -> str:
    """A comparison of these models whose answers have come."""
    comparison = Comparison(name, "T1", "C1", None, "U0", "When?")
    entries = [
        Entry(name, place, model, f"tuned local {model}  {model}", model)
        for place, model in enumerate(models)
    ]
    async with database.write() as connection:
        assert await comparisons.add(connection, comparison, entries)
        for entry in entries:
            if entry.model in failing:
                await comparisons.fail(connection, name, entry.place, '{"key": "x"}')
            else:
                key = answer_key(name, entry.place)
                await answers.keep(connection, Answer(key, "At seven.", 1.0, None, "stop"))
    return name


async def _vote(database: Database, name: str, person: str, place: int | None) -> None:
    async with database.write() as connection:
        await vote(connection, name, person, place)


async def test_one_vote_a_person_counts_from_when_they_saw_the_names_and_then_stays(
    database: Database,
) -> None:
    name = await _answered(database, "c", ["a", "b"])
    await asyncio.gather(*(_vote(database, name, "U1", n % 2) for n in range(4)))
    await asyncio.gather(*(_vote(database, name, person, 0) for person in PEOPLE))
    async with database.read() as connection:
        found = await standing(connection, name)
        assert {one.person for one in found.votes} == set(PEOPLE)
        assert len(found.votes) == len(PEOPLE)
        assert await comparisons.meetings(connection, "T1", ["C1"]) == []
    async with database.write() as connection:
        await see(connection, name, "U1")
    with pytest.raises(JobError):
        await _vote(database, name, "U1", None)
    await _vote(database, name, "U2", None)
    async with database.write() as connection:
        assert await comparisons.meetings(connection, "T1", ["C1"]) == [Meeting("a", "b", 1, 0, 0)]
        await show(connection, name, "U2")
    with pytest.raises(JobError):
        await _vote(database, name, "U3", 1)
    async with database.read() as connection:
        assert await comparisons.meetings(connection, "T1", ["C1"]) == [Meeting("a", "b", 7, 0, 1)]
        assert await comparisons.meetings(connection, "T1", ["C2"]) == []
        assert await comparisons.meetings(connection, "T2", ["C1"]) == []


async def test_names_are_shown_once_and_only_by_who_asked_or_voted(database: Database) -> None:
    name = await _answered(database, "c", ["a", "b"])
    async with database.write() as connection:
        with pytest.raises(JobError):
            await see(connection, name, "U1")
        with pytest.raises(JobError):
            await show(connection, name, "U1")
    await _vote(database, name, "U1", 1)

    async def shown(person: str) -> None:
        async with database.write() as connection:
            await show(connection, name, person)

    await asyncio.gather(shown("U0"), shown("U1"))
    async with database.read() as connection:
        found = await standing(connection, name)
    assert found.is_shown
    assert found.comparison.shown_by in ("U0", "U1")


async def test_the_best_of_several_beats_those_that_answered_and_a_tie_is_one_of_each_pair(
    database: Database,
) -> None:
    first = await _answered(database, "c1", ["b", "c", "a", "d"], failing=["d"])
    second = await _answered(database, "c2", ["a", "b"])
    with pytest.raises(JobError):
        await _vote(database, first, "U1", 3)
    await _vote(database, first, "U1", 2)
    await _vote(database, first, "U2", None)
    await _vote(database, second, "U1", 1)
    async with database.write() as connection:
        for name in (first, second):
            await show(connection, name, "U0")
        assert await comparisons.meetings(connection, "T1", ["C1"]) == [
            Meeting("a", "b", 1, 1, 1),
            Meeting("a", "c", 1, 0, 1),
            Meeting("b", "c", 0, 0, 1),
        ]
        assert await comparisons.names(connection, ["a", "d"]) == {"a": "a", "d": "d"}


async def test_the_same_request_is_written_once_and_keeps_its_order(database: Database) -> None:
    name = await _answered(database, "c", ["a", "b"])
    async with database.write() as connection:
        again = Comparison(name, "T1", "C1", None, "U0", "When?")
        assert not await comparisons.add(connection, again, [Entry(name, 0, "b", "r", "b")])
        assert [one.model for one in await comparisons.entries_of(connection, name)] == ["a", "b"]
        assert await comparisons.begin(connection, name)
        assert not await comparisons.begin(connection, name)
