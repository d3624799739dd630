"""What the bot says and does before training closes, after it, and after models are shut down."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.datasets.files import chats, write
from tests.jobs.conftest import Bench
from tests.support.rows import dataset_row
from tunesmith.bot.answers.ask import ask
from tunesmith.bot.answers.model import tuned_model
from tunesmith.bot.datasets import Report, Selection, inspect_sync
from tunesmith.bot.errors import JobError, ProviderError
from tunesmith.bot.jobs import JobRequest, Person, start, time_left
from tunesmith.bot.messages import Message, text_for
from tunesmith.bot.providers.asking import Prompt
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.bot.providers.openai_client import OpenAIClient
from tunesmith.bot.services import Services
from tunesmith.handlers.home.blocks import Home, home_blocks
from tunesmith.handlers.job.base_models import (
    notices,
    notices_of,
    offers,
    trainable,
    why_none,
)
from tunesmith.handlers.job.form import start_form
from tunesmith.handlers.job.form_data import FormData
from tunesmith.storage.jobs import JobStatus

pytestmark = pytest.mark.databases("sqlite")

BEFORE, CLOSED, OFF = "2026-11-21", "2027-01-07", "2027-01-15"
MINI = "gpt-4o-mini-2024-07-18"


@pytest.fixture
def services(bench: Bench) -> Services:
    """A team that has access to OpenAI only."""
    openai = bench.services.catalogue.providers["openai"]
    client = OpenAIClient("openai", openai, base_url="http://127.0.0.1:9/v1", api_key="k")
    return replace(bench.services, providers={"openai": client})


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    """A report made before training closes: that of a valid file."""
    monkeypatch.setenv("TUNESMITH_TODAY", BEFORE)
    path = write(tmp_path / "a.jsonl", chats(60))
    return inspect_sync(path, name=path.name, selection=Selection(load_catalogue()))


def _on(monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    monkeypatch.setenv("TUNESMITH_TODAY", day)


def _said(messages: list[Message], language: str = "en") -> str:
    return " ".join(map(text_for(language), messages))


def test_notices_say_both_dates_then_the_end_and_who_still_trains(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    _on(monkeypatch, "2026-10-01")
    assert notices(services) == []
    _on(monkeypatch, BEFORE)
    said = _said(notices(services))
    for words in ("Jan 6, 2027, 46 days", "Jan 14, 2027, 54 days", "in the last 60 days"):
        assert words in said
    _on(monkeypatch, CLOSED)
    said = _said(notices(services))
    assert "until Jan 14, 2027, 7 days from now. Who still trains: Azure OpenAI" in said
    _on(monkeypatch, OFF)
    said = _said(notices(services))
    assert "shut down all its models" in said
    assert "Who still trains: Azure OpenAI" in said


def test_the_form_and_the_home_tab_show_the_notices(services: Services, report: Report) -> None:
    text = text_for("en")
    data = form_data(services, report)
    form = start_form(text, data, {})
    for blocks in (form["blocks"], home_blocks(text, Home(notices=notices(services)))):
        shown = json.dumps(blocks)
        assert "46 days" in shown
        assert "54 days" in shown


def form_data(services: Services, report: Report) -> FormData:
    """What the form knows in a channel where nothing else was done."""
    offered = offers(services, report)
    said = notices_of(offered[0])
    return FormData(dataset_row(), report, offered, offered[0], [], [], 0, said)


def test_after_the_end_the_form_has_no_model_and_the_reason_is_said(
    services: Services, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [cost.provider for cost in trainable(services, report)] == ["openai"] * 4
    for day in (CLOSED, OFF):
        _on(monkeypatch, day)
        assert trainable(services, report) == []
        said = _said([why_none(services, report)])
        assert "None of the connected providers trains on this file today." in said
        assert "Who still trains: Azure OpenAI" in said
    graded = report.model_copy(update={"method": "reinforcement"})
    assert "needs a grader" in _said([why_none(services, graded)])
    none = replace(services, providers={})
    assert "No provider is connected" in _said([why_none(none, report)])


async def test_a_job_asked_for_after_the_last_day_is_not_started(
    bench: Bench, services: Services, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = await bench.reserve(report, status=JobStatus.FAILED)
    request = JobRequest(
        request_id="V1",
        dataset_id=f"d{job_id}",
        validation_id=None,
        provider="openai",
        base_model=MINI,
        hyperparameters={},
        suffix=None,
        person=Person("U1"),
    )
    _on(monkeypatch, CLOSED)
    with pytest.raises(JobError, match=r"last day\. .* Who still trains: Azure OpenAI"):
        await start(services, request)
    _on(monkeypatch, "2027-01-06")
    assert (await start(services, request)).base_model == MINI


async def test_a_model_that_was_shut_down_is_not_asked_and_the_reason_is_said(
    bench: Bench, services: Services, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await bench.job(await bench.reserve(report, provider="openai", base_model=MINI))
    left = time_left(services, job)
    assert left is not None
    assert "Jan 14, 2027" in _said([left.message])
    _on(monkeypatch, OFF)
    with pytest.raises(ProviderError, match=r"shut down on Jan 14, 2027 .*\. Who still trains"):
        async with ask(services, tuned_model(services, job), Prompt()):
            pass


@pytest.mark.parametrize("language", ["ko", "zh"])
@pytest.mark.parametrize("day", [BEFORE, CLOSED, OFF])
def test_notices_speak_the_readers_language(
    services: Services, language: str, day: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _on(monkeypatch, day)
    assert "tuned" not in _said(notices(services), language)
