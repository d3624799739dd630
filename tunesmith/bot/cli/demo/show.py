"""The demo from the first process to the last word."""

import asyncio
import shutil
import signal
import tempfile
import time
from pathlib import Path

import aiohttp
from rich.console import Console

import tunesmith
from tunesmith.bot.cli.demo.person import Person
from tunesmith.bot.cli.demo.processes import DemoError, Running, running
from tunesmith.bot.cli.demo.tour import Cast, tour

_CHANNEL = "C0TUNING"
_TRY = """
Open [bold]{url}[/] and act as any colleague. Try there:
  • ask in the thread: mention @tunesmith with a question of your own
  • attach docs/examples/broken.jsonl and read what is wrong, line by line
  • type /tune jobs, /tune start or /ask
  • switch to Kim Minji or Li Wei: the bot speaks Korean and Chinese
Ctrl-C stops everything."""


async def show(*, leave: bool) -> int:
    """Run the demo; with `leave` only until the tour has ended. Returns the exit code."""
    console = Console()
    _cancel_on_signal()
    folder = Path(tempfile.mkdtemp(prefix="tunesmith-demo-"))
    try:
        console.print("Starting a local workspace, a local trainer and the bot ...")
        async with running(folder, _asset("manifest.yml")) as demo:
            await demo.during(_story(console, demo, leave=leave))
        code = 0
    except DemoError as error:
        console.print(f"[bold red]The demo failed:[/] {error}", highlight=False, soft_wrap=True)
        console.print(f"All logs are kept in {folder}", highlight=False, soft_wrap=True)
        return 1
    except asyncio.CancelledError:
        console.print("\nStopped.")
        code = 1 if leave else 0
    shutil.rmtree(folder)
    return code


async def _story(console: Console, demo: Running, *, leave: bool) -> None:
    """The tour, and then, unless the demo is to `leave`, the page until it is stopped."""
    began = time.monotonic()
    async with aiohttp.ClientSession() as session:
        cast = Cast(
            Person(session, demo.workspace, "U0ALICE", "Alice", _CHANNEL),
            Person(session, demo.workspace, "U0MINJI", "Minji", _CHANNEL),
            Person(session, demo.workspace, "U0WEI", "Wei", _CHANNEL),
        )
        await tour(console, cast, _asset("docs/examples"))
    console.print(f"[bold green]The tour took {time.monotonic() - began:.0f} s.[/]")
    if not leave:
        console.print(_TRY.format(url=demo.workspace), highlight=False)
        await asyncio.Event().wait()


def _asset(name: str) -> Path:
    """A file of the project: beside the package in a checkout, inside it once installed."""
    package = Path(tunesmith.__file__).parent
    return package.parent / name if (package.parent / name).exists() else package / "assets" / name


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
