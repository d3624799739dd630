"""What each reader is shown of jobs, the log and the budget, and what they are offered."""

from decimal import Decimal
from typing import Any

import pytest

from tests.commands.conftest import ALICE, BEN, LAB, MINJI, TUNING, Office, words_of
from tests.commands.roles import SAM, mention, waiting_job
from tests.workspace.conftest import Json

pytestmark = pytest.mark.databases("sqlite")


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
    waiting = await waiting_job(team, dataset, ALICE)
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
    assert "may not start" in (await mention(team, dataset, ALICE, "start"))[-1]


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
