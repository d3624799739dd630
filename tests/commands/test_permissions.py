"""Who may do what, by every way in: each cell over the wire of the local workspace."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.commands.conftest import ALICE, BEN, LAB, MINJI, TUNING, WEI, Office, words_of
from tests.support.bot import keys_of
from tests.workspace.conftest import Json, RefusedError
from tunesmith.bot.settings import PermissionSettings
from tunesmith.handlers.slack.blocks import actions, button
from tunesmith.storage import audit, datasets, jobs
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.jobs import Job, JobStatus

pytestmark = pytest.mark.databases("sqlite")

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
# Who stands in the settings below: the trainers are Li Wei alone, the leads Minji.
ALLOWED = {
    "cancel": {"asker", "approver's own", "listed"},
    "pause": {"asker", "approver's own", "in the group"},
    "start": {"in the group", "listed"},
    "approve": {"approver"},
    "delete": {"asker", "approver's own", "approver"},
}


@pytest.fixture
async def team(office: Office) -> Office:
    """A team with rights for a group, a list and approvers; the bot is in every channel."""
    office.services.settings.permissions = PermissionSettings(
        start="S0TRAINERS,U0BEN",
        cancel="U0BEN",
        pause="S0TRAINERS",
        approve="S0LEADS",
        delete="S0LEADS",
    )
    await office.control.post("user_groups", group="S0TRAINERS", users=[WEI])
    await office.control.post("members", user=ALICE, channel=LAB)
    return office


async def _post(office: Office, dataset: Dataset, action: str, value: str) -> dict[str, Any]:
    """A message of the bot's with a button that carries what the test likes."""
    client = AsyncWebClient("xoxb-local", base_url=f"{office.workspace.base_url}/api/")
    blocks = [actions(button("Press", action, value))]
    posted = await client.chat_postMessage(
        channel=dataset.channel, thread_ts=dataset.thread, text="x", blocks=blocks
    )
    return {"channel": dataset.channel, "message_ts": posted["ts"]}


async def _press(office: Office, dataset: Dataset, user: str, action: str, value: str) -> None:
    message = await _post(office, dataset, action, value)
    await office.control.post("actions", user=user, action_id=action, **message)


async def _type(office: Office, dataset: Dataset, user: str, said: str) -> None:
    if user != NORA:
        await office.type(said, user=user, channel=dataset.channel)
        return
    with pytest.raises(RefusedError, match="unknown_command"):  # not given to other organisations
        await office.type(said, user=user, channel=dataset.channel)


async def _mention(office: Office, dataset: Dataset, user: str, said: str) -> list[str]:
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


Way = Callable[[Office, Dataset, str, str, Job], Awaitable[object]]
WAYS: dict[str, Way] = {
    "command": lambda office, at, user, word, job: _type(office, at, user, f"{word} {job.id}"),
    "mention": lambda office, at, user, word, job: _mention(office, at, user, f"{word} {job.id}"),
    "button": lambda office, at, user, word, job: _press(office, at, user, f"{word}_job", job.id),
    "list's button": lambda office, at, user, word, job: _press(
        office, at, user, "tune_run", f"{word} {job.id}"
    ),
}


async def _did(office: Office, word: str, job: Job) -> str | None:
    """Who did it, as the audit log has it."""
    async with office.services.database.read() as connection:
        found = await audit.page(connection, job.team, subject=job.id)
    return next((entry.person for entry in found if entry.action == word), None)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("word", ["cancel", "pause"])
async def test_a_running_job_is_steered_by_who_may(team: Office, word: str) -> None:
    places = {channel: await team.dataset(channel) for channel in (TUNING, PARTNERS)}
    cells: dict[tuple[str, str], bool] = {}
    for role, (user, channel, own) in ROLES.items():
        for way, do in WAYS.items():
            by = user if own else "U0SOMEBODY"
            job = await team.job(places[channel], created_by=by)
            await do(team, places[channel], user, word, job)
            cells[role, way] = (await _did(team, word, job)) == user
    assert cells == {(role, way): role in ALLOWED[word] for role in ROLES for way in WAYS}


async def test_a_job_of_a_private_channel_is_out_of_reach_from_elsewhere(team: Office) -> None:
    here, lab = await team.dataset(TUNING), await team.dataset(LAB)
    job = await team.job(lab, created_by=MINJI)
    for do in WAYS.values():  # Ben is listed, but not in that channel
        await do(team, here, BEN, "cancel", job)
        assert await _did(team, "cancel", job) is None
    said = await team.type(f"status {job.id}", user=BEN)
    unknown = await team.type("status 0123456789ab", user=BEN)
    assert words_of(said).replace(job.id, "") == words_of(unknown).replace("0123456789ab", "")
    with pytest.raises(RefusedError):
        await team.control.messages(LAB, user=BEN)


async def _starts(office: Office, dataset: Dataset, user: str) -> bool:
    """Whether the form opens and, submitted, starts a job."""
    await _press(office, dataset, user, "start_job", dataset.id)
    for view in await office.control.modals(user):
        values = {"model": "local/tiny-1m-scratch"}
        await office.control.post(f"views/{view['id']}/submit", user=user, values=values)
    async with office.services.database.read() as connection:
        return any(
            job.created_by == user
            for job in await jobs.recent(connection, {"dataset_id": dataset.id})
        )


@pytest.mark.timeout(60)
async def test_a_job_is_started_by_who_may(team: Office) -> None:
    cells: dict[str, bool] = {}
    for role, (user, channel, own) in ROLES.items():
        if not own:
            cells[role] = await _starts(team, await team.dataset(channel), user)
            await _type(team, await team.dataset(channel), user, "start")
            assert bool(await team.control.modals(user)) == cells[role], role
    assert cells == {role: role in ALLOWED["start"] for role in cells}


async def test_a_form_sent_after_the_right_was_taken_away_starts_nothing(team: Office) -> None:
    dataset = await team.dataset()
    await _press(team, dataset, WEI, "start_job", dataset.id)
    [view] = await team.control.modals(WEI)
    await team.control.post("user_groups", group="S0TRAINERS", users=[])
    answer = await team.control.post(
        f"views/{view['id']}/submit", user=WEI, values={"model": "local/tiny-1m-scratch"}
    )
    assert answer["response_action"] == "errors"
    async with team.services.database.read() as connection:
        assert await jobs.recent(connection, {"dataset_id": dataset.id}) == []


async def _waiting(office: Office, dataset: Dataset, by: str) -> Job:
    """A job that waits for approval, as it is where a budget is exceeded."""
    waits: dict[str, Any] = {"status": JobStatus.AWAITING_APPROVAL, "estimated_usd": Decimal(5)}
    return await office.job(dataset, created_by=by, **waits)


@pytest.mark.timeout(60)
async def test_a_job_is_approved_by_an_approver_who_did_not_ask_for_it(team: Office) -> None:
    places = {channel: await team.dataset(channel) for channel in (TUNING, PARTNERS)}
    cells: dict[str, bool] = {}
    for role, (user, channel, own) in ROLES.items():
        for word in ("approve", "decline"):
            job = await _waiting(team, places[channel], user if own else "U0SOMEBODY")
            await _press(team, places[channel], user, f"{word}_job", job.id)
            done = (await _did(team, word, job)) == user
            assert cells.setdefault(role, done) == done, (role, word)
    assert cells == {role: role in ALLOWED["approve"] for role in ROLES}


@pytest.mark.timeout(60)
async def test_from_home_a_job_is_approved_by_an_approver_who_did_not_ask_for_it(
    team: Office,
) -> None:
    here = await team.dataset()
    client = AsyncWebClient("xoxb-local", base_url=f"{team.workspace.base_url}/api/")
    cells: dict[str, bool] = {}
    for role, (user, channel, own) in ROLES.items():
        if channel == PARTNERS:  # the app has no Home for people of other organisations
            continue
        job = await _waiting(team, here, user if own else "U0SOMEBODY")
        # As one who forges the button: only an approver is shown it.
        blocks = [actions(button("Forged", "approve_job", job.id))]
        await client.views_publish(user_id=user, view={"type": "home", "blocks": blocks})
        home = (await team.control.get("views", user=user))["home"]
        await team.control.post("actions", user=user, view_id=home["id"], action_id="approve_job")
        cells[role] = (await _did(team, "approve", job)) == user

        async def is_brought_up_to_date(user: str = user) -> bool:
            home = (await team.control.get("views", user=user))["home"]
            return "Forged" not in words_of(home)

        await team.until(is_brought_up_to_date)
    assert cells == {role: role in ALLOWED["approve"] for role in cells}


@pytest.mark.timeout(60)
async def test_a_file_is_deleted_by_who_attached_it_and_by_who_may(team: Office) -> None:
    cells: dict[str, bool] = {}
    for role, (user, channel, own) in ROLES.items():
        other = MINJI if user == ALICE else ALICE
        dataset = await team.dataset(channel, user=user if own else other)
        await _press(team, dataset, user, "delete_file", dataset.id)
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
    foreign = await _waiting(team, lab, ALICE)
    await _press(team, here, MINJI, "approve_job", foreign.id)  # a job of another channel
    for odd in ("nobody", "", "x" * 2_000, foreign.id.upper()):
        await _press(team, here, MINJI, "approve_job", odd or "-")
    assert (await team.stored(foreign)).status is JobStatus.AWAITING_APPROVAL
    running = await team.job(here, created_by=ALICE)
    await _press(team, here, MINJI, "approve_job", running.id)  # one that does not wait
    assert (await team.stored(running)).approved_by is None
    job = await _waiting(team, here, ALICE)
    await asyncio.gather(*(_press(team, here, MINJI, "approve_job", job.id) for _ in range(4)))
    await _press(team, here, MINJI, "decline_job", job.id)
    async with team.services.database.read() as connection:
        found = await audit.page(connection, job.team, subject=job.id)
    assert [entry.action for entry in found if entry.person] == ["approve"]


async def test_guests_and_strangers_do_not_ask_models(team: Office) -> None:
    for user, channel in ((SAM, TUNING), (GITA, TUNING), (NORA, PARTNERS)):
        dataset = await team.dataset(channel)
        model = await team.model(dataset=dataset)
        said = (await _mention(team, dataset, user, "What is 1 plus 1?"))[-1]
        assert "Ask a colleague" in said or "other organisations" in said, said
        await _press(team, dataset, user, "ask_model", model.id)
        assert await team.control.modals(user) == []


async def test_the_log_shows_what_the_asker_can_see_and_approvers_all(team: Office) -> None:
    here, lab = await team.job(created_by=ALICE), await team.dataset(LAB)
    hidden = await team.job(lab, created_by=ALICE)
    await team.type(f"cancel {here.id}")
    await team.type(f"cancel {hidden.id}", channel=LAB)
    seen = {user: words_of(await team.type("log", user=user)) for user in (ALICE, BEN, MINJI, SAM)}
    assert [here.id in said for said in seen.values()] == [True, True, True, False]
    assert [hidden.id in said for said in seen.values()] == [True, False, True, False]
    assert "Guests" in seen[SAM]
    assert "Nothing was logged about" in words_of(await team.type(f"log {hidden.id}", user=BEN))
    assert "asked to cancel" in words_of(await team.type(f"log `{here.id[:-1]}`", user=BEN))
    shown = await team.control.messages(TUNING)
    assert not any(hidden.id in words_of(message) for message in shown)


async def test_the_log_of_a_channel_is_attached_as_csv(team: Office) -> None:
    here, lab = await team.job(created_by=ALICE), await team.dataset(LAB)
    hidden = await team.job(lab, created_by=ALICE)
    await team.type(f"cancel {here.id}")
    await team.type(f"cancel {hidden.id}", channel=LAB)
    await team.type("log csv", user=MINJI)

    async def attached() -> list[dict[str, Any]]:
        return [file for m in await team.control.messages(TUNING) for file in m.get("files", [])]

    [file] = await team.until(attached)
    url = f"{team.workspace.base_url}/control/files/{file['id']}"
    async with team.control.session.get(url) as response:
        rows = (await response.read()).decode("utf-8-sig").splitlines()
    assert rows[0] == "time,channel,person,action,subject,details"
    assert any(here.id in row and "cancel" in row for row in rows)
    assert not any(hidden.id in row for row in rows)


async def test_the_budget_is_told_to_the_asker_alone(team: Office) -> None:
    team.services.settings.monthly_budget_usd = Decimal(20)
    await team.job(created_by=ALICE, estimated_usd=Decimal(5))
    said = await team.type("budget")
    assert "$15.00 of $20.00 left" in words_of(said)
    assert "█████░░░░░░░░░░░░░░░" in words_of(said)
    assert said.get("response_type", "ephemeral") == "ephemeral"
    assert "Guests" in words_of(await team.type("budget", user=SAM))


async def test_a_list_offers_each_reader_only_what_they_may_do(team: Office) -> None:
    dataset = await team.dataset()
    await team.model(dataset=dataset, created_by=ALICE)
    running = await team.job(dataset, created_by=ALICE)
    waiting = await _waiting(team, dataset, ALICE)
    offered: dict[str, set[str]] = {}
    for user in (ALICE, BEN, MINJI, SAM):
        said = [
            await team.type(words, user=user)
            for words in ("models", f"status {running.id}", f"status {waiting.id}")
        ]
        await team.control.post("home", user=user)

        async def home(user: str = user) -> Json | None:
            return (await team.control.get("views", user=user))["home"]

        said.append(await team.until(home))
        offered[user] = _pressable([block for one in said for block in one["blocks"]])
    assert offered == {
        ALICE: {"ask_model", "compare_models", "delete", "cancel_job", "pause_job"},
        BEN: {"ask_model", "compare_models", "cancel_job"},
        MINJI: {"ask_model", "compare_models", "delete", "approve_job", "decline_job"},
        SAM: set(),
    }
    assert "may not start" in (await _mention(team, dataset, ALICE, "start"))[-1]


def _pressable(blocks: list[Json]) -> set[str]:
    """What the buttons of these blocks do, but for those that only show something."""
    found: set[str] = set()
    for block in blocks:
        for element in [*block.get("elements", []), block.get("accessory", {})]:
            action = str(element.get("action_id", ""))
            name = action.removeprefix("tune_run_")
            if action and name not in {"home_sample", "tune_run"}:
                found.add(name)
    return found
