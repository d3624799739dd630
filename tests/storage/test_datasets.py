"""The datasets table."""

from tunesmith.storage import datasets
from tunesmith.storage.database import Database
from tunesmith.storage.datasets import Dataset


async def test_of_two_copies_only_the_later_one_is_a_copy(database: Database) -> None:
    first, second = (
        Dataset(name, "T1", "C1", "1.0", f"F{name}", "a.jsonl", "0" * 64, {}, "U1")
        for name in ("b", "a")
    )
    async with database.write() as connection:
        await datasets.add(connection, first)
    async with database.write() as connection:
        await datasets.add(connection, second)
    async with database.read() as connection:
        assert await datasets.first_copy(connection, first) is None
        assert await datasets.first_copy(connection, second) == first
