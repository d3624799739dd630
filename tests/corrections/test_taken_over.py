"""Another replica takes over what the first one still does: a correction counts once, is told once,
asks its channel once and is trained on once.
"""

from sqlalchemy import select, update

from tests.commands.conftest import TEAM, TUNING
from tests.corrections.conftest import Classroom
from tunesmith.handlers.correction.telling import tell
from tunesmith.handlers.correction.training import tell_trained, train
from tunesmith.handlers.correction.weekly import show_card
from tunesmith.local.workspace.faults import Fault
from tunesmith.storage import audit, corrections
from tunesmith.storage.tables import datasets, jobs, tasks

POST = "chat.postMessage"
HELD_SECONDS = 600.0


async def taken_over(classroom: Classroom, kind: str) -> None:
    """Wait until a task of that kind is being done, and let another worker take it over."""
    office = classroom.office

    async def run_out() -> bool:
        async with office.services.database.write() as connection:
            held = (tasks.c.kind == kind, tasks.c.lease_until.is_not(None))
            changed = await connection.execute(update(tasks).where(*held).values(lease_until=0))
        return changed.rowcount == 1

    async def is_called() -> bool:
        return not office.workspace.faults.waiting()

    await office.until(is_called)  # the first worker waits for Slack
    await office.until(run_out)


async def done(classroom: Classroom, kind: str) -> None:
    """Wait until no task of that kind is left."""

    async def found() -> bool:
        async with classroom.office.services.database.read() as connection:
            left = select(tasks.c.key).where(tasks.c.kind == kind, tasks.c.done_at.is_(None))
            return not (await connection.execute(left)).all()

    await classroom.office.until(found)


async def test_a_correction_and_the_card_that_asks_are_told_once(classroom: Classroom) -> None:
    office = classroom.office
    await classroom.answer("Never.")
    office.workspace.faults.add(_held("slow"))
    assert await classroom.send(await classroom.correct(), "At seven.") == {}
    await taken_over(classroom, tell.name)
    await done(classroom, tell.name)
    office.workspace.faults.add(_held("slow_after"))
    await office.type("corrections train")
    await taken_over(classroom, show_card.name)
    await done(classroom, show_card.name)
    kept = await classroom.taken("At seven.")
    said = "\n".join(await office.said(classroom.job.thread))
    assert said.count("Corrected by") == 1
    assert len(await classroom.cards()) == 1
    async with office.services.database.read() as connection:
        entries = await audit.page(connection, TEAM, subject=kept.id, most=5)
    assert [entry.action for entry in entries] == ["correct"]


async def test_one_press_writes_one_file_and_starts_one_job(classroom: Classroom) -> None:
    office = classroom.office
    await classroom.ask_weekly(await classroom.correction(weeks_ago=2))
    card = await classroom.card()
    await classroom.press_card(card)
    await taken_over(classroom, train.name)
    job, dataset = await classroom.trained()
    await done(classroom, train.name)
    await done(classroom, tell_trained.name)
    async with office.services.database.read() as connection:
        made = select(datasets.c.id).where(datasets.c.corrected_from == classroom.original.id)
        assert list((await connection.execute(made)).scalars()) == [dataset.id]
        started = select(jobs.c.id).where(jobs.c.id != classroom.job.id)
        assert list((await connection.execute(started)).scalars()) == [job.id]
        assert await corrections.waiting(connection, TEAM, TUNING) == []
    said = "\n".join(await office.said(card["ts"]))
    assert said.count("trains again") == 1


def _held(kind: str) -> Fault:
    """The next post gets no answer while the test runs."""
    return Fault.model_validate({"method": POST, "kind": kind, "seconds": HELD_SECONDS})
