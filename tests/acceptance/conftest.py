"""Worlds: one that tests share, and one that a test may break."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.page.conftest import browser
from tests.support.databases import MISSING, LocalServer, local_server
from tests.support.world import World, open_world

__all__ = ["browser", "replicas", "shared_world", "world"]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_world(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[World]:
    """For tests that stay in threads of their own."""
    async with open_world(tmp_path_factory.mktemp("world")) as world:
        yield world


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    """For tests that kill, restart or fill it."""
    async with open_world(tmp_path) as opened:
        yield opened


@pytest_asyncio.fixture
async def replicas(tmp_path: Path) -> AsyncGenerator[tuple[World, LocalServer]]:
    """A world whose two bots are replicas on a PostgreSQL server of their own."""
    with local_server() as server:
        if server is None:
            pytest.skip(MISSING)
        async with open_world(tmp_path, bot=False) as world:
            world.bot_settings["TUNESMITH_DATABASE_URL"] = server.url
            for name in ("bot", "second bot"):
                await world.start_bot(name=name)
            yield world, server
