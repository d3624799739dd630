"""A running workspace and people in it."""

from collections.abc import AsyncGenerator

import aiohttp
import pytest

from tests.support.world import ROOT
from tests.workspace.conftest import Control
from tunesmith.local.workspace.server import running
from tunesmith.local.workspace.settings import Settings
from tunesmith.local.workspace.workspace import Workspace

SETTINGS = Settings(
    manifest=ROOT / "manifest.yml", retry_delays=(0.0, 0.3, 0.3), share_seconds=0.05
)


@pytest.fixture
async def ws() -> AsyncGenerator[Workspace]:
    """Slack's rules, with short pauses before an event comes again."""
    async with running(SETTINGS) as ws:
        yield ws


@pytest.fixture
async def control(ws: Workspace) -> AsyncGenerator[Control]:
    """People who write and press."""
    async with aiohttp.ClientSession() as session:
        yield Control(session, ws.base_url)
