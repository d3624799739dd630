"""The bot's processes: killed at random moments, and started again at once."""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.support.world import Process, World

_SOCKETS = 2  # of each process
_READY_SECONDS = 60.0
_LEAST_SECONDS = 3.0
_RESTART_SECONDS = 1.0  # as whatever watches a service waits before it starts it again


@dataclass(slots=True)
class Replicas:
    """Keeps `count` processes of the bot alive, and kills them as long as `may_kill` says so.

    How long one works before it is killed goes by how long it takes to start here, so that a slow
    machine gets as much done between two kills, and is never less than a program that is not
    forked would take. `exits` counts those that ended by themselves.
    """

    world: World
    count: int
    rng: random.Random
    may_kill: Callable[[], bool]
    note: Callable[[str], None]
    kills: int = 0
    exits: int = 0
    _starts_in: float = 3.0
    _down_until: float = 0.0
    _processes: dict[str, Process] = field(default_factory=dict[str, Process])
    _running: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])

    async def start(self) -> None:
        """Start all, one after the other: the first one sets up the database."""
        for number in range(self.count):
            name = f"bot-{number}"
            began = time.monotonic()
            process = self._processes[name] = await self.world.spawn_bot(name=name)
            await self._ready()
            assert process.returncode is None, self.world.log(name)
            self._starts_in = time.monotonic() - began
        self._running = [asyncio.create_task(self._live(name)) for name in self._processes]

    async def stop(self) -> None:
        """Kill no more, and start no more."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def stay_down(self, seconds: float) -> None:
        """Kill all, and start none for a time."""
        self._down_until = time.monotonic() + seconds
        for process in self._processes.values():
            self._kill(process)
        await asyncio.sleep(seconds)

    async def _live(self, name: str) -> None:
        while True:
            process = self._processes[name]
            killer = asyncio.create_task(self._kill_later(process))
            await process.wait()
            killer.cancel()
            self.note(f"{name} ended with {process.returncode}")
            if process.returncode != -9:
                self.exits += 1
                await asyncio.sleep(_RESTART_SECONDS)
            await asyncio.sleep(self._down_until - time.monotonic())
            self._processes[name] = await self.world.spawn_bot(name=name)

    async def _kill_later(self, process: Process) -> None:
        """One in four is killed while it starts; the others work for a while."""
        moment = self.rng.uniform(0, 1.5)
        if self.rng.random() < 0.75:
            began = time.monotonic()
            await self._ready()
            self._starts_in = time.monotonic() - began
        await asyncio.sleep(moment * max(self._starts_in, _LEAST_SECONDS))
        while not self.may_kill():
            await asyncio.sleep(0.1)
        self._kill(process)

    def _kill(self, process: Process) -> None:
        if process.returncode is None:
            process.kill()
            self.kills += 1

    async def _ready(self) -> None:
        """Wait until every process that runs is connected, or was given the time for it."""
        deadline = time.monotonic() + _READY_SECONDS
        while (
            await self.world.connections() < _SOCKETS * self._alive()
            and time.monotonic() < deadline
        ):
            await asyncio.sleep(0.1)

    def _alive(self) -> int:
        return sum(process.returncode is None for process in self._processes.values())
