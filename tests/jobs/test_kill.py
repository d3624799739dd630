"""SIGKILL at each step of a launch, before and after it took effect at the provider: one job, each
file once, and nothing left where the job was cancelled.

The real process is killed while the provider holds its answer back, or while the database does not
let it write down what was answered; another one then goes on.
"""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.jobs.conftest import Bench, opened_bench
from tests.jobs.killed import Place, leases_run_out, press, process, work
from tests.support.bot import locked
from tests.support.provider_server import ProviderServer, provider_server
from tests.support.rows import dataset_row
from tests.support.waiting import PATIENCE
from tunesmith.bot.datasets import Selection, inspect_sync
from tunesmith.bot.jobs import JobRequest, request_cancel, start
from tunesmith.bot.jobs.permissions import Person
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.storage import datasets
from tunesmith.storage import jobs as stored
from tunesmith.storage.database import Database
from tunesmith.storage.jobs import Job

pytestmark = pytest.mark.databases("sqlite")

MINI = "gpt-4.1-mini-2025-04-14"
CHAT = '{"messages":[{"role":"user","content":"Open?"},{"role":"assistant","content":"At 7."}]}'
UPLOAD, CREATE = "POST /files", "POST /fine_tuning/jobs"
CANCEL = r"POST /fine_tuning/jobs/[^/]+/cancel"
ALICE = Person("U1")


@dataclass(frozen=True)
class Step:
    """A request at which a process is killed: how many like it pass before, and whether it took
    effect.
    """

    request: str
    passed: int = 0
    takes_effect: bool = False

    def __str__(self) -> str:
        """What a test is called after."""
        when = "after" if self.takes_effect else "before"
        return f"{when}-{self.request.rpartition('/')[2]}-{self.passed}"


STEPS = [
    Step(request, passed, takes_effect)
    for request, passed in ((UPLOAD, 0), (UPLOAD, 1), (CREATE, 0))
    for takes_effect in (False, True)
]


@dataclass
class Scene:
    """A provider, a bench of our own, and where other processes work on the same."""

    provider: ProviderServer
    bench: Bench
    place: Place
    dataset_ids: tuple[str, str]

    @property
    def request(self) -> JobRequest:
        """A job with a validation file; the same press each time."""
        training, validation = self.dataset_ids
        return JobRequest("press", training, validation, "openai", MINI, {}, None, ALICE)

    async def killed_at(self, step: Step) -> None:
        """A process works until that step, and is killed there."""
        held = self.provider.hold(step.request, step.passed, take_effect=step.takes_effect)
        async with process(self.place, work), asyncio.timeout(PATIENCE):
            await held.has_come.wait()
        await leases_run_out(self.bench.services.database)

    async def goes_on(self, job_id: str, *statuses: str) -> Job:
        """Another process works until the job is in one of these statuses."""
        async with process(self.place, work), asyncio.timeout(PATIENCE):
            while (job := await self.bench.job(job_id)).status not in statuses:
                await asyncio.sleep(0.02)
        return job


@pytest.fixture
async def scene(database: Database, database_url: str, tmp_path: Path) -> AsyncGenerator[Scene]:
    """Two files that are kept, and nothing done yet."""
    async with (
        provider_server() as server,
        opened_bench(database, tmp_path, server, "openai", MINI) as bench,
    ):
        place = Place(database_url, tmp_path, server.url, "openai", MINI)
        ids = [await _kept(bench, tmp_path, name) for name in ("train", "valid")]
        yield Scene(server, bench, place, (ids[0], ids[1]))


async def _kept(bench: Bench, folder: Path, name: str) -> str:
    file = folder / f"{name}.jsonl"
    file.write_text(f"{CHAT}\n" * 20)
    report = inspect_sync(file, name=file.name, selection=Selection(load_catalogue()))
    file.rename(bench.services.settings.files / report.sha256)
    async with bench.services.database.write() as connection:
        made = dataset_row(name, sha256=report.sha256, report=report.model_dump(mode="json"))
        await datasets.add(connection, made)
    return name


@pytest.mark.parametrize("step", STEPS, ids=str)
async def test_killed_at_a_step_of_its_launch_a_job_is_created_once_with_each_file_once(
    scene: Scene, step: Step
) -> None:
    job = await start(scene.bench.services, scene.request)
    await scene.killed_at(step)
    job = await scene.goes_on(job.id, "queued", "running")
    assert list(scene.provider.jobs) == [job.provider_job_id]
    assert len(scene.provider.created) == 1
    assert sorted(scene.provider.files) == sorted(
        [job.provider_file_id or "", job.provider_validation_id or ""]
    )


@pytest.mark.parametrize("step", STEPS, ids=str)
async def test_cancelled_while_nobody_works_a_job_costs_nothing_and_leaves_no_file(
    scene: Scene, step: Step
) -> None:
    job = await start(scene.bench.services, scene.request)
    await scene.killed_at(step)
    await request_cancel(scene.bench.services, job.id, ALICE)
    job = await scene.goes_on(job.id, "cancelled")
    left = [row["status"] for row in scene.provider.jobs.values()]
    assert left == (["cancelled"] if step == STEPS[-1] else [])
    if not left:
        async with process(scene.place, work):
            await scene.bench.until(lambda: not scene.provider.files)


@pytest.mark.parametrize("takes_effect", [False, True])
async def test_killed_while_it_cancels_a_job_is_cancelled_at_its_provider(
    scene: Scene, *, takes_effect: bool
) -> None:
    job = await start(scene.bench.services, scene.request)
    job = await scene.goes_on(job.id, "queued", "running")
    await request_cancel(scene.bench.services, job.id, ALICE)
    await scene.killed_at(Step(CANCEL, takes_effect=takes_effect))
    await scene.goes_on(job.id, "cancelled")
    assert [row["status"] for row in scene.provider.jobs.values()] == ["cancelled"]


async def test_killed_before_it_wrote_down_the_job_that_was_created_it_finds_that_job(
    scene: Scene, database_url: str
) -> None:
    job = await start(scene.bench.services, scene.request)
    held = scene.provider.hold(CREATE, 0, take_effect=True)
    async with process(scene.place, work), asyncio.timeout(PATIENCE):
        await held.has_come.wait()
        async with locked(database_url):
            held.let_go.set()
            await asyncio.sleep(0.5)  # nothing tells that it waits for the database
    await leases_run_out(scene.bench.services.database)
    job = await scene.goes_on(job.id, "queued", "running")
    assert list(scene.provider.jobs) == [job.provider_job_id]
    assert len(scene.provider.created) == 1


async def test_killed_while_it_reserves_the_same_press_is_one_job(
    scene: Scene, database_url: str
) -> None:
    async with locked(database_url), process(scene.place, press, scene.request):
        await asyncio.sleep(0.5)  # nothing tells that it waits for the database
    database = scene.bench.services.database
    async with database.read() as connection:
        assert await stored.recent(connection, {"team": "T1"}) == []
    job = await start(scene.bench.services, scene.request)
    again = await start(scene.bench.services, scene.request)
    assert again.id == job.id
    job = await scene.goes_on(job.id, "queued", "running")
    assert list(scene.provider.jobs) == [job.provider_job_id]
