"""The Home tab: nothing of channels that somebody is not in, and a sample for who is new."""

from typing import Any

import pytest

from tests.commands.conftest import BEN, LAB, TUNING, WEI, Office, values_of, words_of
from tests.workspace.conftest import Json
from tunesmith.storage import jobs

pytestmark = pytest.mark.databases("sqlite")


async def _home(office: Office, user: str, holds: str = "") -> Json:
    """The tab as somebody sees it, once it says this."""
    await office.control.post("home", user=user)

    async def shown() -> Json | None:
        view: Any = (await office.control.get("views", user=user))["home"]
        return view if view and holds in words_of(view) else None

    return await office.until(shown)


async def _press(office: Office, view: Json, action: str, value: str, user: str) -> None:
    [block] = [b["block_id"] for b in view["blocks"] if value in values_of([b], action)]
    body = {"user": user, "view_id": view["id"], "action_id": action}
    await office.control.post("actions", **body, block_id=block)


async def test_who_is_new_gets_a_sample_that_is_checked_in_their_own_messages(
    office: Office,
) -> None:
    home = await _home(office, WEI)
    await _press(office, home, "home_sample", "D0WEI", WEI)
    [modal] = await office.control.modals(WEI)
    assert "示例" in words_of(modal)

    async def report() -> list[Json]:
        roots = await office.control.messages("D0WEI")
        seen = [await office.control.messages("D0WEI", thread_ts=root["ts"]) for root in roots]
        return [m for thread in seen for m in thread if values_of(m.get("blocks", []), "start_job")]

    assert len(await office.until(report)) == 1


async def test_who_has_started_nothing_sees_how_to_begin_before_what_others_did(
    office: Office,
) -> None:
    job = await office.job()
    said = words_of(await _home(office, WEI, job.id))
    assert said.index(job.id) > said.index("使用方法")
    mine = words_of(await _home(office, "U0ALICE", job.id))
    assert mine.index(job.id) < mine.index("How it works")
    assert values_of((await _home(office, "U0SAM", job.id))["blocks"], "home_sample") == []


async def test_home_shows_my_jobs_and_those_of_channels_that_i_am_in(office: Office) -> None:
    await office.control.post("members", user="U0ALICE", channel=LAB)
    mine, ours, hidden = (
        await office.job(await office.dataset(user=BEN)),
        await office.job(),
        await office.job(channel=LAB),
    )
    tuned, secret = await office.model(), await office.model(channel=LAB)
    home = await _home(office, BEN, mine.id)
    said = words_of(home)
    assert ours.id in said
    assert hidden.id not in said
    assert str(secret.fine_tuned_model) not in said
    assert values_of(home["blocks"], "ask_model") == [tuned.id]
    assert "archives" in said


async def test_a_model_is_asked_and_deleted_from_home(office: Office) -> None:
    job = await office.model()
    name = job.fine_tuned_model or ""
    office.provider.models[name] = {"id": name, "object": "model"}
    home = await _home(office, "U0ALICE", name)
    await _press(office, home, "tune_run_delete", f"delete {job.id}", "U0ALICE")
    [modal] = await office.control.modals()
    assert name in words_of(modal)
    body = {"user": "U0ALICE", "view_id": modal["id"], "action_id": "delete_model"}
    await office.control.post("actions", **body)

    async def is_gone() -> bool:
        return name not in office.provider.models

    await office.until(is_gone)
    [modal] = await office.control.modals()
    assert "answers nobody any more" in words_of(modal)


async def test_an_id_that_is_not_theirs_is_refused_at_home(office: Office) -> None:
    job = await office.model(channel=TUNING)
    home = await _home(office, "U0ALICE", str(job.fine_tuned_model))
    async with office.services.database.write() as connection:
        await jobs.change(connection, job.id, team="T0OTHER")
    await _press(office, home, "ask_model", job.id, "U0ALICE")
    [modal] = await office.control.modals()
    assert "not known here" in words_of(modal)
