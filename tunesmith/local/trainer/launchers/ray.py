"""Engines in a Ray cluster: jobs queue there, survive this server, and are found again by their id.

A submission carries the job's address here and its token. Its workers fetch the job's files and
bring back events, checkpoints and states (listener.py, node/worker.py): no folder is shared.
"""

import asyncio
import json
import math
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tunesmith.local.trainer.descriptor import Engine, RayCluster
from tunesmith.local.trainer.jobs import Control, ExitCode, Failed, JobSpec, Measured
from tunesmith.local.trainer.launchers.launcher import Ended, Room, Running, Status, Waiting
from tunesmith.local.trainer.launchers.node.driver import JOB, MEASURED
from tunesmith.local.trainer.launchers.ray_api import (
    RayApi,
    RayAwayError,
    RayJob,
    RayNode,
    RayRefusalError,
    RayStatus,
)
from tunesmith.local.trainer.launchers.ray_package import package
from tunesmith.local.trainer.launchers.remote import Launch, RemoteFolder

_GRACE_SECONDS = 120.0
"""A state has to come back over the network."""
_LOOK_MOST_SECONDS = 30.0
_HEARD_SECONDS = 60.0
"""Where a worker was heard of in this time, it does not matter that the cluster does not answer."""
_STOP_SECONDS = 5.0
_SHOWN = 4096
_ENTRY_POINT = "python -m tunesmith.local.trainer.launchers.node.driver"
_FORGOTTEN = "The Ray cluster does not know the job any more."
_STOPPED_THERE = "Somebody stopped the job in the Ray cluster. It goes on when it is resumed."
_UNFINISHED = (RayStatus.PENDING, RayStatus.RUNNING)
_STOPPED = {Control.PAUSE: ExitCode.PAUSED, Control.CANCEL: ExitCode.CANCELLED}


@dataclass(slots=True)
class _Known:
    """What is known of a job that was submitted, until this server ends."""

    engine: Engine
    status: Status
    look_at: float = 0.0
    misses: int = 0
    look: asyncio.Task[None] | None = None
    control: Control | None = None
    killed: bool = False


class RayLauncher:
    """Submits jobs to one cluster. `token_of` gives the token of a job, by its id."""

    independent = True
    grace_seconds = _GRACE_SECONDS
    look_seconds = 2.0

    def __init__(self, cluster: RayCluster, api: RayApi, token_of: Callable[[str], str]) -> None:
        self._cluster = cluster
        self._api = api
        self._token_of = token_of
        self._jobs: dict[Path, _Known] = {}
        self._heard: dict[Path, float] = {}
        self._seen: tuple[float, Room | None] = (-math.inf, None)

    async def room(self) -> Room | None:
        """How many workers the machines hold that are there now."""
        one = self._cluster
        try:
            nodes = await self._api.nodes()
            fixed = await self._api.is_fixed()
        except RayAwayError:
            return None
        return Room(one.workers, sum(_holds(one, node) for node in nodes), fixed)

    async def measure(self, engine: Engine, spec: JobSpec) -> Measured | None:
        """Let the workers take a few steps there, as a submission of its own."""
        submission = f"measure-{secrets.token_hex(8)}"
        try:
            await self._send(engine, submission, {"measure": spec.model_dump_json()}, {})
            while await self._is_unfinished(submission):  # noqa: ASYNC110
                await asyncio.sleep(self.look_seconds)
            log = await self._api.logs(submission)
        except RayRefusalError:
            return None
        except RayAwayError as error:
            raise TimeoutError(str(error)) from error
        except asyncio.CancelledError:
            with suppress(RayAwayError, TimeoutError):
                async with asyncio.timeout(_STOP_SECONDS):
                    await self._api.stop(submission)
            raise
        said = [line for line in log.splitlines() if line.startswith(MEASURED)]
        return Measured.model_validate_json(said[-1].removeprefix(MEASURED)) if said else None

    async def _is_unfinished(self, submission: str) -> bool:
        try:
            found = await self._api.job(submission)
        except RayAwayError:
            return True  # It is asked again, until the time is up.
        return found is not None and found.status in _UNFINISHED

    async def submit(self, engine: Engine, folder: Path) -> None:
        """Note the id under which the job is submitted; `status` sees to it that it is."""
        if (known := self._jobs.get(folder)) and known.look:
            known.look.cancel()
        await asyncio.to_thread(RemoteFolder(folder).current)
        self._jobs[folder] = _Known(engine, Waiting(self._waits()))

    def heard(self, folder: Path) -> None:
        """A worker of this job has come to this server."""
        self._heard[folder] = time.monotonic()

    async def status(self, folder: Path) -> Status:
        """Where the job stands. The cluster is asked every two seconds, while it answers.

        A cluster that takes its time is not waited for: what workers bring is recorded meanwhile.
        """
        job, remote = self._jobs[folder], RemoteFolder(folder)
        if job.look and job.look.done():
            look, job.look = job.look, None
            look.result()
        launch = remote.launch()
        assert launch is not None
        if launch.code is not None:
            return Ended(launch.code, launch.why)
        if launch.stay and isinstance(job.status, Waiting):
            job.status = Running()
        if job.look is None and time.monotonic() >= job.look_at:
            job.look = asyncio.create_task(self._look(job, remote, launch))
        return job.status

    async def _look(self, job: _Known, remote: RemoteFolder, launch: Launch) -> None:
        """Ask the cluster, and note when to ask it again."""
        # An order that comes meanwhile sets it to now.
        job.look_at = math.inf
        try:
            status = await self._ask(job, remote, launch)
            job.misses = 0
        except RayAwayError as error:
            status = self._unknown(remote.path, launch, str(error))
            job.misses += 1
        if status:
            job.status = status
        pause = min(_LOOK_MOST_SECONDS, self.look_seconds * 2 ** min(job.misses, 10))
        job.look_at = min(job.look_at, time.monotonic() + pause)

    async def _ask(self, job: _Known, remote: RemoteFolder, launch: Launch) -> Status | None:
        """Submit what the cluster does not have yet, stop what is to stop; None where it ended."""
        submission = launch.submission(remote.path)
        found = await self._api.job(submission)
        if found is None and not launch.accepted and not job.control:
            return await self._submit(job.engine, remote, submission)
        if found and not launch.accepted:
            await asyncio.to_thread(remote.accept, submission)
        if found and found.status in _UNFINISHED:
            if job.killed or (job.control and not launch.stay):
                await self._api.stop(submission)
            return Running() if launch.stay else Waiting(await self._reason(found))
        code, why = _outcome(found, job.control)
        await asyncio.to_thread(remote.end, submission, code, why)
        return None

    async def _submit(self, engine: Engine, remote: RemoteFolder, submission: str) -> Status | None:
        job_id = remote.path.name
        carried = {
            "url": f"{self._cluster.reached_at.rstrip('/')}/jobs/{job_id}",
            "token": self._token_of(job_id),
        }
        try:
            await self._send(engine, submission, carried, {"job": job_id})
        except RayRefusalError as error:
            failed = Failed(code="server_error", message=f"The Ray cluster refuses it: {error}")
            await asyncio.to_thread(remote.refuse, submission, failed)
            return None
        await asyncio.to_thread(remote.accept, submission)
        return Waiting(self._waits())

    async def _send(
        self, engine: Engine, submission: str, carried: dict[str, str], metadata: dict[str, str]
    ) -> None:
        name, content = await asyncio.to_thread(package, engine.folder)
        if not await self._api.has_package(name):
            await self._api.upload_package(name, content)
        carried |= {"submission": submission, "module": engine.module}
        needs = self._cluster.model_dump(include={"workers", "cpus", "gpus"})
        await self._api.submit(
            submission,
            entrypoint=_ENTRY_POINT,
            runtime_env={
                "working_dir": f"gcs://{name}",
                "env_vars": {JOB: json.dumps(carried | needs)},
            },
            metadata=metadata,
        )

    def _unknown(self, folder: Path, launch: Launch, why: str) -> Status:
        if not launch.stay:
            return Waiting(f"The job waits for the Ray cluster: {why}. It is tried again.")
        if time.monotonic() - self._heard.get(folder, 0.0) < _HEARD_SECONDS:
            return Running()
        return Running(
            f"Nothing is heard of the Ray cluster: {why}. Training may go on there; what it has"
            " done is recorded once it is heard again."
        )

    async def _reason(self, found: RayJob) -> str:
        if found.status is RayStatus.PENDING and found.message:
            return f"Queued in the Ray cluster: {found.message[:300]}"
        looked, room = self._seen
        if time.monotonic() - looked > _LOOK_MOST_SECONDS:
            room = await self.room()
            self._seen = time.monotonic(), room
        if room is None or room.holds >= room.workers:
            return self._waits()
        return f"{self._waits()} Its machines have room for {room.holds}: start more of them."

    def _waits(self) -> str:
        one = self._cluster
        workers = "a worker" if one.workers == 1 else f"{one.workers} workers"
        gpus = f" and {one.gpus:g} GPU" if one.gpus else ""
        each = " each" if one.workers > 1 else ""
        return f"Queued in the Ray cluster: waits for {workers} with {one.cpus:g} CPU{gpus}{each}."

    async def logs(self, folder: Path) -> str:
        """The end of what the cluster has of the job's driver and its workers."""
        launch = RemoteFolder(folder).launch()
        try:
            return (await self._api.logs(launch.submission(folder)))[-_SHOWN:] if launch else ""
        except RayAwayError as error:
            return f"(The Ray cluster has no log: {error}.)"

    async def stop(self, folder: Path, control: Control) -> None:
        """A worker is told when it next brings something; without one, the cluster is told."""
        job = self._jobs[folder]
        job.control, job.look_at = control, 0.0

    async def kill(self, folder: Path) -> None:
        """Let the cluster end the job."""
        job = self._jobs[folder]
        job.killed, job.look_at = True, 0.0

    async def close(self) -> None:
        """Let go of the connections; the jobs go on."""
        looks = [job.look for job in self._jobs.values() if job.look]
        for look in looks:
            look.cancel()
        await asyncio.gather(*looks, return_exceptions=True)
        await self._api.close()


def _holds(one: RayCluster, node: RayNode) -> int:
    """How many of such workers a machine holds that has nothing else to do."""
    of = node.resources_total
    most = of.get("CPU", 0) / one.cpus
    return int(min(most, of.get("GPU", 0) / one.gpus) if one.gpus else most)


def _outcome(found: RayJob | None, control: Control | None) -> tuple[ExitCode, str | None]:
    """How a job ended of which the cluster says this, and what to tell of it.

    A cluster that does not know a job any more has lost its head, or never had it.
    """
    stopped = found is None or found.status is RayStatus.STOPPED
    if control and stopped:
        return _STOPPED[control], None
    if found is None:
        return ExitCode.FAILED, _FORGOTTEN
    if stopped:
        return ExitCode.PAUSED, _STOPPED_THERE
    # The message ends with the driver's log.
    lines = (found.message or "").strip().splitlines()
    why = f"The Ray cluster says: {lines[-1].strip()[-300:]}" if lines else None
    return ExitCode.FAILED, why
