"""A model tuned at OpenAI moves to the trainer of this machine: from the command to its end."""

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.model.conftest import ALICE, Office, on, tuned_name
from tests.support.slice import chat_line
from tests.support.waiting import PATIENCE
from tests.trainer_api import BASE, FAKE, KEY, ROOT
from tunesmith.bot.cli.demo.processes import DemoError
from tunesmith.bot.processes import Processes
from tunesmith.bot.providers.catalogue import BaseModelEntry, Catalogue
from tunesmith.bot.providers.openai_client import OpenAIClient
from tunesmith.local.trainer.server import running
from tunesmith.storage import audit, datasets, jobs
from tunesmith.storage.jobs import Job
from tunesmith.storage.tables import jobs as jobs_table

pytestmark = pytest.mark.databases("sqlite")

OFF = "2027-01-15"
OTHER = "tiny-of-another-size"


@pytest.fixture
async def moving(
    office: Office, processes: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[Office]:
    """The office after OpenAI's end, with the trainer on this machine connected too."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    on(monkeypatch, OFF)
    catalogue = _with_another(office.services.catalogue)
    async with running(tmp_path / "trainer", KEY, slots=1, engines=[FAKE]) as url:
        local = OpenAIClient(
            "local", catalogue.providers["local"], base_url=f"{url}/v1", api_key=KEY
        )
        providers = {**office.services.providers, "local": local}
        office.services = replace(
            office.services, catalogue=catalogue, providers=providers, processes=processes
        )
        yield office
        await local.close()


def _with_another(catalogue: Catalogue) -> Catalogue:
    """The catalogue, whose local provider offers another base model at a price."""
    local = catalogue.providers["local"]
    other = BaseModelEntry.model_validate(
        {"name": OTHER, "encoding": "o200k_base", "methods": ["supervised"], "train_usd": "4"}
    )
    changed = local.model_copy(update={"models": (*local.models, other), "poll_seconds": 0.05})
    return Catalogue(providers={**catalogue.providers, "local": changed})


async def _modal(office: Office, words: str = "") -> Any:
    """The form as it stands, once it says that."""
    url = f"{office.person.url}/control/views"
    async with asyncio.timeout(PATIENCE):
        while True:
            async with office.person.session.get(url, params={"user": ALICE}) as response:
                modals = (await response.json())["modals"]
            if modals and words in json.dumps(modals[-1], ensure_ascii=False):
                return modals[-1]
            await asyncio.sleep(0.05)


async def _open(office: Office, job: Job) -> Any:
    await office.person.command(f"/tune move {job.fine_tuned_model}")
    offered = await office.until(lambda said: [m for m in said if "move_model" in json.dumps(m)])
    return await office.person.press(offered[-1], "move_model")


async def _moved(office: Office, job: Job, *, ended: bool = True) -> Job:
    """The job that moved it."""
    statement = select(jobs_table.c.id).where(jobs_table.c.moved_from == job.id)
    async with asyncio.timeout(PATIENCE):
        while True:
            async with office.services.database.read() as connection:
                found = (await connection.execute(statement)).scalars().all()
            assert len(found) < 2
            if found and (new := await office.job(found[0])) and (new.finished_at or not ended):
                return new
            await asyncio.sleep(0.05)


async def test_a_model_that_was_shut_down_moves_with_file_settings_and_lineage(
    moving: Office,
) -> None:
    chosen = {"n_epochs": 2, "learning_rate_multiplier": 2.0}
    job = await moving.tuned(hyperparameters=chosen, suffix="barista", seed=7)
    async with moving.bot(listening=True):
        modal = await _open(moving, job)
        said = json.dumps(modal, ensure_ascii=False)
        for words in ("shut down on Jan 14, 2027", "Training: free*", "no exact translation"):
            assert words in said
        await moving.person.submit(modal, {})
        new = await _moved(moving, job)
    assert (new.provider, new.base_model, new.status) == ("local", BASE, "succeeded")
    assert (new.hyperparameters, new.suffix, new.seed) == ({"n_epochs": 2}, "barista", 7)
    assert (new.dataset_id, new.thread, new.created_by) == (job.dataset_id, job.thread, ALICE)
    assert new.fine_tuned_model
    async with moving.services.database.read() as connection:
        done = await audit.page(connection, job.team, subject=new.id)
    assert ("move", ALICE) in [(entry.action, entry.person) for entry in done]
    card = json.dumps(await moving.said(job.thread))
    assert f"Moved here from *{tuned_name(job.id)}* at OpenAI" in card
    assert moving.openai.count("POST .*") == 0


async def test_another_choice_shows_its_own_cost_before_anything_starts(moving: Office) -> None:
    job = await moving.tuned(hyperparameters={"n_epochs": 2})
    async with moving.bot(listening=True):
        modal = await _open(moving, job)
        url = f"{moving.person.url}/control/actions"
        body = {
            "user": ALICE,
            "view_id": modal["id"],
            "action_id": "move_to",
            "value": f"local/{OTHER}",
        }
        async with moving.person.session.post(url, json=body) as response:
            assert response.status == 200, await response.text()
        shown = json.dumps(await _modal(moving, "*Training: about $"), ensure_ascii=False)
    assert OTHER in shown


def _with_calls(folder: Path) -> Path:
    """A file whose lines 2 and 13 call tools, which the trainer on this machine does not take."""
    call = {"id": "1", "type": "function", "function": {"name": "open", "arguments": "{}"}}
    answer = {"role": "assistant", "content": None, "tool_calls": [call]}
    tools = json.dumps({"messages": [{"role": "user", "content": "Open?"}, answer]})
    lines = [chat_line(f"What is {n} plus one?", f"It is {n + 1}.") for n in range(11)]
    path = folder / "tools.jsonl"
    path.write_text("\n".join([lines[0], tools, *lines[1:], tools]) + "\n", encoding="utf-8")
    return path


async def test_what_the_new_provider_refuses_is_listed_by_line_and_nothing_starts(
    moving: Office, tmp_path: Path
) -> None:
    job = await moving.tuned(path=_with_calls(tmp_path))
    async with moving.bot(listening=True):
        await moving.person.submit(await _open(moving, job), {})
        (message,) = await moving.until(lambda said: said, thread=job.thread, patience=60)
    said = json.dumps(message["blocks"], ensure_ascii=False)
    assert "Line 13:" in said
    assert "move_model" in said
    async with moving.services.database.read() as connection:
        assert await jobs.active(connection) == []


async def test_a_model_moves_without_the_rows_that_are_refused_and_each_is_named(
    moving: Office, tmp_path: Path
) -> None:
    path = _with_calls(tmp_path)
    job = await moving.tuned(path=path)
    async with moving.bot(listening=True):
        await moving.person.submit(await _open(moving, job), {})
        (message,) = await moving.until(lambda said: said, thread=job.thread, patience=60)
        assert "Move without these 2 rows" in json.dumps(message)
        presses = (moving.person.press(message, "move_without") for _ in range(2))
        await asyncio.gather(*presses, return_exceptions=True)
        new = await _moved(moving, job)
        told = await moving.until(
            lambda said: [one for one in said if "lines 2 and 13" in json.dumps(one)],
            thread=job.thread,
        )
    assert (new.provider, new.status, new.moved_from) == ("local", "succeeded", job.id)
    async with moving.services.database.read() as connection:
        made = await datasets.get(connection, new.dataset_id)
    assert made is not None
    assert any(made.name in json.dumps(one) for one in told)
    files, lines = moving.services.settings.files, path.read_bytes().splitlines()
    assert (files / made.sha256).read_bytes().splitlines() == [lines[0], *lines[2:12]]
    assert (await moving.job(job.id)).dataset_id == job.dataset_id
    assert any(made.name in file["title"] for one in told for file in one.get("files", []))


async def test_a_model_that_nobody_else_trains_is_not_moved_and_the_reason_is_said(
    moving: Office,
) -> None:
    services = moving.services
    moving.services = replace(services, providers={"openai": services.providers["openai"]})
    job = await moving.tuned()
    async with moving.bot(listening=True):
        with pytest.raises(DemoError):
            await _open(moving, job)
        await moving.until(lambda said: "No other connected provider" in json.dumps(said))


async def test_a_form_that_is_sent_twice_moves_once(moving: Office) -> None:
    job = await moving.tuned()
    async with moving.bot(listening=True):
        modal = await _open(moving, job)
        await moving.person.submit(modal, {})
        new = await _moved(moving, job, ended=False)
        with pytest.raises(DemoError):
            await moving.person.submit(modal, {})
        again = await _moved(moving, job)
    assert again.id == new.id


async def test_a_mention_in_the_thread_offers_to_move_its_model(moving: Office) -> None:
    job = await moving.tuned()
    async with moving.bot(listening=True):
        await moving.person.say("<@U0TUNESMITH> move", job.thread)
        (message,) = await moving.until(lambda said: said, thread=job.thread)
        assert tuned_name(job.id) in message["text"]
        form = await moving.person.press(message, "move_model")
        assert job.id in form["private_metadata"]
