"""A workspace, a trainer and a bot, each a process of its own that a test can kill and restart."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import aiohttp

from tests.support.programs import Program, start_program
from tests.support.waiting import PATIENCE, until
from tunesmith.bot.cli.demo.person import Message, Person

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
CHANNEL = "C0TUNING"
TRAINER_KEY = "local"
_RUN = ("-m", "tunesmith.bot", "run")
_SERVERS = ("trainer", "workspace")
"""Those that say on standard output when they are ready."""

Process: TypeAlias = asyncio.subprocess.Process | Program


@dataclass
class World:
    """The processes' handles. `bot_settings` are environment variables for the next start.

    `trainer` is the trainer's module, with its further options; `retry_delays` are the seconds
    before each further delivery of an event.
    """

    folder: Path
    session: aiohttp.ClientSession
    workspace_port: int
    trainer_port: int
    manifest: Path = ROOT / "manifest.yml"
    request_url: str | None = None
    trainer: Sequence[str] = ("tunesmith.local.trainer",)
    retry_delays: str = "0,1,1"
    bot_settings: dict[str, str] = field(default_factory=dict[str, str])
    _processes: dict[str, Process] = field(default_factory=dict[str, Process])

    @property
    def url(self) -> str:
        """The workspace's address."""
        return f"http://127.0.0.1:{self.workspace_port}"

    @property
    def trainer_url(self) -> str:
        """The trainer's address."""
        return f"http://127.0.0.1:{self.trainer_port}"

    def person(self, user: str = "U0ALICE", channel: str = CHANNEL) -> Person:
        """A colleague in a channel."""
        return Person(self.session, self.url, user, user, channel)

    async def start_workspace(self) -> None:
        """Start the workspace, or start it again on the same data."""
        data = self.folder / "workspace"
        arguments = ["--data", str(data), "--manifest", str(self.manifest)]
        arguments += ["--retry-delays", self.retry_delays]
        if self.request_url:
            arguments += ["--request-url", self.request_url]
        module = ["tunesmith.local.workspace"]
        await self._serve("workspace", module, self.workspace_port, arguments)

    async def start_trainer(self) -> None:
        """Start the trainer, or start it again on the same data."""
        data = self.folder / "trainer"
        arguments = ["--data", str(data), "--api-key", TRAINER_KEY]
        await self._serve("trainer", self.trainer, self.trainer_port, arguments)

    async def start_bot(self, program: Sequence[str] = _RUN, *, name: str = "bot") -> None:
        """Start the bot, and wait until it is connected; another `name` is one beside it."""
        is_first = self._processes.keys() <= {*_SERVERS, name}
        before = await self.connections()
        await self.spawn_bot(program, name=name)
        if not is_first:  # the other one would answer in its place
            await until(partial(self._has_more_connections, before), f"{name} to be connected")
        await self.person().command("/tune help")

    async def spawn_bot(self, program: Sequence[str] = _RUN, *, name: str = "bot") -> Process:
        """Start the bot, and wait for nothing."""
        settings = {
            "TUNESMITH_DATA_DIR": str(self.folder / "bot"),
            "TUNESMITH_LEASE_SECONDS": "1.5",
            "TUNESMITH_TODAY": "2026-10-01",
            "TUNESMITH_SLACK__BOT_TOKEN": "xoxb-local",
            "TUNESMITH_SLACK__APP_TOKEN": "xapp-local",
            "TUNESMITH_SLACK__API_URL": f"{self.url}/api/",
            "TUNESMITH_PROVIDERS__LOCAL__API_KEY": TRAINER_KEY,
            "TUNESMITH_PROVIDERS__LOCAL__BASE_URL": f"{self.trainer_url}/v1",
            **self.bot_settings,
        }
        return await self._spawn(name, program, settings)

    async def kill(self, name: str) -> None:
        """SIGKILL a process: no warning, no clean-up."""
        process = self._processes.pop(name)
        process.kill()
        await process.wait()

    async def stop(self) -> None:
        """Stop everything that runs."""
        # Bots first: they speak to the others.
        for name in [name for name in self._processes if name not in _SERVERS] + list(_SERVERS):
            process = self._processes.pop(name, None)
            if process is not None and process.returncode is None:
                process.send_signal(signal.SIGTERM)
                try:
                    await asyncio.wait_for(process.wait(), 10)
                except TimeoutError:
                    process.kill()
                    await process.wait()

    async def workspace_fault(self, method: str, kind: str, times: int = 1, **how: Any) -> None:
        """Let the next calls of a Slack method fail (docs/local-workspace.md)."""
        fault = {"method": method, "kind": kind, "times": times, **how}
        await self._post(f"{self.url}/control/faults", fault)

    async def keep_rate_limits(self) -> None:
        """Let Slack's rate limits apply from now on."""
        await self._post(f"{self.url}/control/limits", {"on": True})

    async def invite_bot(self, user: str, channel: str) -> None:
        """Someone in a channel adds the bot to it."""
        await self._post(f"{self.url}/control/members", {"user": user, "channel": channel})

    async def workspace_faults_waiting(self) -> list[dict[str, Any]]:
        """The faults that no call has met yet."""
        async with self.session.get(f"{self.url}/control/faults") as response:
            waiting: list[dict[str, Any]] = (await response.json())["faults"]
        return waiting

    async def trainer_fault(self, path: str, kind: str, times: int = 1, **how: Any) -> None:
        """Let the next requests to a path of the trainer fail (docs/local-trainer.md)."""
        fault = {"path_prefix": path, "kind": kind, "times": times, **how}
        await self._post(f"{self.trainer_url}/control/faults", fault)

    async def calls(self, method: str) -> list[dict[str, Any]]:
        """The bot's calls of a Slack method so far."""
        url = f"{self.url}/control/calls"
        async with self.session.get(url, params={"method": method}) as response:
            found: list[dict[str, Any]] = (await response.json())["calls"]
        return found

    async def deliveries(self) -> list[str]:
        """The ids of the events that were sent to the bot, oldest first."""
        async with self.session.get(f"{self.url}/control/deliveries") as response:
            return [one["event_id"] for one in (await response.json())["deliveries"]]

    async def redeliver(self, event: str) -> None:
        """Deliver an event once more, as Slack does when an acknowledgement got lost."""
        await self._post(f"{self.url}/control/deliveries", {"event_id": event})

    async def redeliver_all(self) -> None:
        """Deliver every event once more."""
        for event in await self.deliveries():
            await self.redeliver(event)

    async def connections(self) -> int:
        """How many sockets the bot has open."""
        async with self.session.get(f"{self.url}/control/state") as response:
            return int((await response.json())["app"]["connections"])

    async def _has_more_connections(self, than: int) -> bool:
        return await self.connections() > than

    async def disconnect(self, reason: str) -> None:
        """Disconnect the bot's sockets (docs/local-workspace.md)."""
        await self._post(f"{self.url}/control/disconnect", {"reason": reason})

    async def stop_faults(self) -> None:
        """Take back every fault that is left."""
        headers = {"Authorization": f"Bearer {TRAINER_KEY}"}
        for url in (self.url, self.trainer_url):
            async with self.session.delete(f"{url}/control/faults", headers=headers) as response:
                assert response.status == 200, await response.text()

    def log(self, name: str = "bot") -> str:
        """What a process has logged."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    async def _serve(
        self, name: str, module: Sequence[str], port: int, arguments: list[str]
    ) -> None:
        said = self.folder / f"{name}.ready"
        said.unlink(missing_ok=True)
        program = ["-m", *module, "--port", str(port), *arguments]
        await self._spawn(name, program, {"PYTHONPATH": str(ROOT)})
        async with asyncio.timeout(PATIENCE):
            while not said.read_bytes().endswith(b"\n"):
                await asyncio.sleep(0.01)
        assert json.loads(said.read_bytes())["ready"], self.log(name)

    async def _spawn(
        self, name: str, arguments: Sequence[str], settings: dict[str, str]
    ) -> Process:
        ours = ("TUNESMITH_", "OPENAI_")
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
        environment = {**inherited, **settings}
        output = self.folder / (f"{name}.ready" if name in _SERVERS else f"{name}.log")
        with (self.folder / f"{name}.log").open("ab") as log, output.open("ab") as told:
            if arguments[0] == "-m":
                process = await start_program(
                    *(arguments[1], arguments[2:]),
                    environment=environment,
                    folder=self.folder,
                    output=told,
                    errors=log,
                )
            else:
                process = await asyncio.create_subprocess_exec(
                    *(sys.executable, *arguments),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=told,
                    stderr=log,
                    env=environment,
                    cwd=self.folder,
                )
        self._processes[name] = process
        return process

    async def _post(self, url: str, body: dict[str, Any]) -> None:
        headers = {"Authorization": f"Bearer {TRAINER_KEY}"}  # the workspace passes it over
        async with self.session.post(url, json=body, headers=headers) as response:
            assert response.status == 200, await response.text()


@asynccontextmanager
async def open_world(
    folder: Path,
    *,
    bot: bool = True,
    manifest: Path = ROOT / "manifest.yml",
    request_url: str | None = None,
) -> AsyncGenerator[World]:
    """Start everything (the bot only if wanted); stop it at the end of the block."""
    async with aiohttp.ClientSession() as session:
        world = World(folder, session, free_port(), free_port(), manifest, request_url)
        try:
            await asyncio.gather(world.start_workspace(), world.start_trainer())
            if bot:
                await world.start_bot()
            yield world
        finally:
            await world.stop()


def key(message: Message) -> str:
    """The bot's key of a message, or an empty string."""
    return str(message.get("metadata", {}).get("event_payload", {}).get("key", ""))


def words(message: Message) -> str:
    """All that a message says: its text and that of its blocks."""
    return json.dumps([message.get("text"), message.get("blocks")], ensure_ascii=False)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
