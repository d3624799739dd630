"""OpenAI takes jobs only from those who used a tuned model in 60 days: teams are told before."""

import asyncio
import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.model.conftest import MINI, Office, on, seconds, tuned_name
from tests.support.provider_server import Fault
from tests.support.waiting import PATIENCE
from tunesmith.bot.jobs.kinds import OfProvider
from tunesmith.bot.jobs.models import models
from tunesmith.bot.messages import LANGUAGES
from tunesmith.storage import clock
from tunesmith.storage.tables import tasks

SQLITE = pytest.mark.databases("sqlite")
DAY_45, DAY_54, DAY_55, DAY_59, DAY_60 = (
    "2026-11-15",
    "2026-11-24",
    "2026-11-25",
    "2026-11-29",
    "2026-11-30",
)
LAST_ASKED = "2026-10-01"


async def _look(office: Office) -> None:
    """Let the task that watches the models run once more, to its end."""
    async with office.services.database.write() as connection:
        await models.add_again(connection, OfProvider(provider="openai"), of="openai")
        await models.make_due(connection, of="openai")
    await _settled(office)


async def _settled(office: Office) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            async with office.services.database.read() as connection:
                now = await clock.read(connection)
                due = tasks.c.done_at.is_(None) & (tasks.c.not_before <= now)
                left = await connection.execute(select(func.count()).where(due))
                if not left.scalar_one():
                    return
            await asyncio.sleep(0.05)


def _warnings(said: list[dict[str, Any]]) -> list[str]:
    return [message["text"] for message in said if "hourglass" in message["text"]]


async def test_a_team_is_told_once_after_45_days_and_once_after_55(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await office.tuned()
    await office.asked(job, LAST_ASKED)
    told: list[str] = []
    for day, count in ((DAY_45, 1), (DAY_54, 1), (DAY_55, 2), (DAY_59, 2), (DAY_60, 2)):
        on(monkeypatch, day)
        for _ in range(2):  # a restart tells nothing twice
            async with office.bot():
                await _look(office)
        told = _warnings(await office.said())
        assert len(told) == count, day
    assert "for 45 days, since Oct 1, 2026" in told[0]
    assert "for 55 days" in told[1]
    assert "ask one by Nov 29, 2026" in told[1]


@SQLITE
async def test_a_question_begins_the_days_anew(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await office.tuned()
    await office.asked(job, LAST_ASKED)
    on(monkeypatch, DAY_45)
    async with office.bot():
        await _look(office)
        await office.asked(job, "2026-11-16")
        on(monkeypatch, DAY_55)
        await _look(office)
    assert len(_warnings(await office.said())) == 1


async def test_an_evaluation_in_which_the_model_answered_begins_the_days_anew(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await office.tuned()
    await office.asked(job, LAST_ASKED)
    on(monkeypatch, DAY_45)
    await office.evaluated(job, "2026-11-10", contestant="base")
    async with office.bot():
        await _look(office)
    assert len(_warnings(await office.said())) == 1, "its base model is not the tuned one"
    await office.evaluated(job, "2026-11-16", contestant="tuned")
    on(monkeypatch, DAY_55)
    async with office.bot():
        await _look(office)
    assert len(_warnings(await office.said())) == 1


@SQLITE
async def test_the_button_asks_the_newest_model(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.tuned("2026-08-01")
    newest = await office.tuned("2026-10-01")
    on(monkeypatch, DAY_45)
    async with office.bot(listening=True):
        (message,) = await office.until(_warnings)
        assert tuned_name(newest.id) in json.dumps(message["blocks"])
        form = await office.person.press(message, "ask_model")
        assert newest.id in json.dumps(form["blocks"])


@SQLITE
async def test_two_replicas_tell_it_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    await office.tuned(LAST_ASKED)
    on(monkeypatch, DAY_45)
    async with office.bot(), office.bot():
        await _look(office)
    assert len(_warnings(await office.said())) == 1


@SQLITE
async def test_nothing_is_said_where_no_job_could_be_started_any_more(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.tuned("2026-11-20")
    on(monkeypatch, "2027-01-07")
    async with office.bot():
        await _look(office)
    assert _warnings(await office.said()) == []


@SQLITE
@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_is_said_in_the_language_of_who_made_the_model(
    office: Office, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    people = {"en": "U0ALICE", "ko": "U0MINJI", "zh": "U0WEI"}
    await office.tuned(LAST_ASKED, created_by=people[language])
    on(monkeypatch, DAY_45)
    async with office.bot():
        (message,) = await office.until(_warnings)
    assert ("was asked here" in message["text"]) == (language == "en")
    assert "45" in message["text"]


@SQLITE
async def test_the_day_that_the_provider_names_for_the_account_is_kept_with_the_job(
    office: Office,
) -> None:
    own, based = await office.tuned(), await office.tuned()
    office.openai.models = {
        MINI: {"id": MINI, "object": "model", "shutdown_date": "2027-02-01"},
        tuned_name(own.id): {
            "id": tuned_name(own.id),
            "object": "model",
            "deprecation": {"inference": seconds("2027-01-20")},
        },
    }
    async with office.bot():
        await _look(office)
    assert (await office.job(own.id)).shutdown_date == date(2027, 1, 20)
    assert (await office.job(based.id)).shutdown_date == date(2027, 2, 1)


@SQLITE
async def test_a_provider_that_lists_no_models_hides_no_warning(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.openai.meet("GET /models", *[Fault(500, {"error": {"message": "no"}})] * 3)
    await office.tuned(LAST_ASKED)
    on(monkeypatch, DAY_45)
    async with office.bot():
        await office.until(_warnings)
