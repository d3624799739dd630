"""What many tests need."""

import os
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

# The command line speaks English here, whatever the machine's language is. Its help is written as
# it is imported, so this stands before that.
os.environ["LC_ALL"] = "C.UTF-8"
# Every provider of the catalogue still trains then, and none is about to stop.
os.environ["TUNESMITH_TODAY"] = "2026-10-01"
# As in the programs that work with numpy: whichever test imports it first, its own threads would
# wait for each other in a loop that takes the processor, which made training five times as slow.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

from tunesmith.bot.processes import Processes
from tunesmith.storage.database import Database


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what may take longest first, so that no worker is left with it when the others end."""
    items.sort(key=_most_seconds, reverse=True)


def _most_seconds(item: pytest.Item) -> float:
    marker = item.get_closest_marker("timeout")
    return marker.args[0] if marker else 0


@pytest.fixture
async def database(tmp_path: Path) -> AsyncGenerator[Database]:
    """A migrated SQLite file."""
    opened = Database(f"sqlite+aiosqlite:///{tmp_path / 'test.db'}")
    await opened.migrate()
    yield opened
    await opened.close()


@pytest.fixture
async def processes() -> AsyncGenerator[Processes]:
    """Two worker processes, which start within a second of the first call."""
    async with Processes(count=2) as opened:
        yield opened
