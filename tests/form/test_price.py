"""The price in the form: it follows what is chosen, and is agreed to before a job starts."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from tests.form.conftest import HOSTED, LLAMA, MINI, TINY, Desk, value, words
from tests.support.ray_server import TOKEN, send_to, serving_ray
from tests.support.waiting import PATIENCE
from tests.trainer_api import KEY
from tests.trainer_api.measuring import measuring_engine
from tests.workspace.conftest import Json
from tunesmith.bot.providers.base_models import look
from tunesmith.bot.providers.openai_client import OpenAIClient
from tunesmith.local.trainer.server import running
from tunesmith.storage import answers
from tunesmith.storage.answers import Answer

pytestmark = pytest.mark.databases("sqlite")


async def test_the_price_follows_model_and_epochs(desk: Desk) -> None:
    await desk.file()
    form = await desk.open()
    assert "Training: free" in words(form)
    form = await desk.choose(form, "model", MINI)
    assert "3 epochs × $5.00 per million (Nov 20, 2026)" in words(form)
    form = await desk.choose(form, "epochs", "1")
    assert "1 epoch × $5.00 per million" in words(form)


async def test_unknown_epochs_and_prices_are_said_to_be_unknown(desk: Desk) -> None:
    await desk.file()
    form = await desk.choose(await desk.open(), "model", LLAMA)
    assert "for each epoch" in words(form)
    assert "Nebius Token Factory chooses how many" in words(form)
    assert "Answers: the price is not known." in words(form)
    form = await desk.choose(form, "model", "azure/gpt-4o-2024-08-06")
    assert "the price is not known" in words(form)


async def test_hosting_and_answers_at_the_channels_own_volume_are_quoted(desk: Desk) -> None:
    job = await desk.job(await desk.file(), finished_at=1.0, status="succeeded")
    form = await desk.choose(await desk.open(), "model", HOSTED)
    assert "Hosting: $1.70 an hour, $1,224.00 in 30 days" in words(form)
    assert "for 1,000 of them" in words(form)
    assert "asked none in the last 30 days" in words(form)
    async with desk.services.database.write() as connection:
        for number in range(12):
            await answers.keep(connection, Answer(f"q{number}", "Yes.", 1.0, job, "stop"))
    form = await desk.choose(form, "model", MINI)
    assert "for 12 questions, as in <#C0TUNING> in the last 30 days" in words(form)


async def test_the_days_that_the_model_has_left_are_said_beside_the_price(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNESMITH_TODAY", "2026-11-20")
    await desk.file()
    form = await desk.choose(await desk.open(), "model", MINI)
    assert "for a model with 55 days left" in words(form)
    assert "until Jan 6, 2027, 47 days from now" in words(form)


async def test_the_whole_life_of_a_hosted_model_is_priced(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.file()
    monkeypatch.setenv("TUNESMITH_TODAY", "2027-09-14")
    form = await desk.choose(await desk.open(), "model", HOSTED)
    assert "$1,224.11 for a model with 30 days left" in words(form)


@pytest.mark.parametrize(
    ("approvers", "said", "submit"),
    [
        ("U0BEN", "It needs approval before it starts.", "Ask for approval"),
        ("U0ALICE", "It can't be started.", "Start"),
    ],
)
async def test_the_form_says_what_a_budget_means_for_the_job_before_it_is_sent(
    desk: Desk, approvers: str, said: str, submit: str
) -> None:
    settings = desk.services.settings
    permissions = settings.permissions.model_copy(update={"approve": approvers})
    small = {"monthly_budget_usd": Decimal("0.001"), "permissions": permissions}
    desk.services = replace(desk.services, settings=settings.model_copy(update=small))
    await desk.restart_bot()
    await desk.file()
    form = await desk.open()
    assert "budget" not in words(form)
    form = await desk.choose(form, "model", MINI)
    assert said in words(form)
    assert "of this month's $0.001 are left" in words(form)
    assert form["submit"]["text"] == submit
    assert await desk.send(form, epochs="9") == {}
    assert f"Press *{submit}* again" in words((await desk.control.modals())[-1])


async def test_a_price_that_was_not_shown_is_shown_before_the_job_starts(desk: Desk) -> None:
    await desk.file()
    form = await desk.choose(await desk.open(), "model", MINI)
    assert await desk.send(form, epochs="9") == {}
    assert await desk.jobs() == []
    [again] = await desk.control.modals()
    assert "Press *Start* again" in words(again)
    assert "9 epochs ×" in words(again)
    assert value(again, "epochs") == "9"
    assert await desk.send(again) == {}
    [job] = await desk.jobs()
    assert job.hyperparameters == {"n_epochs": 9}
    assert job.estimated_usd
    assert job.estimated_usd > 0


async def test_fields_that_were_not_shown_for_a_model_are_shown_before_the_job_starts(
    desk: Desk,
) -> None:
    await desk.file()
    form = await desk.open()
    assert await desk.send(form, model=LLAMA, rate="2") == {}
    [again] = await desk.control.modals()
    assert value(again, "learning_rate") is None
    assert await desk.send(again, learning_rate="0.00002") == {}
    [job] = await desk.jobs()
    assert job.hyperparameters == {"learning_rate": 0.00002}


async def test_what_is_free_costs_nothing(desk: Desk) -> None:
    await desk.file()
    assert await desk.send(await desk.open(), model=TINY, epochs="2") == {}
    [job] = await desk.jobs()
    assert job.estimated_usd == Decimal(0)


async def test_time_and_memory_stand_beside_the_price_and_what_does_not_fit_is_refused(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_AUTH_TOKEN", TOKEN)
    await desk.file()
    engines = [
        measuring_engine(tmp_path / "small"),
        measuring_engine(tmp_path / "large", "ours-9b", context=8192),
        measuring_engine(tmp_path / "there", "ours-70b"),
    ]
    catalogue = desk.services.catalogue.copy_of_its_own()
    local = catalogue.providers["local"]
    async with AsyncExitStack() as stack:
        ray = await stack.enter_async_context(serving_ray(tmp_path / "unpacked"))
        send_to(ray, engines[2], workers=5)
        trainer = running(tmp_path / "trainer", KEY, engines=engines)
        url = await stack.enter_async_context(trainer)
        client = OpenAIClient("local", local, base_url=f"{url}/v1", api_key=KEY)
        await look(catalogue, client, local.models)
        providers = {**desk.services.providers, "local": client}
        await desk.restart_bot(catalogue=catalogue, providers=providers)

        async def measured(form: Json, model: str) -> Json:
            async with asyncio.timeout(PATIENCE):
                while "is being measured" in words(form := await desk.choose(form, "model", model)):
                    await asyncio.sleep(0.1)
            return form

        form = await measured(await desk.open(), "local/ours-1b")
        # 1,800 tokens at 50 a second.
        said = "About 36 sec for each epoch on the machine that trains, and 14 GB of its 24 GB"
        assert said in words(form)
        form = await desk.choose(form, "epochs", "10")
        assert "About 6 min on the machine that trains" in words(form)
        form = await measured(form, "local/ours-9b")
        assert "does not fit into the 24 GB of memory" in words(form)
        [why] = (await desk.send(form, model="local/ours-9b", epochs="2")).values()
        assert "have it set up with context_length 4096 and quantization 4bit" in why
        said = "It needs 5 workers at once, and the cluster that trains has room for 4."
        assert said in words(await desk.choose(form, "model", "local/ours-70b"))
        [why] = (await desk.send(form, model="local/ours-70b", epochs="2")).values()
        assert said in why
        await client.close()
