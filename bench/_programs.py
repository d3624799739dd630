"""The programs that a bench measures, each a process of its own, and what the workspace logs."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp

from tunesmith.storage.database import Database

ROOT = Path(__file__).parents[1]
KEY = "sk-local-test"
WORKSPACE = ("-m", "tunesmith.local.workspace", "--manifest", str(ROOT / "manifest.yml"))
BOT = ("-m", "tunesmith.bot", "run")


class Server(NamedTuple):
    """A local server: its address and its process."""

    url: str
    pid: int


@asynccontextmanager
async def process(
    folder: Path, name: str, *program: str, **environment: str
) -> AsyncGenerator[asyncio.subprocess.Process]:
    """A Python program that runs inside the block; what it logs is in NAME.log."""
    with (folder / f"{name}.log").open("wb") as log:
        started = await asyncio.create_subprocess_exec(
            sys.executable,
            *program,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        )
    try:
        yield started
    finally:
        started.terminate()
        await started.wait()


@asynccontextmanager
async def server(folder: Path, name: str, *program: str) -> AsyncGenerator[Server]:
    """A local server on a free port, once it is ready."""
    async with process(folder, name, *program, "--port", "0") as started:
        assert started.stdout is not None
        yield Server(json.loads(await started.stdout.readline())["url"], started.pid)


def bot_environment(
    folder: Path, workspace: str, provider_url: str, provider: str = "local"
) -> dict[str, str]:
    """The settings of a bot in that workspace, with that provider and its data in `folder`/bot."""
    return {
        "TUNESMITH_DATA_DIR": str(folder / "bot"),
        "TUNESMITH_TODAY": "2026-10-01",
        "TUNESMITH_SLACK__BOT_TOKEN": "xoxb-local",
        "TUNESMITH_SLACK__APP_TOKEN": "xapp-local",
        "TUNESMITH_SLACK__API_URL": f"{workspace}/api/",
        f"TUNESMITH_PROVIDERS__{provider.upper()}__API_KEY": KEY,
        f"TUNESMITH_PROVIDERS__{provider.upper()}__BASE_URL": f"{provider_url}/v1",
    }


def bot_database(folder: Path) -> Database:
    """The database of that bot."""
    return Database(f"sqlite+aiosqlite:///{folder / 'bot' / 'tunesmith.db'}")


async def slack_calls(
    session: aiohttp.ClientSession, workspace: str, method: str | None = None
) -> list[dict[str, Any]]:
    """The bot's calls of Slack so far, or those of one method."""
    params = {"method": method} if method else {}
    async with session.get(f"{workspace}/control/calls", params=params) as response:
        found: list[dict[str, Any]] = (await response.json())["calls"]
    return found
