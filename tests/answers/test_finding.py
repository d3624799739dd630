"""The model that somebody means is asked, and never another one in its place."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.support.rows import add_rows, dataset_row, job_row
from tunesmith.bot.answers.finding import answering, askable, named
from tunesmith.bot.answers.model import from_ref, tuned_model
from tunesmith.bot.errors import JobError
from tunesmith.bot.processes import Processes
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.bot.providers.openai_client import OpenAIClient
from tunesmith.bot.queue import Queue
from tunesmith.bot.services import Services
from tunesmith.bot.settings import Settings
from tunesmith.storage import channels, checkpoints, here
from tunesmith.storage.checkpoints import Checkpoint
from tunesmith.storage.database import Database
from tunesmith.storage.jobs import Job, JobStatus

pytestmark = pytest.mark.databases("sqlite")
_BASE = "gpt-4.1-mini-2025-04-14"


_DATASET = dataset_row()


def _job(number: int, channel: str = "C1", **more: object) -> Job:
    about: dict[str, object] = {
        "channel": channel,
        "thread": f"{number}.0",
        "provider": "openai",
        "base_model": _BASE,
        "suffix": f"shop-v{number}",
        "status": JobStatus.SUCCEEDED,
        "fine_tuned_model": f"ft:{_BASE}:shop:v{number}:x{number}",
        "finished_at": float(number),
    }
    return job_row(_DATASET, f"job{number}", **about | more)


@pytest.fixture
async def services(database: Database, tmp_path: Path) -> AsyncGenerator[Services]:
    """Two models and a checkpoint in C1, a third model in C2, a fourth that was deleted."""
    catalogue = load_catalogue()
    client = OpenAIClient(
        "openai", catalogue.providers["openai"], base_url="http://127.0.0.1:9", api_key="k"
    )
    written = (_job(1), _job(2), _job(3, "C2"), _job(4, deleted_at=9.0))
    await add_rows(database, _DATASET, *written)
    async with database.write() as connection:
        await checkpoints.add(connection, [Checkpoint("job1", 7, "ft:ckpt-step-7")])
    yield Services(
        Settings(data_dir=tmp_path),
        catalogue,
        database,
        Queue(database),
        {"openai": client},
        Processes(),
    )
    await client.close()


async def _name(services: Services, name: str) -> str:
    return (await named(services, name, team="T1", channels=["C1"])).name


async def test_a_model_is_meant_by_its_name_its_job_or_a_part_that_only_it_has(
    services: Services,
) -> None:
    meant = {
        "job1": f"ft:{_BASE}:shop:v1:x1",
        "SHOP-V2": f"ft:{_BASE}:shop:v2:x2",
        "v2": f"ft:{_BASE}:shop:v2:x2",
        "job1:7": "ft:ckpt-step-7",
        "gpt-4.1-mini": _BASE,
        "openai/gpt-4o": "gpt-4o-2024-08-06",
    }
    assert {said: await _name(services, said) for said in meant} == meant


async def test_a_name_that_does_not_say_which_model_is_told_so(services: Services) -> None:
    for said, answer in (
        ("shop-v", "Several models fit"),
        ("nothing like it", "No model here is called"),
        ("shop-v3", "No model here is called"),
        ("shop-v4", "was deleted"),
    ):
        with pytest.raises(JobError, match=answer):
            await _name(services, said)


async def test_the_base_of_a_model_is_asked_as_that_model_was_trained(services: Services) -> None:
    near = tuned_model(services, _job(1))
    base = await named(services, "base", team="T1", channels=["C1"], near=near)
    assert (base.name, base.kind, base.job_id) == (_BASE, "base", "job1")


async def test_the_threads_model_goes_before_the_channels_default_and_that_before_the_newest(
    services: Services,
) -> None:
    async def answers(channel: str, thread: str | None = None) -> str | None:
        async with services.database.read() as connection:
            at = await here.look(connection, team="T1", channel=channel, thread=thread)
        found = await answering(services, at, team="T1", elsewhere=["C2"])
        return found.job_id if found else None

    assert await answers("C1") == "job2"
    async with services.database.write() as connection:
        ref = tuned_model(services, _job(1)).ref
        await channels.set_default_model(connection, team="T1", channel="C1", ref=ref)
    assert await answers("C1") == "job1"
    assert await answers("C1", "2.0") == "job2"
    assert await answers("D1") == "job3", "in a direct message, the newest of the other channels"


async def test_what_can_be_asked_is_listed_with_checkpoints_and_bases_and_named_again(
    services: Services,
) -> None:
    found = await askable(services, team="T1", channels=["C1"])
    assert [(one.kind, one.job_id, one.step) for one in found] == [
        ("tuned", "job2", None),
        ("tuned", "job1", None),
        ("checkpoint", "job1", 7),
        ("base", "job2", None),
    ]
    assert [await from_ref(services, one.ref) for one in found] == found
