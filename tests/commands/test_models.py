"""Models, their deletion, events and results with `/tune`."""

import asyncio

import pytest

from tests.commands.conftest import BEN, GENERAL, TUNING, WEI, Office, values_of, words_of
from tests.support.provider_server import LOST_ANSWER, UNKNOWN, Fault
from tests.workspace.conftest import Json
from tunesmith.storage.jobs import Job, JobStatus

pytestmark = pytest.mark.databases("sqlite")


async def _tuned(office: Office, **values: object) -> Job:
    job = await office.model(**values)
    name = job.fine_tuned_model or ""
    office.provider.models[name] = {"id": name, "object": "model"}
    return job


async def _is_gone(office: Office, job: Job) -> bool:
    return job.fine_tuned_model not in office.provider.models


async def test_a_model_is_deleted_after_its_losses_were_said_and_once_however_often_it_is_pressed(
    office: Office,
) -> None:
    old, job = await _tuned(office), await _tuned(office)
    trains_on = await office.job(continued_from=job.fine_tuned_model)
    await office.type(f"delete {job.id}")
    [asked] = await office.whispers()
    said = words_of(asked)
    assert trains_on.id in said
    assert str(old.fine_tuned_model) in said
    assert not await _is_gone(office, job)
    await asyncio.gather(*(office.press(asked, "delete_model", job.id) for _ in range(2)))
    await office.until(lambda: _is_gone(office, job))
    assert office.provider.count("DELETE /models/.*") == 1
    again = await office.type(f"delete {job.id}")
    assert "already been deleted" in again["text"]
    assert job.id not in words_of(await office.type("models"))


async def test_an_answer_to_a_deletion_that_was_lost_is_no_failure(office: Office) -> None:
    job = await _tuned(office)
    office.provider.meet("DELETE /models/.*", LOST_ANSWER)
    await office.type("delete")
    [asked] = await office.whispers()
    await office.press(asked, "delete_model", job.id)

    async def asked_twice() -> bool:
        return office.provider.count("DELETE /models/.*") == 2

    await office.until(asked_twice)
    assert (await office.stored(job)).deleted_at


async def test_a_deletion_that_the_provider_refuses_is_told_and_the_model_stays(
    office: Office,
) -> None:
    job = await _tuned(office)
    refusal = Fault(403, {"error": {"message": "You do not own it"}})
    office.provider.meet("DELETE /models/.*", refusal)
    await office.type("delete")
    [asked] = await office.whispers()
    await office.press(asked, "delete_model", job.id)

    async def told() -> list[str]:
        return [said for said in await office.said(job.thread) if "You do not own it" in said]

    await office.until(told)
    assert (await office.stored(job)).deleted_at is None


async def test_only_who_may_deletes_a_model(office: Office) -> None:
    job = await _tuned(office)
    answer = await office.type(f"delete {job.id}", user="U0GITA")
    assert "model" not in values_of(answer.get("blocks", []), "delete_model")
    there = await _tuned(office, channel=GENERAL)
    answer = await office.type(f"delete {there.id}", user="U0SAM", channel=TUNING)
    assert "There is no tuned model" in answer["text"]
    assert {job.fine_tuned_model, there.fine_tuned_model} <= set(office.provider.models)


async def test_events_are_shown_newest_first_and_paged(office: Office) -> None:
    job = await office.job()
    office.provider.events[job.provider_job_id or ""] = [
        {"id": f"e{n}", "created_at": 1.8e9 + n, "level": "warn" if n == 20 else "info",
         "message": f"event <{n}>", "type": "message"}
        for n in range(21)
    ]  # fmt: skip
    assert await office.type("events") == {}
    [shown] = await office.until(office.whispers)
    lines = words_of(shown)
    assert lines.index("event &lt;20&gt;") < lines.index("event &lt;19&gt;")
    assert ":warning:" in lines
    await office.press(shown, "tune_run_older", f"events {job.id} p2")

    async def turned() -> bool:
        return "event &lt;0&gt;" in words_of((await office.whispers())[0])

    await office.until(turned)
    assert len(await office.whispers()) == 1


async def test_a_provider_that_does_not_answer_is_said_instead_of_events(office: Office) -> None:
    await office.job()
    office.provider.meet("GET .*/events", *[Fault(503)] * 9)
    await office.type("events")
    [shown] = await office.until(office.whispers)
    assert "asks us to wait" in words_of(shown)


async def test_results_are_shown_and_their_table_is_attached_once(office: Office) -> None:
    job = await _tuned(office)
    remote = office.provider.jobs[job.provider_job_id or ""]
    remote["result_files"] = ["file-r"]
    office.provider.contents["file-r"] = b"step,train_loss\n1,0.5\n"
    for user in (BEN, WEI):
        answer = await office.type(f"results {job.id}", user=user)
        assert str(job.fine_tuned_model) in words_of(answer)

    async def files() -> list[str]:
        seen = await office.control.messages(TUNING, thread_ts=job.thread)
        return [file["name"] for message in seen for file in message.get("files", [])]

    await office.until(files)
    assert await files() == [f"results-{job.id}.csv"]


async def test_all_result_files_are_attached_but_those_that_the_provider_has_lost(
    office: Office,
) -> None:
    job = await _tuned(office)
    names = ["file-a", "file-b", "file-c"]
    office.provider.jobs[job.provider_job_id or ""]["result_files"] = names
    office.provider.contents |= dict.fromkeys(names, b"step,train_loss\n1,0.5\n")
    office.provider.meet("GET /files/file-b/content", UNKNOWN)
    await office.type(f"results {job.id}")

    async def files() -> set[str]:
        seen = await office.control.messages(TUNING, thread_ts=job.thread)
        return {file["name"] for message in seen for file in message.get("files", [])}

    wanted = {f"results-{job.id}-{number}.csv" for number in (1, 3)}

    async def attached() -> bool:
        return await files() == wanted

    await office.until(attached)


async def test_results_of_a_running_job_are_not_made_up(office: Office) -> None:
    job = await office.job()
    assert "has not ended yet" in (await office.type("results"))["text"]
    assert job.status is JobStatus.RUNNING


async def test_a_button_lets_an_older_model_answer_in_the_channel_and_the_newest_again(
    office: Office,
) -> None:
    older, newest = await _tuned(office), await _tuned(office, finished_at=1.9e9)
    listed = await office.type("models")
    assert f"the newest one answers here: *{newest.fine_tuned_model}*" in words_of(listed)
    offered = values_of(listed["blocks"], "tune_run_default")
    assert offered == [f"models {older.id}"]
    [message] = await office.whispers()
    await office.press(message, "tune_run_default", f"models {older.id}")

    async def chosen() -> Json | None:
        [message] = await office.whispers()
        return message if "answers in this channel from now on" in words_of(message) else None

    message = await office.until(chosen)
    assert values_of(message["blocks"], "tune_run_default") == [
        f"models {newest.id}",
        "models newest",
    ]
    await office.press(message, "tune_run_default", "models newest")

    async def back() -> bool:
        [message] = await office.whispers()
        return "the newest model answers" in words_of(message)

    await office.until(back)
