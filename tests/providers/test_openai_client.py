"""The rest of the trainer for OpenAI's protocol, over the wire."""

import base64
from collections.abc import AsyncGenerator

import pytest

from tests.support.provider_server import ProviderServer, provider_server
from tunesmith.bot.providers.catalogue import Provider, load_catalogue
from tunesmith.bot.providers.openai_client import OpenAIClient
from tunesmith.bot.providers.trainer import Trainer

CSV = "step,train_loss\n1,0.5\n"


@pytest.fixture
async def server() -> AsyncGenerator[ProviderServer]:
    async with provider_server() as opened:
        yield opened


@pytest.fixture
async def trainer(server: ProviderServer) -> AsyncGenerator[Trainer]:
    client = OpenAIClient(
        "local", load_catalogue().providers["local"], base_url=server.url, api_key="k"
    )
    yield client
    await client.close()


async def test_a_job_is_paused_and_goes_on(server: ProviderServer, trainer: Trainer) -> None:
    server.add_job("ftjob-a")
    assert (await trainer.pause("ftjob-a")).status == "paused"
    assert (await trainer.resume("ftjob-a")).status == "running"


async def test_events_come_newest_first_and_odd_ones_are_left_out(
    server: ProviderServer, trainer: Trainer
) -> None:
    server.add_job("ftjob-a")
    server.events["ftjob-a"] = [
        {"id": "1", "level": "info", "message": "first", "created_at": 1},
        {"message": "no id"},
        {"id": "2", "level": 7, "message": "second", "created_at": "soon"},
    ]
    assert [event.message for event in await trainer.events("ftjob-a")] == ["second", "first"]
    assert [event.message for event in await trainer.events("ftjob-a", 1)] == ["second"]


async def test_checkpoints_come_by_step_with_their_metrics(
    server: ProviderServer, trainer: Trainer
) -> None:
    server.add_job("ftjob-a")
    server.checkpoints["ftjob-a"] = [
        {
            "id": f"c{step}",
            "fine_tuned_model_checkpoint": f"ft:m:ckpt-step-{step}",
            "step_number": step,
            "created_at": step,
            "metrics": {"train_loss": 0.5, "step": float(step)},
        }
        for step in (10, 20)
    ]
    server.checkpoints["ftjob-a"].append({"id": "odd", "step_number": "last"})
    found = await trainer.checkpoints("ftjob-a")
    assert [each.step_number for each in found] == [10, 20]
    assert found[0].metrics is not None
    assert found[0].metrics.train_loss == 0.5
    assert await trainer.checkpoints("ftjob-none") == []


@pytest.mark.parametrize("content", [CSV.encode(), base64.b64encode(CSV.encode())])
async def test_a_result_file_is_read_plain_or_in_base64(
    server: ProviderServer, trainer: Trainer, content: bytes
) -> None:
    server.contents["file-r"] = content
    assert await trainer.result_file("file-r") == CSV


async def test_models_tell_whether_they_are_there_and_until_when(
    server: ProviderServer, trainer: Trainer
) -> None:
    server.models = {"ft:a": {"id": "ft:a", "shutdown_date": "2027-01-14"}, "b": {"id": "b"}}
    found = await trainer.models()
    assert [str(found[name].shutdown_date) for name in ("ft:a", "b")] == ["2027-01-14", "None"]
    await trainer.delete_model("ft:a")
    await trainer.delete_model("ft:a")
    assert await trainer.model("ft:a") is None
    assert await trainer.model("b") is not None


@pytest.mark.parametrize(
    ("word", "model", "status"),
    [("completed", "ft:a", "succeeded"), ("halted", None, "failed"), ("cancelled", None, None)],
)
async def test_a_job_that_finished_in_a_status_nobody_knows_has_ended(
    server: ProviderServer, trainer: Trainer, word: str, model: str | None, status: str | None
) -> None:
    server.add_job("ftjob-a", status=word, finished_at=1_800_000_000, fine_tuned_model=model)
    job = await trainer.job("ftjob-a")
    assert job is not None
    assert job.status == (status or word)
    assert job.status.is_final


async def test_an_error_without_words_is_none(server: ProviderServer, trainer: Trainer) -> None:
    server.add_job("ftjob-a", error="", result_files=None, organization_id=None)
    job = await trainer.job("ftjob-a")
    assert job is not None
    assert job.error is None
    assert job.result_files == ()


def test_a_model_that_needs_a_deployment_is_asked_by_its_name_alone() -> None:
    azure: Provider = load_catalogue().providers["azure"]
    assert azure.inference_name("gpt-4.1.ft-1", None) is None
    assert azure.inference_name("gpt-4.1.ft-1", "ours") == "ours"
    assert load_catalogue().providers["openai"].inference_name("ft:a", None) == "ft:a"
