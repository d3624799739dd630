"""Worlds: one that tests share, and one that a test may break."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.page.conftest import browser
from tests.support.world import World, open_world

__all__ = ["browser", "shared_world", "world"]


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
