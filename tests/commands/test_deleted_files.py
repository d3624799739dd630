"""Training files are deleted: in Slack or with a command, and where a job needs one, after it."""

import json

import pytest

from tests.commands.conftest import (
    ALICE,
    BEN,
    GENERAL,
    TEAM,
    TUNING,
    Office,
    values_of,
    words_of,
)
from tests.support.slice import chat_line
from tests.workspace.conftest import Json
from tunesmith.bot.errors import JobError
from tunesmith.bot.jobs import JobRequest, Person
from tunesmith.bot.jobs import start as start_job
from tunesmith.handlers.dataset.blocks import START
from tunesmith.handlers.job.commands.files import DELETE_FILE
from tunesmith.storage import audit, datasets
from tunesmith.storage.datasets import Dataset

pytestmark = pytest.mark.databases("sqlite")
LINES = "\n".join(chat_line(f"What is {n} plus {n}?", f"{2 * n}.") for n in range(12)).encode()


async def _attach(office: Office, channel: str = TUNING) -> Dataset:
    """A file of ours that was attached, checked and reported on."""
    where = {"user": ALICE, "channel": channel, "text": ""}
    sent = await office.control.attach({"train.jsonl": LINES}, **where)
    [file] = sent["files"]

    async def reported() -> list[Json]:
        thread = await office.control.messages(channel, thread_ts=sent["ts"])
        return [one for one in thread if values_of(one.get("blocks", []), START)]

    await office.until(reported, seconds=60)
    async with office.services.database.read() as connection:
        [dataset] = await datasets.of_file(connection, TEAM, file["id"])
    return dataset


async def _is_deleted(office: Office, dataset: Dataset) -> bool:
    async with office.services.database.read() as connection:
        found = await datasets.get(connection, dataset.id)
    assert found is not None
    return found.deleted_at is not None


def _is_kept(office: Office, dataset: Dataset) -> bool:
    return (office.services.settings.files / dataset.sha256).exists()


async def _until_gone(office: Office, dataset: Dataset) -> None:
    async def gone() -> bool:
        return not _is_kept(office, dataset)

    await office.until(gone)


async def test_a_file_deleted_in_slack_is_deleted_here_when_no_other_has_its_bytes(
    office: Office,
) -> None:
    first, second = await _attach(office), await _attach(office, GENERAL)
    assert first.sha256 == second.sha256
    await office.control.delete(f"files/{first.file_id}", user=ALICE)
    await office.until(lambda: _is_deleted(office, first))
    assert not await _is_deleted(office, second)
    assert _is_kept(office, first)
    ts = second.thread
    await office.control.delete("messages", user=ALICE, channel=GENERAL, ts=ts)
    await _until_gone(office, second)
    async with office.services.database.read() as connection:
        entries = await audit.page(connection, TEAM, subject=first.id)
    assert [(entry.action, entry.person) for entry in entries] == [("delete_file", None)]

    async def quotes_nothing() -> bool:
        async with office.services.database.read() as connection:
            left = await datasets.get(connection, first.id)
        assert left is not None
        assert left.report["tokens"] == first.report["tokens"]
        return left.report["findings"] == []

    await office.until(quotes_nothing)


async def test_a_file_that_a_job_needs_is_deleted_after_it_and_its_thread_says_so(
    office: Office,
) -> None:
    dataset = await _attach(office)
    job = await office.job(dataset)
    await office.control.delete(f"files/{dataset.file_id}", user=ALICE)

    async def told() -> list[str]:
        return [said for said in await office.said(dataset.thread) if "still needed" in said]

    [said] = await office.until(told)
    assert job.id in said
    assert _is_kept(office, dataset)
    await office.type(f"cancel {job.id}")
    await _until_gone(office, dataset)
    assert len(await told()) == 1


async def test_nothing_is_started_with_a_deleted_file(office: Office) -> None:
    dataset, other = await _attach(office), await office.dataset()
    thread = await office.control.messages(TUNING, thread_ts=dataset.thread)
    [report] = [one for one in thread if values_of(one.get("blocks", []), START)]
    await office.control.delete(f"files/{dataset.file_id}", user=ALICE)
    await _until_gone(office, dataset)
    await office.press(report, START, dataset.id)
    [said] = await office.until(lambda: office.whispers(thread=dataset.thread))
    assert "was deleted" in said["text"]
    for training, validation in ((dataset, None), (other, dataset)):
        request = JobRequest(
            request_id=f"r{training.id}",
            dataset_id=training.id,
            validation_id=validation.id if validation else None,
            provider="local",
            base_model="tiny-1m-scratch",
            hyperparameters={},
            suffix=None,
            person=Person(ALICE),
        )
        with pytest.raises(JobError) as refused:
            await start_job(office.services, request)
        assert refused.value.message.key == "dataset.deleted"


async def test_a_file_is_deleted_with_a_command_by_who_may_after_being_asked(
    office: Office,
) -> None:
    dataset = await office.dataset()
    job = await office.job(dataset)
    refused = await office.type(f"delete {dataset.name}", user=BEN)
    assert "Only the person" in refused["text"]
    asked = await office.type(f"delete {dataset.id}")
    assert job.id in words_of(asked)
    assert not await _is_deleted(office, dataset)
    [shown] = await office.whispers()
    await office.press(shown, DELETE_FILE, dataset.id)
    assert await _is_deleted(office, dataset)
    assert job.id in words_of((await office.whispers())[0])
    assert _is_kept(office, dataset)
    await office.type(f"cancel {job.id}")
    await _until_gone(office, dataset)
    async with office.services.database.read() as connection:
        [entry] = await audit.page(connection, TEAM, subject=dataset.id)
    assert (entry.action, entry.person) == ("delete_file", ALICE)
    assert "There is no job" in (await office.type(f"delete {dataset.name}"))["text"]


async def test_a_named_file_is_started_and_no_other_one(office: Office) -> None:
    old, new = await office.dataset(), await office.dataset()

    async def file_of_the_form(said: str) -> str:
        await office.type(f"start {said}".strip())
        form = (await office.control.modals(ALICE))[-1]
        return json.loads(form["private_metadata"])["dataset_id"]

    assert await file_of_the_form("") == new.id
    assert await file_of_the_form(old.name) == old.id
    assert await file_of_the_form(f"`{old.id}`") == old.id
    unknown = await office.type("start no-such.jsonl")
    assert "no-such.jsonl" in unknown["text"]
