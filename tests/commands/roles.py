"""People in every role towards a job, and what they press, type and write."""

from decimal import Decimal
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.commands.conftest import ALICE, BEN, MINJI, TUNING, WEI, Office
from tests.workspace.conftest import RefusedError
from tunesmith.handlers.slack.blocks import actions, button
from tunesmith.storage import audit
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.jobs import Job, JobStatus

GITA, SAM, NORA, PARTNERS = "U0GITA", "U0SAM", "U0NORA", "C0PARTNERS"


# role: who, where they are, and whether the job is their own
ROLES = {
    "member": (ALICE, TUNING, False),
    "asker": (ALICE, TUNING, True),
    "in the group": (WEI, TUNING, False),
    "listed": (BEN, TUNING, False),
    "approver": (MINJI, TUNING, False),
    "approver's own": (MINJI, TUNING, True),
    "guest of channels": (GITA, TUNING, False),
    "guest of a channel": (SAM, TUNING, False),
    "stranger": (NORA, PARTNERS, False),
    "guest's own": (SAM, TUNING, True),
    "stranger's own": (NORA, PARTNERS, True),
}


async def post(office: Office, dataset: Dataset, action: str, value: str) -> dict[str, Any]:
    """A message of the bot's with a button that carries what the test likes."""
    client = AsyncWebClient("xoxb-local", base_url=f"{office.workspace.base_url}/api/")
    blocks = [actions(button("Press", action, value))]
    posted = await client.chat_postMessage(
        channel=dataset.channel, thread_ts=dataset.thread, text="x", blocks=blocks
    )
    return {"channel": dataset.channel, "message_ts": posted["ts"]}


async def press(office: Office, dataset: Dataset, user: str, action: str, value: str) -> None:
    message = await post(office, dataset, action, value)
    await office.control.post("actions", user=user, action_id=action, **message)


async def type_in(office: Office, dataset: Dataset, user: str, said: str) -> None:
    if user != NORA:
        await office.type(said, user=user, channel=dataset.channel)
        return
    with pytest.raises(RefusedError, match="unknown_command"):  # not given to other organisations
        await office.type(said, user=user, channel=dataset.channel)


async def mention(office: Office, dataset: Dataset, user: str, said: str) -> list[str]:
    """What is answered, in a thread of its own, where no job says anything meanwhile."""
    thread = await office.thread(dataset.channel, user)
    await office.control.post(
        "messages",
        user=user,
        channel=dataset.channel,
        thread_ts=thread,
        text=f"<@U0TUNESMITH> {said}",
    )

    async def answered() -> list[str]:
        return await office.said(thread, dataset.channel)

    return await office.until(answered)


async def did(office: Office, word: str, job: Job) -> str | None:
    """Who did it, as the audit log has it."""
    async with office.services.database.read() as connection:
        found = await audit.page(connection, job.team, subject=job.id)
    return next((entry.person for entry in found if entry.action == word), None)


async def waiting_job(office: Office, dataset: Dataset, by: str) -> Job:
    """A job that waits for approval, as it is where a budget is exceeded."""
    waits: dict[str, Any] = {"status": JobStatus.AWAITING_APPROVAL, "estimated_usd": Decimal(5)}
    return await office.job(dataset, created_by=by, **waits)
