"""The demo's three processes: workspace, trainer, bot. They share nothing but the wire."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from tunesmith.bot.cli.demo import child
from tunesmith.bot.errors import TunesmithError
from tunesmith.bot.messages import Message, say

_START_SECONDS = 30
_STOP_SECONDS = 10
_NOTICE_SECONDS = 2
_KEY = "local"


class DemoError(TunesmithError):
    """The demo can't go on."""


Processes = dict[str, asyncio.subprocess.Process]


@dataclass(frozen=True, slots=True)
class Running:
    """Where the local servers listen, and the processes by their names."""

    folder: Path
    workspace: str
    trainer: str
    processes: Processes

    async def during(self, work: Coroutine[Any, Any, None]) -> None:
        """Do some work. Raises DemoError, at once, where a process ends before the work does."""
        working, ending = asyncio.create_task(work), asyncio.create_task(self._first_end())
        try:
            await asyncio.wait((working, ending), return_when=asyncio.FIRST_COMPLETED)
            if working.done() and isinstance(working.exception(), aiohttp.ClientError):
                # A server closes its connections a moment before its end can be seen.
                await asyncio.wait((ending,), timeout=_NOTICE_SECONDS)
            if ending.done():
                raise ending.result()
            working.result()
        finally:
            working.cancel()
            ending.cancel()
            await asyncio.gather(working, ending, return_exceptions=True)

    async def _first_end(self) -> DemoError:
        """Wait until one of the processes ends; what there is to say of it."""
        ends = {asyncio.create_task(p.wait()): name for name, p in self.processes.items()}
        try:
            done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()
        first = done.pop()
        name, code = ends[first], first.result()
        if code < 0:
            how = say("cli.demo.killed", signal=signal.Signals(-code).name)
        else:
            how = say("cli.demo.exit_code", code=code)
        log = str(_log(self.folder, name))
        return DemoError(say("cli.demo.ended", process=name, how=how, log=log))


@asynccontextmanager
async def running(folder: Path, manifest: Path) -> AsyncGenerator[Running]:
    """Run all three until the end of the block; each keeps its state and its log in `folder`."""
    processes: Processes = {}
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
        yield Running(folder, workspace, trainer, processes)
    finally:
        await _stop(processes)


async def _serve(processes: Processes, folder: Path, name: str, arguments: list[str]) -> str:
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
        last = _last_line(folder, name)
        raise DemoError(say("cli.demo.not_started", process=name, last=last)) from error


async def _start(
    processes: Processes,
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
            *("-m", child.__name__),
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE if listen else log,
            stderr=log,
            env={**inherited, **environment},
            cwd=folder,
            # Ctrl-C reaches the demo alone, which then stops the others in order.
            start_new_session=True,
        )
    processes[name] = process
    return process


async def _stop(processes: Processes) -> None:
    for process in reversed(processes.values()):
        if process.returncode is None:
            process.terminate()
    for process in processes.values():
        try:
            await asyncio.wait_for(process.wait(), _STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


def _log(folder: Path, name: str) -> Path:
    return folder / f"{name}.log"


def _last_line(folder: Path, name: str) -> str | Message:
    lines = _log(folder, name).read_text(errors="replace").splitlines()
    return lines[-1] if lines else say("cli.demo.no_output")
