"""Clicks that come twice, servers that go away: one job, each message once, nothing lost."""

import asyncio
from pathlib import Path
from typing import Any

import openai
import pytest

from tests.support.slice import (
    MODEL,
    assert_told_once,
    final_of,
    is_result,
    progress_of,
    report_of,
    small_file,
    start,
)
from tests.support.waiting import until
from tests.support.world import World, key, words

pytestmark = pytest.mark.acceptance


async def _new_jobs(world: World, known: int) -> int:
    """How many jobs were created since there were `known` of them."""
    return len(await _jobs(world)) - known


async def _jobs(world: World) -> list[Any]:
    url = f"{world.trainer_url}/v1"
    async with openai.AsyncOpenAI(base_url=url, api_key="local") as client:
        return [job async for job in client.fine_tuning.jobs.list()]


@pytest.mark.asyncio(loop_scope="session")
async def test_a_form_that_is_sent_twice_at_once_starts_one_job(
    shared_world: World, tmp_path: Path
) -> None:
    alice = shared_world.person()
    known = len(await _jobs(shared_world))
    thread = await alice.attach([small_file(tmp_path)], "")
    modal = await alice.press(await report_of(alice, thread), "start_job")
    sent = [alice.submit(modal, {"model": MODEL, "epochs": "2"}) for _ in range(3)]
    await asyncio.gather(*sent, return_exceptions=True)
    await final_of(alice, thread)
    assert await _new_jobs(shared_world, known) == 1
    await assert_told_once(alice, thread)


async def test_two_people_who_start_the_same_get_one_job_and_the_second_is_told(
    world: World, tmp_path: Path
) -> None:
    alice, ben = world.person(), world.person("U0BEN")
    thread = await alice.attach([small_file(tmp_path)], "")
    report = await report_of(alice, thread)
    modals = [await person.press(report, "start_job") for person in (alice, ben)]
    values = {"model": MODEL, "epochs": "2"}
    results = await asyncio.gather(
        alice.submit(modals[0], values), ben.submit(modals[1], values), return_exceptions=True
    )
    refused = [str(result) for result in results if isinstance(result, Exception)]
    assert len(refused) == 1
    assert "already running" in refused[0]
    await final_of(alice, thread)
    assert len(await _jobs(world)) == 1
    await assert_told_once(alice, thread)


@pytest.mark.asyncio(loop_scope="session")
async def test_the_same_file_can_be_trained_again_with_other_hyperparameters(
    shared_world: World, tmp_path: Path
) -> None:
    alice = shared_world.person()
    known = len(await _jobs(shared_world))
    thread = await alice.attach([small_file(tmp_path)], "")
    report = await report_of(alice, thread)
    await start(alice, report, epochs="1")
    await start(alice, report, epochs="2")

    async def both() -> bool:
        messages = await alice.messages(thread)
        return len([m for m in messages if is_result(m)]) == 2

    await until(both, "two results")
    assert await _new_jobs(shared_world, known) == 2


@pytest.mark.asyncio(loop_scope="session")
async def test_an_event_that_is_delivered_again_is_answered_once(
    shared_world: World, tmp_path: Path
) -> None:
    alice = shared_world.person()
    thread = await alice.attach([small_file(tmp_path)], "")
    await shared_world.redeliver_all()
    await report_of(alice, thread)
    await shared_world.redeliver_all()
    later = await alice.attach([small_file(tmp_path, "later.jsonl", 14)], "")
    await report_of(alice, later)
    assert len([m for m in await alice.messages(thread) if key(m)]) == 1


@pytest.mark.parametrize("kind", ["drop", "drop_after"])
@pytest.mark.asyncio(loop_scope="session")
async def test_a_post_whose_answer_is_lost_is_not_posted_twice(
    shared_world: World, tmp_path: Path, kind: str
) -> None:
    alice = shared_world.person()
    await shared_world.workspace_fault("chat.postMessage", kind)
    thread = await alice.attach([small_file(tmp_path)], "")
    await report_of(alice, thread)
    await asyncio.sleep(1)
    assert len([m for m in await alice.messages(thread) if key(m)]) == 1


@pytest.mark.asyncio(loop_scope="session")
async def test_a_rate_limit_is_waited_out(shared_world: World, tmp_path: Path) -> None:
    alice = shared_world.person()
    await shared_world.workspace_fault("chat.postMessage", "rate_limited", times=4, retry_after=1)
    thread = await alice.attach([small_file(tmp_path)], "")
    await report_of(alice, thread)


async def test_a_workspace_that_restarts_loses_nothing(world: World, tmp_path: Path) -> None:
    alice = world.person()
    thread = await alice.attach([small_file(tmp_path, examples=30)], "")
    await start(alice, await report_of(alice, thread), epochs="8")
    await progress_of(alice, thread)
    await world.kill("workspace")
    await asyncio.sleep(1)
    await world.start_workspace()
    await final_of(alice, thread)
    await assert_told_once(alice, thread, histograms=1)
    assert len(await _jobs(world)) == 1


async def test_a_trainer_that_restarts_goes_on_and_so_does_the_job(
    world: World, tmp_path: Path
) -> None:
    alice = world.person()
    thread = await alice.attach([small_file(tmp_path, examples=30)], "")
    await start(alice, await report_of(alice, thread), epochs="8")

    async def training() -> bool:
        jobs = await _jobs(world)
        return bool(jobs) and jobs[0].status == "running"

    await progress_of(alice, thread)
    await until(training, "training")
    await world.kill("trainer")
    await world.start_trainer()
    final = await final_of(alice, thread)
    assert "is ready" in final["text"]
    await assert_told_once(alice, thread, histograms=1)


async def test_a_provider_that_is_down_is_said_to_be_and_the_job_starts_when_it_is_back(
    world: World, tmp_path: Path
) -> None:
    alice = world.person()
    thread = await alice.attach([small_file(tmp_path)], "")
    report = await report_of(alice, thread)
    await world.kill("trainer")
    await start(alice, report)

    async def told() -> bool:
        return "has not answered for" in words(await progress_of(alice, thread))

    await until(told, "a word about the provider")
    await world.start_trainer()
    await final_of(alice, thread)
    assert len(await _jobs(world)) == 1
    await assert_told_once(alice, thread)


@pytest.mark.parametrize("kind", ["drop_after", "status", "drop"])
@pytest.mark.asyncio(loop_scope="session")
async def test_a_create_whose_outcome_is_unknown_is_looked_up_before_it_is_tried_again(
    shared_world: World, tmp_path: Path, kind: str
) -> None:
    alice = shared_world.person()
    known = len(await _jobs(shared_world))
    thread = await alice.attach([small_file(tmp_path)], "")
    report = await report_of(alice, thread)
    await shared_world.trainer_fault("/v1/fine_tuning/jobs", kind, method="POST")
    await start(alice, report)
    await final_of(alice, thread)
    assert await _new_jobs(shared_world, known) == 1


async def test_a_job_that_the_provider_refuses_says_why_and_leaves_no_file_behind(
    world: World, tmp_path: Path
) -> None:
    alice = world.person()
    thread = await alice.attach([small_file(tmp_path)], "")
    report = await report_of(alice, thread)
    await world.trainer_fault("/v1/fine_tuning/jobs", "status", method="POST", status=403)
    await start(alice, report)
    final = await final_of(alice, thread)
    assert "failed" in final["text"]
    assert "The training file is kept" in words(final)
    url = f"{world.trainer_url}/v1"
    async with openai.AsyncOpenAI(base_url=url, api_key="local") as client:
        assert [file async for file in client.files.list()] == []
