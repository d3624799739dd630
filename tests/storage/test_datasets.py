"""The datasets table."""

from tests.support.rows import add_rows, dataset_row
from tunesmith.storage import datasets
from tunesmith.storage.database import Database


async def test_of_two_copies_only_the_later_one_is_a_copy(database: Database) -> None:
    first, second = (dataset_row(name, file_id=f"F{name}") for name in ("b", "a"))
    await add_rows(database, first)
    await add_rows(database, second)
    async with database.read() as connection:
        assert await datasets.first_copy(connection, first) is None
        assert await datasets.first_copy(connection, second) == first
