"""The demo's three processes: workspace, trainer, bot. They share nothing but the wire."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tunesmith.bot.errors import TunesmithError

_START_SECONDS = 30
_STOP_SECONDS = 10
_KEY = "local"


class DemoError(TunesmithError):
    """The demo can't go on."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the local servers listen."""

    workspace: str
    trainer: str


@asynccontextmanager
async def running(folder: Path, manifest: Path) -> AsyncGenerator[Addresses]:
    """Run all three until the end of the block; each keeps its state and its log in `folder`."""
    processes: list[asyncio.subprocess.Process] = []
    try:
        workspace = await _serve(
            processes,
            folder,
            "workspace",
            ["--data", str(folder / "workspace"), "--manifest", str(manifest)],
        )
        trainer = await _serve(
            processes,
            folder,
            "trainer",
            ["--data", str(folder / "trainer"), "--api-key", _KEY],
        )
        environment = {
            "TUNESMITH_DATA_DIR": str(folder / "bot"),
            "TUNESMITH_SLACK__BOT_TOKEN": "xoxb-local",
            "TUNESMITH_SLACK__APP_TOKEN": "xapp-local",
            "TUNESMITH_SLACK__API_URL": f"{workspace}/api/",
            "TUNESMITH_PROVIDERS__LOCAL__API_KEY": _KEY,
            "TUNESMITH_PROVIDERS__LOCAL__BASE_URL": f"{trainer}/v1",
        }
        await _start(processes, folder, "bot", ["tunesmith.bot", "run"], environment)
        yield Addresses(workspace, trainer)
    finally:
        await _stop(processes)


async def _serve(
    processes: list[asyncio.subprocess.Process], folder: Path, name: str, arguments: list[str]
) -> str:
    """Start a local server; returns its address once it listens."""
    module = f"tunesmith.local.{name}"
    process = await _start(
        processes, folder, name, [module, "--port", "0", *arguments], {}, listen=True
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(_START_SECONDS):
            line = await process.stdout.readline()
        return str(json.loads(line)["url"])
    except (TimeoutError, ValueError) as error:
        raise DemoError(f"The local {name} did not start: {_last_words(folder, name)}") from error


async def _start(
    processes: list[asyncio.subprocess.Process],
    folder: Path,
    name: str,
    arguments: list[str],
    environment: dict[str, str],
    *,
    listen: bool = False,
) -> asyncio.subprocess.Process:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("TUNESMITH_", "OPENAI_"))}
    with _log(folder, name).open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE if listen else log,
            stderr=log,
            env={**inherited, **environment},
            cwd=folder,
            # Ctrl-C reaches the demo alone, which then stops the others in order.
            start_new_session=True,
        )
    processes.append(process)
    return process


async def _stop(processes: list[asyncio.subprocess.Process]) -> None:
    for process in reversed(processes):
        if process.returncode is None:
            process.terminate()
    for process in processes:
        try:
            await asyncio.wait_for(process.wait(), _STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


def _log(folder: Path, name: str) -> Path:
    return folder / f"{name}.log"


def _last_words(folder: Path, name: str) -> str:
    lines = _log(folder, name).read_text(errors="replace").splitlines()
    return lines[-1] if lines else "it said nothing"
