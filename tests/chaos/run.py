"""A run: journeys side by side, kills and faults meanwhile, and the verdict after a quiet time."""

import asyncio
import contextlib
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from sqlalchemy import func, select

from tests.chaos.colleague import Colleague
from tests.chaos.databases import Stored
from tests.chaos.faults import Injector, Surroundings
from tests.chaos.journey import Journey
from tests.chaos.judge import Verdict, judge
from tests.chaos.labels import apologies
from tests.chaos.replicas import Replicas
from tests.chaos.stories import kinds, travel
from tests.support.world import World, free_port
from tunesmith.storage.database import Database
from tunesmith.storage.tables import tasks

_CHANNELS = {
    "U0ALICE": ("C0GENERAL", "C0TUNING", "C0PARTNERS", "D0ALICE"),
    "U0MINJI": ("C0GENERAL", "C0TUNING", "D0MINJI"),
    "U0WEI": ("C0GENERAL", "C0TUNING", "D0WEI"),
    "U0BEN": ("C0GENERAL", "C0TUNING", "C0PARTNERS", "D0BEN"),
}
_REDELIVERED_AFTER = (1, 5, 10)
_SETTLING_SECONDS = 180.0
_LEASE_SECONDS = 1.5
_ALWAYS_THERE = ("models", "dataset.unseen")


@dataclass(frozen=True)
class Plan:
    """What is run, and where. `fault_every` is the mean of the seconds between two faults."""

    seed: int
    journeys: int
    kills: int
    replicas: int
    minutes: float
    folder: Path
    database: Stored
    at_once: int = 24
    fault_every: float = 2.0


@dataclass(slots=True)
class Outcome:
    """What came of a run."""

    journeys: list[Journey]
    kills: int
    exits: int
    faults: Counter[str]
    seconds: float
    verdict: Verdict = field(default_factory=Verdict)


async def run(plan: Plan) -> Outcome:
    """Run the plan in its folder; after its minutes, what is under way is broken off."""
    apologies()  # a key that is no longer there fails now, and not at the end
    async with aiohttp.ClientSession() as session:
        world = World(
            plan.folder,
            session,
            free_port(),
            free_port(),
            trainer=("tests.chaos.trainer", "--slots", "16"),
            retry_delays=",".join(map(str, _REDELIVERED_AFTER)),
        )
        world.bot_settings["TUNESMITH_LEASE_SECONDS"] = str(_LEASE_SECONDS)
        world.bot_settings["TUNESMITH_DATABASE_URL"] = plan.database.url
        try:
            await asyncio.gather(world.start_workspace(), world.start_trainer())
            return await _Run(plan, world).run()
        finally:
            await world.stop()


class _Run:
    def __init__(self, plan: Plan, world: World) -> None:
        self._plan = plan
        self._world = world
        rng = random.Random(plan.seed)
        people = [Colleague(world.session, world.url, user) for user in _CHANNELS]
        self._journeys = [
            _journey(number, kind, people, random.Random(rng.random()))
            for number, kind in enumerate(kinds(plan.journeys, rng))
        ]
        self._at_once = min(plan.at_once, plan.journeys)
        self._ended = 0
        self._replicas = Replicas(
            world, plan.replicas, random.Random(rng.random()), self._may_kill, self._note
        )
        around = Surroundings(
            world,
            self._replicas,
            random.Random(rng.random()),
            plan.database,
            downtime=sum(_REDELIVERED_AFTER) + 3,
        )
        self._injector = Injector(around, plan.fault_every, self._note)

    async def run(self) -> Outcome:
        """Journeys with faults, then quiet, then the verdict."""
        began = time.monotonic()
        await self._replicas.start()
        faults = asyncio.create_task(self._injector.run())
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._plan.minutes * 60):
                    await self._travel()
            self._injector.stop()
            await faults
            left = await self._settle()
        finally:
            faults.cancel()
            await self._replicas.stop()
        verdict = await judge(self._world, self._journeys)
        verdict.stuck += left
        return Outcome(
            [journey for journey in self._journeys if journey.history],
            self._replicas.kills,
            self._replicas.exits,
            self._injector.done,
            time.monotonic() - began,
            verdict,
        )

    async def _travel(self) -> None:
        """All journeys, some at a time; kills are spread evenly over them."""
        waiting = list(reversed(self._journeys))

        async def one_after_another() -> None:
            while waiting:
                journey = waiting.pop()
                while self._is_ahead_of_kills(journey.number):
                    await asyncio.sleep(0.2)
                await travel(journey)
                self._ended += 1

        async with asyncio.TaskGroup() as group:
            for _ in range(self._at_once):
                group.create_task(one_after_another())

    def _is_ahead_of_kills(self, number: int) -> bool:
        plan = self._plan
        alone = max(1, plan.journeys - self._at_once)
        return self._replicas.kills < plan.kills * (number - self._at_once) / alone

    def _may_kill(self) -> bool:
        plan = self._plan
        due = plan.kills * min(1.0, (self._ended + self._at_once) / plan.journeys)
        return self._ended < plan.journeys and self._replicas.kills < due

    def _note(self, what: str) -> None:
        """Add to the run's log, which stands beside those of the processes."""
        now = time.strftime("%H:%M:%S", time.gmtime())
        with (self._plan.folder / "run.log").open("a") as log:
            log.write(f"{now} {what}\n")

    async def _settle(self) -> list[str]:
        """Wait until the bot has nothing left to do; what it still has then."""
        await self._world.stop_faults()
        database = Database(self._plan.database.url)
        # What looks at providers and at kept files now and then is due later, for ever.
        undone = select(tasks.c.kind, func.count()).where(
            tasks.c.done_at.is_(None), tasks.c.kind.not_in(_ALWAYS_THERE)
        )
        deadline = time.monotonic() + _SETTLING_SECONDS
        try:
            while True:
                async with database.read() as connection:
                    left = (await connection.execute(undone.group_by(tasks.c.kind))).all()
                if not left or time.monotonic() > deadline:
                    return [f"{count} × {kind} in the queue" for kind, count in left]
                await asyncio.sleep(0.5)
        finally:
            await database.close()


def _journey(number: int, kind: str, people: list[Colleague], rng: random.Random) -> Journey:
    first = rng.choice(people)
    channel = rng.choice(_CHANNELS[first.user])
    others = [p for p in people if p is not first and channel in _CHANNELS[p.user]]
    return Journey(number, kind, rng, [first, *rng.sample(others, len(others))], channel)
