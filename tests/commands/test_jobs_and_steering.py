"""Listing, naming, pausing, resuming and cancelling jobs with `/tune`."""

import pytest

from tests.commands.conftest import BEN, GENERAL, LAB, MINJI, TUNING, Office, values_of, words_of
from tests.support.provider_server import Fault

pytestmark = pytest.mark.databases("sqlite")
JOBS = "/fine_tuning/jobs"


async def test_a_list_of_jobs_is_paged_in_place(office: Office) -> None:
    dataset = await office.dataset()
    made = [await office.job(dataset) for _ in range(11)]
    first = await office.type("jobs")
    listed = values_of(first["blocks"], "tune_run")
    assert [value for value in listed if value.startswith("status")] == [
        f"status {job.id}" for job in made[::-1][:8]
    ]
    assert listed[-1] == "jobs p2"
    [shown] = await office.whispers()
    await office.press(shown, "tune_run_older", "jobs p2")
    [turned] = await office.whispers()
    assert turned["ts"] == shown["ts"]
    listed = values_of(turned["blocks"], "tune_run")
    assert listed == [*(f"status {job.id}" for job in made[::-1][8:]), "jobs p1"]


async def test_a_job_is_named_by_the_beginning_of_its_id(office: Office) -> None:
    job = await office.job()
    answer = await office.type(f"status {job.id[:3]}")
    assert job.id in words_of(answer)


async def test_where_several_jobs_fit_one_is_chosen_with_a_button(office: Office) -> None:
    dataset = await office.dataset()
    first, second = await office.job(dataset), await office.job(dataset)
    await office.type("cancel")
    [asked] = await office.whispers()
    offered = values_of(asked["blocks"], "tune_run")
    assert offered == [f"cancel {second.id}", f"cancel {first.id}"]
    await office.press(asked, "tune_run", offered[1])

    async def cancelled() -> bool:
        return office.provider.jobs[first.provider_job_id or ""]["status"] == "cancelled"

    await office.until(cancelled)
    assert (await office.stored(second)).cancelled_by is None


async def test_a_job_pauses_and_goes_on_at_its_provider(office: Office) -> None:
    job = await office.job()
    remote = office.provider.jobs[job.provider_job_id or ""]

    async def is_(status: str) -> bool:
        return remote["status"] == status

    assert "Pausing" in (await office.type(f"pause {job.id}"))["text"]
    await office.until(lambda: is_("paused"))
    assert (await office.stored(job)).paused_by == "U0ALICE"
    await office.type("resume")
    await office.until(lambda: is_("running"))
    assert (await office.stored(job)).paused_by is None


async def test_a_pause_that_the_provider_refuses_is_told_in_the_thread(office: Office) -> None:
    job = await office.job()
    refusal = Fault(400, {"error": {"message": "Not in this plan"}})
    office.provider.meet(f"POST {JOBS}/.*/pause", refusal)
    await office.type("pause")

    async def told() -> list[str]:
        return [said for said in await office.said(job.thread) if "Not in this plan" in said]

    [said] = await office.until(told)
    assert "<@U0ALICE>" in said
    assert (await office.stored(job)).paused_by is None


async def test_pause_and_resume_at_once_end_as_the_last_one_wanted(office: Office) -> None:
    job = await office.job()
    for _ in range(3):
        await office.type(f"pause {job.id}")
        await office.type(f"resume {job.id}")
    remote = office.provider.jobs[job.provider_job_id or ""]

    async def settled() -> bool:
        return office.provider.count(f"GET {JOBS}/.*") > 0 and remote["status"] == "running"

    await office.until(settled)


@pytest.mark.parametrize("word", ["pause", "resume", "cancel", "status"])
async def test_a_job_of_a_channel_that_somebody_is_not_in_is_not_known_to_them(
    office: Office, word: str
) -> None:
    await office.control.post("members", user="U0ALICE", channel=LAB)
    job = await office.job(channel=LAB)
    answer = await office.type(f"{word} {job.id}", user=BEN)
    assert "There is no job" in answer["text"]
    assert (await office.stored(job)).cancelled_by is None
    seen = await office.type(f"status {job.id}", user=MINJI)
    assert job.id in words_of(seen)


async def test_a_job_of_another_team_is_not_known(office: Office) -> None:
    job = await office.job(await office.dataset(team="T0OTHER"))
    answer = await office.type(f"cancel {job.id}")
    assert "There is no job" in answer["text"]


async def test_a_thread_never_tells_of_another_channels_job(office: Office) -> None:
    job = await office.job(channel=GENERAL)
    thread = await office.thread(TUNING)
    text = f"<@U0TUNESMITH> status {job.id}"
    where = {"user": "U0ALICE", "channel": TUNING, "thread_ts": thread}
    await office.control.post("messages", **where, text=text)
    [said] = await office.until(lambda: office.said(thread))
    assert "There is no job" in said
