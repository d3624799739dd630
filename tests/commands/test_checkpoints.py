"""A job's checkpoints in its thread: which of its models answers is chosen with a button."""

import pytest

from tests.commands.conftest import ALICE, BEN, MINJI, WEI, Office, values_of, words_of
from tests.support.provider_server import Fault
from tests.workspace.conftest import Json
from tunesmith.bot.errors import JobError
from tunesmith.bot.jobs import Person, request_delete_model
from tunesmith.bot.jobs.checkpoints import require_use, use
from tunesmith.bot.jobs.kinds import OfJob
from tunesmith.handlers.job.blocks import ASK, CHECKPOINTS
from tunesmith.handlers.job.checkpoint_table import USE
from tunesmith.handlers.job.tasks.card import post_card
from tunesmith.handlers.job.tasks.checkpoints import tell_checkpoints
from tunesmith.handlers.job.tasks.end import show_end
from tunesmith.storage import checkpoints, jobs
from tunesmith.storage.checkpoints import Checkpoint
from tunesmith.storage.jobs import Job, JobStatus

pytestmark = pytest.mark.databases("sqlite")


async def _table(office: Office, job: Job) -> Json:
    async def shown() -> list[Json]:
        seen = await office.control.messages(job.channel, thread_ts=job.thread)
        return [message for message in seen if values_of(message.get("blocks", []), USE)]

    return (await office.until(shown))[0]


async def _make_checkpoints(office: Office, job: Job) -> None:
    """Three checkpoints, whose models the provider serves; their table is posted."""
    rows = [
        Checkpoint(job.id, step, f"ft:at-{step}", valid_loss=loss)
        for step, loss in ((10, 1.0), (20, 0.5), (30, 0.8))
    ]
    office.provider.served |= {row.model for row in rows}
    async with office.services.database.write() as connection:
        await checkpoints.add(connection, rows)
        await tell_checkpoints.add(connection, OfJob(job_id=job.id), of=job.told_as)


async def _with_checkpoints(office: Office, job: Job) -> Json:
    """The table of three checkpoints of a job that has ended."""
    await _make_checkpoints(office, job)
    return await _table(office, job)


async def _failed(office: Office) -> tuple[Job, Json]:
    """A job that failed and made checkpoints, and their table."""
    job = await office.job(status=JobStatus.FAILED, finished_at=1.8e9)
    return job, await _with_checkpoints(office, job)


async def _told(office: Office, job: Job, *words: str) -> None:
    """Wait until a message of the thread says all of this."""

    async def said() -> bool:
        said = await office.said(job.thread)
        return any(all(each in one for each in words) for one in said)

    await office.until(said)


async def test_a_checkpoint_is_asked_from_now_on_once_somebody_uses_it(office: Office) -> None:
    job = await office.model()
    table = await _with_checkpoints(office, job)
    assert f"{job.id} ft:at-20" in values_of(table["blocks"], USE)
    await office.press(table, f"{USE}_1", f"{job.id} ft:at-20", user=BEN)
    await _told(office, job, "ft:at-20", BEN)
    assert (await office.stored(job)).asked_as == "ft:at-20"

    async def offers_the_last() -> bool:
        values = values_of((await _table(office, job))["blocks"], USE)
        return f"{job.id} ft:at-20" not in values and f"{job.id} {job.fine_tuned_model}" in values

    await office.until(offers_the_last)


async def test_the_table_offers_the_checkpoints_as_soon_as_the_job_has_ended(
    office: Office,
) -> None:
    job = await office.job()
    await _make_checkpoints(office, job)
    await _told(office, job, "Suggested: step 20")
    async with office.services.database.write() as connection:
        ended = {"status": JobStatus.FAILED, "finished_at": 1.8e9}
        await jobs.change(connection, job.id, **ended)
        await show_end.add(connection, OfJob(job_id=job.id), of=job.told_as)
    assert f"{job.id} ft:at-20" in values_of((await _table(office, job))["blocks"], USE)


async def test_who_looks_at_a_job_alone_sees_its_checkpoints_in_the_place_of_the_card(
    office: Office,
) -> None:
    job, _ = await _failed(office)
    await office.type(f"status {job.id}", user=BEN)
    card = (await office.whispers(BEN))[-1]
    await office.press(card, CHECKPOINTS, job.id, user=BEN)

    async def is_table() -> bool:
        return bool(values_of((await office.whispers(BEN))[-1]["blocks"], USE))

    await office.until(is_table)


async def test_of_many_checkpoints_those_that_the_provider_has_dropped_are_counted(
    office: Office,
) -> None:
    job = await office.model()
    rows = [Checkpoint(job.id, step, f"ft:at-{step}", valid_loss=1.0) for step in range(10, 90, 10)]
    async with office.services.database.write() as connection:
        await checkpoints.add(connection, rows)
    said = (await office.type(f"checkpoints {job.id}"))["blocks"]
    [table] = [block for block in said if block["type"] == "table"]
    steps = [row[0]["text"] for row in table["rows"]]
    assert steps == ["Step", "60", "70", "80"]
    assert "5 earlier checkpoints are not listed" in words_of({"blocks": said})


async def test_a_model_that_the_job_has_not_made_is_not_used(office: Office) -> None:
    job, other = await office.model(), await office.model()
    with pytest.raises(JobError):
        await require_use(office.services, job, str(other.fine_tuned_model), Person(BEN))
    with pytest.raises(JobError):
        async with office.services.database.write() as connection:
            await use(connection, job.id, str(other.fine_tuned_model), BEN)
    assert (await office.stored(job)).asked_as == job.fine_tuned_model


@pytest.mark.databases("sqlite", "postgresql")
async def test_a_failed_jobs_checkpoint_becomes_its_model_on_the_card_and_in_the_list(
    office: Office,
) -> None:
    job, table = await _failed(office)
    assert not values_of(table["blocks"], ASK)
    async with office.services.database.write() as connection:
        await post_card.add(connection, OfJob(job_id=job.id), of=job.id)

    async def card(action: str) -> bool:
        seen = await office.control.messages(job.channel, thread_ts=job.thread)
        return any(
            values_of(each.get("blocks", []), action)
            and not values_of(each["blocks"], USE)
            and ("at step 20" in words_of(each)) == (action == ASK)
            for each in seen
        )

    await office.until(lambda: card(CHECKPOINTS))
    await office.press(table, f"{USE}_0", f"{job.id} ft:at-20", user=BEN)
    await office.until(lambda: card(ASK))
    await _told(office, job, "chose", "ft:at-20", BEN)
    assert office.provider.count("POST /chat/completions") == 1
    stored = await office.stored(job)
    assert (stored.status, stored.asked_as) == (JobStatus.FAILED, "ft:at-20")
    listed = words_of(await office.type("models"))
    assert "ft:at-20" in listed
    assert "step 20 of a job that failed" in listed


async def test_a_checkpoint_that_does_not_answer_is_not_used_and_that_is_said(
    office: Office,
) -> None:
    job, table = await _failed(office)
    office.provider.served.clear()
    await office.press(table, f"{USE}_0", f"{job.id} ft:at-20", user=BEN)
    await _told(office, job, "`ft:at-20` is not used", "Nothing was changed")
    assert (await office.stored(job)).asked_as is None


async def test_a_checkpoint_is_used_once_its_provider_answers_again(office: Office) -> None:
    job, table = await _failed(office)
    office.provider.meet("POST /chat/completions", Fault(503, {}), Fault())
    await office.press(table, f"{USE}_0", f"{job.id} ft:at-20", user=BEN)
    await _told(office, job, "chose", "ft:at-20")
    assert (await office.stored(job)).asked_as == "ft:at-20"


async def test_no_checkpoint_of_a_deleted_model_is_used(office: Office) -> None:
    job, _ = await _failed(office)
    async with office.services.database.write() as connection:
        await use(connection, job.id, "ft:at-20", BEN)
    deleted = await request_delete_model(office.services, job.id, Person(job.created_by))
    assert deleted.fine_tuned_model == "ft:at-20"
    with pytest.raises(JobError):
        await require_use(office.services, await office.stored(job), "ft:at-30", Person(BEN))


async def test_the_button_leads_to_the_table_where_it_stands_already(office: Office) -> None:
    job = await office.model()
    table = await _with_checkpoints(office, job)
    async with office.services.database.write() as connection:
        await post_card.add(connection, OfJob(job_id=job.id), of=job.id)

    async def card() -> list[Json]:
        seen = await office.control.messages(job.channel, thread_ts=job.thread)
        return [one for one in seen if values_of(one.get("blocks", []), CHECKPOINTS)]

    for user, words in ((ALICE, "already"), (MINJI, "이미"), (WEI, "已经")):
        [shown] = await office.until(card)
        await office.press(shown, CHECKPOINTS, job.id, user=user)
        [said] = await office.whispers(user, thread=job.thread)
        assert words in words_of(said)
        assert f"p{table['ts'].replace('.', '')}" in words_of(said)
