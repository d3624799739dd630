"""A job's checkpoints in its thread: which of its models answers is chosen with a button."""

import pytest

from tests.commands.conftest import BEN, Office, values_of
from tests.workspace.conftest import Json
from tunesmith.bot.errors import JobError
from tunesmith.bot.jobs import Person
from tunesmith.bot.jobs.checkpoints import use
from tunesmith.bot.jobs.kinds import OfJob
from tunesmith.handlers.job.checkpoint_table import USE
from tunesmith.handlers.job.tasks.checkpoints import tell_checkpoints
from tunesmith.storage import checkpoints
from tunesmith.storage.checkpoints import Checkpoint
from tunesmith.storage.jobs import Job

pytestmark = pytest.mark.databases("sqlite")


async def _table(office: Office, job: Job) -> Json:
    async def shown() -> list[Json]:
        seen = await office.control.messages(job.channel, thread_ts=job.thread)
        return [message for message in seen if values_of(message.get("blocks", []), USE)]

    return (await office.until(shown))[0]


async def test_a_checkpoint_is_asked_from_now_on_once_somebody_uses_it(office: Office) -> None:
    job = await office.model()
    rows = [
        Checkpoint(job.id, step, f"ft:at-{step}", valid_loss=loss)
        for step, loss in ((10, 1.0), (20, 0.5), (30, 0.8))
    ]
    async with office.services.database.write() as connection:
        await checkpoints.add(connection, rows)
        await tell_checkpoints.add(connection, OfJob(job_id=job.id), of=job.told_as)
    table = await _table(office, job)
    assert f"{job.id} ft:at-20" in values_of(table["blocks"], USE)
    await office.press(table, f"{USE}_1", f"{job.id} ft:at-20", user=BEN)

    async def told() -> bool:
        said = await office.said(job.thread)
        return any("ft:at-20" in words and BEN in words for words in said)

    await office.until(told)
    assert (await office.stored(job)).asked_as == "ft:at-20"

    async def offers_the_last() -> bool:
        values = values_of((await _table(office, job))["blocks"], USE)
        return f"{job.id} ft:at-20" not in values and f"{job.id} {job.fine_tuned_model}" in values

    await office.until(offers_the_last)


async def test_a_model_that_the_job_has_not_made_is_not_used(office: Office) -> None:
    job, other = await office.model(), await office.model()
    person = Person(BEN)
    with pytest.raises(JobError):
        await use(office.services, job, str(other.fine_tuned_model), person)
    assert (await office.stored(job)).asked_as == job.fine_tuned_model
