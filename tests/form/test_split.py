"""A file that is split at the start of its job: both parts kept, one job, and no higher price."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from tests.datasets.defects import asking
from tests.datasets.files import answer
from tests.form.conftest import CHANNEL, HOSTED, MINI, TEAM, Desk, words
from tests.support.provider_server import LOST_ANSWER, ProviderServer, provider_server
from tests.support.queues import running
from tests.support.waiting import PATIENCE
from tests.workspace.conftest import Json
from tunesmith.bot import jobs as our_jobs
from tunesmith.bot.messages import from_stored, text_for
from tunesmith.bot.processes import Processes
from tunesmith.bot.providers.openai_client import OpenAIClient
from tunesmith.storage import datasets, jobs
from tunesmith.storage.jobs import Job, JobStatus

pytestmark = pytest.mark.databases("sqlite")

NANO = "openai/gpt-4o-mini-2024-07-18"


@asynccontextmanager
async def at_work(desk: Desk) -> AsyncGenerator[ProviderServer]:
    """The bot works inside of the block, with a provider that keeps what it is sent."""
    async with provider_server() as server:
        provider = desk.catalogue.providers["openai"]
        client = OpenAIClient("openai", provider, base_url=server.url, api_key="k")
        providers = {**desk.services.providers, "openai": client}
        async with Processes(count=2) as processes:
            await desk.restart_bot(providers=providers, processes=processes)
            desk.services.queue.serve(our_jobs.kinds, desk.services)
            try:
                async with running(desk.services.queue):
                    yield server
            finally:
                await client.close()


async def sent_split(desk: Desk, model: str = MINI, user: str = "U0ALICE") -> None:
    form = await desk.choose(await desk.open(user), "model", model, user)
    form = await desk.choose(form, "validation", "split", user)
    assert await desk.send(form, user) == {}


async def jobs_when(desk: Desk, *statuses: str, count: int = 1) -> list[Job]:
    """All jobs of the team, once they are in one of these statuses."""
    async with asyncio.timeout(PATIENCE):
        while True:
            async with desk.services.database.read() as connection:
                found = await jobs.recent(connection, {"team": TEAM})
            if len(found) == count and all(job.status in statuses for job in found):
                return found
            await asyncio.sleep(0.05)


async def messages_when(desk: Desk, thread: str, files: int) -> list[Json]:
    """The messages of a thread, once so many files are attached there."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found = await desk.control.messages(CHANNEL, thread_ts=thread)
            if sum(len(one.get("files", [])) for one in found) == files:
                return found
            await asyncio.sleep(0.05)


async def test_the_form_says_the_most_that_a_split_job_costs(desk: Desk) -> None:
    await desk.file()
    form = await desk.choose(await desk.open(), "model", MINI)
    assert "3 epochs × $5.00" in words(form)
    assert "the split" not in words(form)
    form = await desk.choose(form, "validation", "split")
    assert "That is the most: the split sets up to 4 examples aside" in words(form)
    form = await desk.choose(form, "validation", "none")
    assert "the split" not in words(form)


async def test_a_split_job_trains_on_one_part_and_both_are_attached_once_though_answers_are_lost(
    desk: Desk,
) -> None:
    whole = await desk.file(name="tea.jsonl")
    async with desk.services.database.read() as connection:
        dataset = await datasets.get(connection, whole)
    assert dataset is not None
    async with at_work(desk) as provider:
        provider.meet("POST /files", LOST_ANSWER)
        provider.meet("POST /fine_tuning/jobs", LOST_ANSWER)
        await sent_split(desk)
        [reserved] = await desk.jobs()
        assert reserved.estimated_usd is not None
        [job] = await jobs_when(desk, JobStatus.QUEUED, JobStatus.RUNNING)
        assert sorted(provider.files.values()) == sorted(
            f"tunesmith-{job.id}-{part}.jsonl" for part in (job.dataset_id, job.validation_id)
        )
        assert len(provider.created) == 1
        messages = await messages_when(desk, dataset.thread, 2)
    async with desk.services.database.read() as connection:
        training = await datasets.get(connection, job.dataset_id)
        aside = await datasets.get(connection, job.validation_id or "")
    assert training is not None
    assert aside is not None
    assert (training.name, aside.name) == ("tea-train.jsonl", "tea-valid.jsonl")
    files = desk.services.settings.files
    one, two, before = (
        (files / part.sha256).read_text().splitlines() for part in (training, aside, dataset)
    )
    assert (len(one), len(two)) == (36, 4)
    assert sorted(one + two) == sorted(before)
    assert job.estimated_usd is not None
    assert job.estimated_usd < reserved.estimated_usd
    assert job.split_from == whole
    said = [one["text"] for one in messages if "set aside" in one["text"]]
    assert len(said) == 1
    assert "36 examples to train on, 4 set aside" in said[0]


async def test_two_jobs_that_split_a_file_at_once_train_on_the_same_parts(desk: Desk) -> None:
    await desk.file()
    async with at_work(desk):
        await asyncio.gather(sent_split(desk, MINI), sent_split(desk, NANO, "U0BEN"))
        one, two = await jobs_when(desk, JobStatus.QUEUED, JobStatus.RUNNING, count=2)
    assert one.base_model != two.base_model
    assert one.dataset_id != one.split_from
    assert (one.dataset_id, one.validation_id) == (two.dataset_id, two.validation_id)


async def test_a_file_whose_examples_are_too_much_alike_ends_the_job_and_nothing_is_uploaded(
    desk: Desk,
) -> None:
    await desk.file([asking("Tea?", answer(number)) for number in range(40)])
    async with at_work(desk) as provider:
        await sent_split(desk)
        [job] = await jobs_when(desk, JobStatus.FAILED)
    assert "too much alike" in text_for("en")(from_stored(job.error or ""))
    assert provider.files == {}


async def test_a_split_that_leaves_too_few_for_the_provider_is_refused_at_its_field(
    desk: Desk,
) -> None:
    await desk.file()
    many = desk.catalogue.providers["azure"].model_copy(update={"min_examples": 38})
    catalogue = desk.catalogue.model_copy(
        update={"providers": {**desk.catalogue.providers, "azure": many}}
    )
    await desk.restart_bot(catalogue=catalogue)
    form = await desk.choose(await desk.open(), "model", HOSTED)
    said = await desk.send(form, validation="split")
    assert "at least 38 examples" in said["validation"]
    assert await desk.jobs() == []
