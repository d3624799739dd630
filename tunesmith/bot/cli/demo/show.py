"""The demo: start its processes, take the tour, stop them."""

import asyncio
import shutil
import signal
import tempfile
import time
from pathlib import Path

import aiohttp

from tunesmith.bot.assets import asset
from tunesmith.bot.cli.demo.person import Person
from tunesmith.bot.cli.demo.processes import DemoError, Running, running
from tunesmith.bot.cli.demo.screen import Screen
from tunesmith.bot.cli.demo.tour import People, tour

_CHANNEL = "C0TUNING"


async def show(*, leave: bool) -> int:
    """Run the demo; with `leave` only until the tour has ended. Returns the exit code."""
    screen = Screen()
    _cancel_on_signal()
    folder = Path(tempfile.mkdtemp(prefix="tunesmith-demo-"))
    try:
        screen.say("cli.demo.starting")
        async with running(folder, asset("manifest.yml")) as demo:
            await demo.during(_tour_and_wait(screen, demo, leave=leave))
        code = 0
    except DemoError as error:
        screen.say("cli.demo.failed", reason=error.message)
        screen.say("cli.demo.logs", folder=str(folder))
        return 1
    except asyncio.CancelledError:
        screen.say("cli.demo.stopped")
        code = 1 if leave else 0
    shutil.rmtree(folder)
    return code


async def _tour_and_wait(screen: Screen, demo: Running, *, leave: bool) -> None:
    """The tour, and then, unless the demo is to `leave`, the page until it is stopped."""
    began = time.monotonic()
    async with aiohttp.ClientSession() as session:
        people = People(
            Person(session, demo.workspace, "U0ALICE", "Alice", _CHANNEL),
            Person(session, demo.workspace, "U0MINJI", "Minji", _CHANNEL),
            Person(session, demo.workspace, "U0WEI", "Wei", _CHANNEL),
        )
        await tour(screen, people, asset("docs/examples"))
    screen.say("cli.demo.took", seconds=time.monotonic() - began)
    if not leave:
        screen.say("cli.demo.try", url=demo.workspace)
        await asyncio.Event().wait()


def _cancel_on_signal() -> None:
    """Cancel this task at the first Ctrl-C, or when the terminal closes; a second one must not
    cut short the end of the children.
    """
    loop = asyncio.get_running_loop()
    this = asyncio.current_task()
    assert this is not None
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def cancel() -> None:
        for number in numbers:
            loop.add_signal_handler(number, lambda: None)
        this.cancel()

    for number in numbers:
        loop.add_signal_handler(number, cancel)
