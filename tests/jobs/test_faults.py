"""Jobs whose provider, or whose bot, fails at a bad moment."""

import asyncio
import importlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.conftest import Bench
from tests.support.queues import running
from tunesmith.bot.datasets import Report, Selection, inspect_sync
from tunesmith.bot.errors import ProviderError
from tunesmith.bot.jobs import request_cancel
from tunesmith.bot.messages import say
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.bot.providers.client import RemoteJob
from tunesmith.storage import jobs, tasks
from tunesmith.storage.jobs import JobStatus

QUESTION = {"role": "user", "content": "When do you open?"}
ANSWER = {"role": "assistant", "content": "At seven."}
OTHER = {"role": "assistant", "content": "Never."}


def _report(folder: Path, example: dict[str, object]) -> Report:
    file = folder / "train.jsonl"
    file.write_text((json.dumps(example) + "\n") * 10)
    return inspect_sync(file, name=file.name, selection=Selection(load_catalogue()))


async def _ended(bench: Bench, job_id: str) -> str:
    async with asyncio.timeout(10):
        while not (await bench.job(job_id)).finished_at:
            await asyncio.sleep(0.02)
    return (await bench.job(job_id)).status


async def test_a_key_that_is_refused_for_a_while_does_not_end_the_watch(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = importlib.import_module("tunesmith.bot.jobs.watch")
    monkeypatch.setattr(watch, "_REFUSED_SECONDS", 0.2)
    job_id = await bench.running("ftjob-a")
    bench.provider.refusals["jobs"] = [
        ProviderError(say("common.as_is", text="refused: key expired"), "invalid_api_key")
    ]
    await bench.arm("watch", "local", provider="local")
    async with running(bench.services.queue):
        await bench.until(lambda: not bench.provider.refusals["jobs"])
        bench.provider.remote["ftjob-a"] = RemoteJob(id="ftjob-a", status=JobStatus.SUCCEEDED)
        assert await _ended(bench, job_id) == "succeeded"


async def test_a_job_that_the_provider_will_not_tell_of_hides_no_other(bench: Bench) -> None:
    first, second = await bench.running("ftjob-a"), await bench.running("ftjob-b")
    del bench.provider.remote["ftjob-a"]
    bench.provider.refusals["job"] = [ProviderError(say("common.as_is", text="refused"))] * 100
    bench.provider.remote["ftjob-b"] = RemoteJob(id="ftjob-b", status=JobStatus.SUCCEEDED)
    await bench.arm("watch", "local", provider="local")
    async with running(bench.services.queue):
        assert await _ended(bench, second) == "succeeded"
    assert (await bench.job(first)).status == "running"


async def test_a_job_ends_also_where_its_metrics_are_refused(bench: Bench) -> None:
    job_id = await bench.running("ftjob-a")
    bench.provider.remote["ftjob-a"] = RemoteJob(id="ftjob-a", status=JobStatus.SUCCEEDED)
    bench.provider.refusals["metrics"] = [
        ProviderError(say("common.as_is", text="refused: not for you"))
    ]
    await bench.arm("watch", "local", provider="local")
    async with running(bench.services.queue):
        assert await _ended(bench, job_id) == "succeeded"


async def test_a_cancel_that_crosses_the_launch_still_reaches_the_provider(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = await bench.reserve(status=JobStatus.CREATING)
    await request_cancel(bench.services, job_id, "U1")
    get, crossed = jobs.get, False

    async def get_then_launch(connection: object, wanted: str) -> object:
        # The launch records the provider's job right after the cancel looked for it.
        nonlocal crossed
        found = await get(connection, wanted)  # pyright: ignore[reportArgumentType]
        if not crossed:
            crossed = True
            bench.provider.remote["ftjob-a"] = RemoteJob(id="ftjob-a", status=JobStatus.RUNNING)
            async with bench.services.database.write() as writing:
                await jobs.change(
                    writing, job_id, provider_job_id="ftjob-a", status=JobStatus.RUNNING
                )
        return found

    monkeypatch.setattr(jobs, "get", get_then_launch)
    async with running(bench.services.queue):
        await bench.until(lambda: bench.provider.cancelled == ["ftjob-a"])


async def test_a_stop_in_the_middle_of_a_create_lets_it_settle_before_the_next_look(
    bench: Bench, tmp_path: Path
) -> None:
    job_id = await bench.reserve(_report(tmp_path, {"messages": [QUESTION, ANSWER]}))
    bench.provider.may_create.clear()
    await bench.arm("launch", job_id, job_id=job_id)
    async with running(bench.services.queue):
        await bench.until(bench.provider.creating.is_set)
    async with bench.services.database.write() as connection:
        next_one: dict[str, Any] = {
            "owner": "next",
            "lease": 60,
            "kinds": ["launch"],
            "places": {"job": 1},
        }
        assert not await tasks.claim(connection, **next_one)
        await tasks.make_due(connection, f"launch:{job_id}")
        assert await tasks.claim(connection, **next_one)


@pytest.mark.parametrize(
    ("example", "method"),
    [
        ({"messages": [QUESTION, ANSWER]}, "supervised"),
        (
            {
                "input": {"messages": [QUESTION]},
                "preferred_output": [ANSWER],
                "non_preferred_output": [OTHER],
            },
            "dpo",
        ),
    ],
)
async def test_a_job_is_created_with_the_method_that_its_file_is_written_for(
    bench: Bench, tmp_path: Path, example: dict[str, object], method: str
) -> None:
    job_id = await bench.reserve(_report(tmp_path, example))
    await bench.arm("launch", job_id, job_id=job_id)
    async with running(bench.services.queue):
        await bench.until(lambda: bench.provider.made)
    assert bench.provider.methods == [method]
