"""Training files are deleted: in Slack or with a command, and where a job needs one, after it."""

import hashlib
import json
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import select

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
from tunesmith.bot.ddl.store import stored_schema
from tunesmith.bot.errors import JobError
from tunesmith.bot.jobs import JobRequest, Person
from tunesmith.bot.jobs import start as start_job
from tunesmith.handlers.dataset.blocks import SPLIT, START
from tunesmith.handlers.dataset.tasks.deleted import Gone, delete, file_gone
from tunesmith.handlers.job.commands.files import DELETE_FILE, DELETE_SCHEMA
from tunesmith.handlers.schema import blocks as schema_blocks
from tunesmith.handlers.slack.catch_up import arm_catch_up
from tunesmith.local.workspace import posting
from tunesmith.local.workspace.faults import Fault
from tunesmith.local.workspace.records import DeletedFile
from tunesmith.storage import audit, datasets, schemas, tables, workspaces
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.schemas import AttachedSchema

pytestmark = pytest.mark.databases("sqlite")


def _lines(count: int) -> bytes:
    return "\n".join(
        chat_line(f"What is {n} plus {n}?", f"{2 * n}.") for n in range(count)
    ).encode()


async def _attach(office: Office, channel: str = TUNING, examples: int = 12) -> Dataset:
    """A file of ours that was attached, checked and reported on."""
    where = {"user": ALICE, "channel": channel, "text": ""}
    sent = await office.control.attach({"train.jsonl": _lines(examples)}, **where)
    [file] = sent["files"]

    async def reported() -> list[Json]:
        thread = await office.control.messages(channel, thread_ts=sent["ts"])
        return [one for one in thread if values_of(one.get("blocks", []), START)]

    await office.until(reported)
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
    assert "no training file" in (await office.type(f"delete {dataset.name}"))["text"]


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


DDL = b"CREATE TABLE orders (id INTEGER PRIMARY KEY, total NUMERIC(9, 2), placed_on DATE);\n"


async def test_a_part_that_the_bot_attached_and_somebody_deletes_is_deleted_here(
    office: Office,
) -> None:
    dataset = await _attach(office, examples=120)
    thread = await office.control.messages(TUNING, thread_ts=dataset.thread)
    [report] = [one for one in thread if values_of(one.get("blocks", []), START)]
    await office.press(report, SPLIT, dataset.id)

    async def parts() -> list[Dataset]:
        async with office.services.database.read() as connection:
            found = await datasets.in_channel(connection, TEAM, TUNING)
        return [one for one in found if one.id != dataset.id and one.file_id]

    made = await office.until(lambda: _all_of(parts, 2))
    of_the_bot = office.workspace.state.files.get(made[0].file_id)
    assert of_the_bot is not None
    posting.delete_file(office.workspace, of_the_bot, ALICE)  # as who runs the workspace can
    await _until_gone(office, made[0])
    assert await _is_deleted(office, made[0])
    assert not await _is_deleted(office, made[1])
    assert not await _is_deleted(office, dataset)


async def _all_of(look: Callable[[], Awaitable[list[Dataset]]], count: int) -> list[Dataset]:
    found = await look()
    return found if len(found) == count else []


@pytest.mark.databases("sqlite", "postgresql")
async def test_files_deleted_while_the_bot_did_not_hear_it_are_deleted_when_it_catches_up(
    office: Office,
) -> None:
    kept = [await _attach(office)]
    sent = await office.control.attach({"orders.sql": DDL}, user=ALICE, channel=TUNING, text="")
    schema = await _until_read(office, sent["files"][0]["id"])
    state = office.workspace.state
    for file_id in (kept[0].file_id, schema.file_id):
        state.files.delete(file_id)
        state.deleted_files.save(file_id, DeletedFile(id=file_id))
    for number in range(12):  # more than are asked for at once
        file = await office.dataset(thread="1.1", file_id=f"F0UNKNOWN{number:02}")
        kept.append(file)
    async with office.services.database.write() as connection:
        await workspaces.begin(connection, TEAM)
    await arm_catch_up(office.services)
    await office.until(lambda: _is_deleted(office, kept[0]))
    await _until_gone(office, kept[0])

    async def schema_is_gone() -> bool:
        return not (office.services.settings.files / schema.sha256).exists()

    await office.until(schema_is_gone)
    # One that Slack does not know is no deleted one.
    assert not any([await _is_deleted(office, file) for file in kept[1:]])


async def _until_read(office: Office, file_id: str) -> AttachedSchema:
    async def read() -> list[AttachedSchema]:
        async with office.services.database.read() as connection:
            return await schemas.of_file(connection, TEAM, file_id)

    return (await office.until(read))[0]


async def test_a_ddl_file_deleted_in_slack_goes_with_the_last_training_set_made_from_it(
    office: Office,
) -> None:
    sent = await office.control.attach({"orders.sql": DDL}, user=ALICE, channel=TUNING, text="")
    schema = await _until_read(office, sent["files"][0]["id"])
    made = await office.dataset(schema_sha256=schema.sha256, file_id="F0MADE")

    async def card() -> list[Json]:
        thread = await office.control.messages(TUNING, thread_ts=schema.thread)
        return [one for one in thread if values_of(one.get("blocks", []), schema_blocks.WRITE)]

    [shown] = await office.until(card)
    await office.control.delete(f"files/{schema.file_id}", user=ALICE)

    async def told() -> bool:
        return any(
            made.name in said and "deleted" in said for said in await office.said(schema.thread)
        )

    await office.until(told)
    path = office.services.settings.files / schema.sha256
    assert path.exists()
    [pressed] = values_of(shown["blocks"], schema_blocks.WRITE)
    await office.press(shown, schema_blocks.WRITE, pressed)
    [refused] = await office.until(lambda: office.whispers(thread=schema.thread))
    assert "was deleted" in refused["text"]
    async with office.services.database.write() as connection:
        await delete(connection, made, None)

    async def gone() -> bool:
        return not path.exists() and not stored_schema(path).exists()

    await office.until(gone)


@pytest.mark.parametrize(("name", "content"), [("train.jsonl", _lines(12)), ("orders.sql", DDL)])
async def test_nothing_is_kept_of_a_file_that_was_deleted_while_it_was_read(
    office: Office, name: str, content: bytes
) -> None:
    held = {"method": "url_private", "kind": "status", "times": 1_000}
    office.workspace.faults.add(Fault.model_validate(held))
    sent = await office.control.attach({name: content}, user=ALICE, channel=TUNING, text="")
    file_id = sent["files"][0]["id"]
    async with office.services.database.write() as connection:
        gone = Gone(team=TEAM, file=file_id)
        assert await file_gone.add(connection, gone, of=f"{TEAM}:{file_id}")
    office.workspace.faults.clear()

    async def deleted() -> bool:
        table = tables.schemas if name.endswith(".sql") else tables.datasets
        async with office.services.database.read() as connection:
            at = await connection.execute(
                select(table.c.deleted_at).where(table.c.file_id == file_id)
            )
        return at.scalar() is not None

    await office.until(deleted)
    path = office.services.settings.files / hashlib.sha256(content).hexdigest()

    async def removed() -> bool:
        return not path.exists()

    await office.until(removed)


async def test_a_ddl_file_is_deleted_with_a_command_by_who_may_after_being_asked(
    office: Office,
) -> None:
    sent = await office.control.attach({"orders.sql": DDL}, user=ALICE, channel=TUNING, text="")
    schema = await _until_read(office, sent["files"][0]["id"])
    path = office.services.settings.files / schema.sha256
    assert "Only the person" in (await office.type("delete orders.sql", user=BEN))["text"]
    assert "orders.sql" in words_of(await office.type("delete `orders.sql`"))
    assert path.exists()
    await office.press((await office.whispers())[-1], DELETE_SCHEMA, schema.id)

    async def gone() -> bool:
        return not path.exists() and not stored_schema(path).exists()

    await office.until(gone)
    async with office.services.database.read() as connection:
        [entry] = await audit.page(connection, TEAM, subject=schema.id)
    assert (entry.action, entry.person) == ("delete_file", ALICE)
    assert "no training file" in (await office.type("delete orders.sql"))["text"]
