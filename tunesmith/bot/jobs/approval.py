"""Approve or decline a job that is over a budget."""

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.errors import JobError
from tunesmith.bot.jobs.end import end_job
from tunesmith.bot.jobs.kinds import OfJob
from tunesmith.bot.jobs.launch import launch
from tunesmith.bot.jobs.permissions import Action, Person, is_named, may_ask, require
from tunesmith.bot.messages import from_stored, say
from tunesmith.bot.services import Services
from tunesmith.bot.settings import Settings
from tunesmith.storage import audit, budgets, jobs
from tunesmith.storage.jobs import Job, JobStatus

ASK_APPROVAL = "ask_approval"
"""The name in the audit log of a job that waits: it is started by who approves it."""
DECLINE = "decline"
"""The name of a refusal in the audit log."""


async def approve(services: Services, job_id: str, person: Person) -> None:
    """Let a job be launched though it is over a budget; its estimate is reserved from now on.

    Raises NotAllowedError where this person may not, JobError where the job is not known or no
    longer waits.
    """
    async with services.database.write() as connection:
        job = await _waiting(services, connection, job_id, person)
        changes = {"status": JobStatus.RESERVED, "approved_by": person.id, "error": None}
        await jobs.change(connection, job.id, **changes)
        await _note(connection, job, person, Action.APPROVE)
        await launch.add(connection, OfJob(job_id=job.id), of=job.id)
        approved = await jobs.get(connection, job.id)
        assert approved is not None
        await services.job_events.changed.publish(connection, approved)


async def decline(services: Services, job_id: str, person: Person) -> None:
    """End a job that waits for approval. Raises as `approve` does."""
    async with services.database.write() as connection:
        job = await _waiting(services, connection, job_id, person)
        await _note(connection, job, person, DECLINE)
        said = say("approval.declined", user=person.id)
        ended = {"cancelled_by": person.id}
        await end_job(services, connection, job.id, JobStatus.CANCELLED, said, **ended)


async def waiting_for(
    connection: AsyncConnection, settings: Settings, person: Person, team: str
) -> list[Job]:
    """The jobs that this person may approve or decline, newest first; at most 20."""
    if not may_ask(person) or not is_named(settings, person, Action.APPROVE):
        return []
    match = {"team": team, "status": JobStatus.AWAITING_APPROVAL.value}
    found = await jobs.recent(connection, match)
    return [job for job in found if job.created_by != person.id]


async def _waiting(
    services: Services, connection: AsyncConnection, job_id: str, person: Person
) -> Job:
    """The job, which nobody else decides on before the transaction ends."""
    known = await jobs.get(connection, job_id)
    # Whether it exists is not told to those who may not approve.
    require(services.settings, person, Action.APPROVE, known.created_by if known else None)
    if known is None:
        raise JobError(say("job.not_known"))
    await budgets.lock(connection, known.team)
    job = await jobs.get(connection, job_id, lock=True)
    assert job is not None
    if job.status is not JobStatus.AWAITING_APPROVAL:
        raise JobError(say("approval.not_waiting", status=say(f"job.status_{job.status}")))
    return job


async def _note(connection: AsyncConnection, job: Job, person: Person, action: str) -> None:
    await audit.add(
        connection,
        team=job.team,
        channel=job.channel,
        person=person.id,
        action=action,
        subject=job.id,
        asked_by=job.created_by,
        usd=None if job.estimated_usd is None else str(job.estimated_usd),
        over=from_stored(job.error).key if job.error else None,
    )
