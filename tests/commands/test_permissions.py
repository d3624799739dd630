"""Who may do what, by every way in: each cell over the wire of the local workspace."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.commands.conftest import ALICE, BEN, LAB, MINJI, TUNING, WEI, Office, words_of
from tests.commands.roles import (
    GITA,
    NORA,
    PARTNERS,
    ROLES,
    SAM,
    did,
    mention,
    press,
    type_in,
    waiting_job,
)
from tests.support.bot import keys_of
from tests.workspace.conftest import RefusedError
from tunesmith.handlers.slack.blocks import actions, button
from tunesmith.storage import audit, datasets, jobs
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.jobs import Job, JobStatus

pytestmark = pytest.mark.databases("sqlite")

# Who stands in the settings below: the trainers are Li Wei alone, the leads Minji.
ALLOWED = {
    "cancel": {"asker", "approver's own", "listed"},
    "pause": {"asker", "approver's own", "in the group"},
    "start": {"in the group", "listed"},
    "approve": {"approver"},
    "delete": {"asker", "approver's own", "approver"},
}


Way = Callable[[Office, Dataset, str, str, Job], Awaitable[object]]
WAYS: dict[str, Way] = {
    "command": lambda office, at, user, word, job: type_in(office, at, user, f"{word} {job.id}"),
    "mention": lambda office, at, user, word, job: mention(office, at, user, f"{word} {job.id}"),
    "button": lambda office, at, user, word, job: press(office, at, user, f"{word}_job", job.id),
    "list's button": lambda office, at, user, word, job: press(
        office, at, user, "tune_run", f"{word} {job.id}"
    ),
}


@pytest.mark.parametrize("word", ["cancel", "pause"])
async def test_a_running_job_is_steered_by_who_may(team: Office, word: str) -> None:
    places = {channel: await team.dataset(channel) for channel in (TUNING, PARTNERS)}
    cells: dict[tuple[str, str], bool] = {}
    for role, (user, channel, own) in ROLES.items():
        for way, do in WAYS.items():
            by = user if own else "U0SOMEBODY"
            job = await team.job(places[channel], created_by=by)
            await do(team, places[channel], user, word, job)
            cells[role, way] = (await did(team, word, job)) == user
    assert cells == {(role, way): role in ALLOWED[word] for role in ROLES for way in WAYS}


async def test_a_job_of_a_private_channel_is_out_of_reach_from_elsewhere(team: Office) -> None:
    here, lab = await team.dataset(TUNING), await team.dataset(LAB)
    job = await team.job(lab, created_by=MINJI)
    for do in WAYS.values():  # Ben is listed, but not in that channel
        await do(team, here, BEN, "cancel", job)
        assert await did(team, "cancel", job) is None
    said = await team.type(f"status {job.id}", user=BEN)
    unknown = await team.type("status 0123456789ab", user=BEN)
    assert words_of(said).replace(job.id, "") == words_of(unknown).replace("0123456789ab", "")
    with pytest.raises(RefusedError):
        await team.control.messages(LAB, user=BEN)


async def _starts(office: Office, dataset: Dataset, user: str) -> bool:
    """Whether the form opens and, submitted, starts a job."""
    await press(office, dataset, user, "start_job", dataset.id)
    for view in await office.control.modals(user):
        values = {"model": "local/tiny-1m-scratch"}
        await office.control.post(f"views/{view['id']}/submit", user=user, values=values)
    async with office.services.database.read() as connection:
        return any(
            job.created_by == user
            for job in await jobs.recent(connection, {"dataset_id": dataset.id})
        )


async def test_a_job_is_started_by_who_may(team: Office) -> None:
    cells: dict[str, bool] = {}
    for role, (user, channel, own) in ROLES.items():
        if not own:
            cells[role] = await _starts(team, await team.dataset(channel), user)
            await type_in(team, await team.dataset(channel), user, "start")
            assert bool(await team.control.modals(user)) == cells[role], role
    assert cells == {role: role in ALLOWED["start"] for role in cells}


async def test_a_form_sent_after_the_right_was_taken_away_starts_nothing(team: Office) -> None:
    dataset = await team.dataset()
    await press(team, dataset, WEI, "start_job", dataset.id)
    [view] = await team.control.modals(WEI)
    await team.control.post("user_groups", group="S0TRAINERS", users=[])
    answer = await team.control.post(
        f"views/{view['id']}/submit", user=WEI, values={"model": "local/tiny-1m-scratch"}
    )
    assert answer["response_action"] == "errors"
    async with team.services.database.read() as connection:
        assert await jobs.recent(connection, {"dataset_id": dataset.id}) == []


async def test_a_job_is_approved_by_an_approver_who_did_not_ask_for_it(team: Office) -> None:
    places = {channel: await team.dataset(channel) for channel in (TUNING, PARTNERS)}
    cells: dict[str, bool] = {}
    for role, (user, channel, own) in ROLES.items():
        for word in ("approve", "decline"):
            job = await waiting_job(team, places[channel], user if own else "U0SOMEBODY")
            await press(team, places[channel], user, f"{word}_job", job.id)
            done = (await did(team, word, job)) == user
            assert cells.setdefault(role, done) == done, (role, word)
    assert cells == {role: role in ALLOWED["approve"] for role in ROLES}


async def test_from_home_a_job_is_approved_by_an_approver_who_did_not_ask_for_it(
    team: Office,
) -> None:
    here = await team.dataset()
    client = AsyncWebClient("xoxb-local", base_url=f"{team.workspace.base_url}/api/")
    cells: dict[str, bool] = {}
    for role, (user, channel, own) in ROLES.items():
        if channel == PARTNERS:  # the app has no Home for people of other organisations
            continue
        job = await waiting_job(team, here, user if own else "U0SOMEBODY")
        # As one who forges the button: only an approver is shown it.
        blocks = [actions(button("Forged", "approve_job", job.id))]
        await client.views_publish(user_id=user, view={"type": "home", "blocks": blocks})
        home = (await team.control.get("views", user=user))["home"]
        await team.control.post("actions", user=user, view_id=home["id"], action_id="approve_job")
        cells[role] = (await did(team, "approve", job)) == user

        async def is_brought_up_to_date(user: str = user) -> bool:
            home = (await team.control.get("views", user=user))["home"]
            return "Forged" not in words_of(home)

        await team.until(is_brought_up_to_date)
    assert cells == {role: role in ALLOWED["approve"] for role in cells}


async def test_a_file_is_deleted_by_who_attached_it_and_by_who_may(team: Office) -> None:
    cells: dict[str, bool] = {}
    for role, (user, channel, own) in ROLES.items():
        other = MINJI if user == ALICE else ALICE
        dataset = await team.dataset(channel, user=user if own else other)
        await press(team, dataset, user, "delete_file", dataset.id)
        async with team.services.database.read() as connection:
            found = await datasets.get(connection, dataset.id)
        cells[role] = found is not None and found.deleted_at is not None
        if user != NORA:
            asked = words_of(await team.type(f"delete {dataset.id}", user=user, channel=channel))
            # What is deleted is not found again; who may not delete it is told so.
            assert "Delete *" not in asked, role
    assert cells == {role: role in ALLOWED["delete"] for role in ROLES}


async def test_a_file_of_a_message_is_checked_for_whoever_sees_it(team: Office) -> None:
    seen, use = {SAM: TUNING, ALICE: LAB}, dict[str, str]()
    content = b"question,answer\nOpen?,At 7.\n"  # a table is checked where somebody asks for it
    for user, channel in seen.items():
        attached = await team.control.attach({"a.csv": content}, user=ALICE, channel=channel)
        use = {"callback_id": "inspect_message", "channel": channel, "message_ts": attached["ts"]}
        before = len(await keys_of(team.services.database, "inspect"))
        await team.control.post("shortcuts", user=user, **use)
        assert len(await keys_of(team.services.database, "inspect")) == before + 1
    for outside in (BEN, NORA):  # not in that channel, and of another organisation
        with pytest.raises(RefusedError):
            await team.control.post("shortcuts", user=outside, **use)


async def test_forged_and_repeated_approvals_change_nothing(team: Office) -> None:
    here, lab = await team.dataset(TUNING), await team.dataset(LAB)
    foreign = await waiting_job(team, lab, ALICE)
    await press(team, here, MINJI, "approve_job", foreign.id)  # a job of another channel
    for odd in ("nobody", "", "x" * 2_000, foreign.id.upper()):
        await press(team, here, MINJI, "approve_job", odd or "-")
    assert (await team.stored(foreign)).status is JobStatus.AWAITING_APPROVAL
    running = await team.job(here, created_by=ALICE)
    await press(team, here, MINJI, "approve_job", running.id)  # one that does not wait
    assert (await team.stored(running)).approved_by is None
    job = await waiting_job(team, here, ALICE)
    await asyncio.gather(*(press(team, here, MINJI, "approve_job", job.id) for _ in range(4)))
    await press(team, here, MINJI, "decline_job", job.id)
    async with team.services.database.read() as connection:
        found = await audit.page(connection, job.team, subject=job.id)
    assert [entry.action for entry in found if entry.person] == ["approve"]


async def test_guests_and_strangers_do_not_ask_models(team: Office) -> None:
    for user, channel in ((SAM, TUNING), (GITA, TUNING), (NORA, PARTNERS)):
        dataset = await team.dataset(channel)
        model = await team.model(dataset=dataset)
        said = (await mention(team, dataset, user, "What is 1 plus 1?"))[-1]
        assert "Ask a colleague" in said or "other organisations" in said, said
        await press(team, dataset, user, "ask_model", model.id)
        assert await team.control.modals(user) == []
