"""How many epochs a provider chose by itself: known once it tells, and reckoned with then."""

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.conftest import opened_bench
from tests.support.provider_server import provider_server
from tests.support.queues import running
from tests.support.waiting import PATIENCE
from tunesmith.bot.datasets import Selection, inspect_sync
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.bot.providers.remote import remote_job
from tunesmith.handlers.job.shown import Shown
from tunesmith.storage.database import Database
from tunesmith.storage.metrics import Metric

CHAT = '{"messages":[{"role":"user","content":"Open?"},{"role":"assistant","content":"At 7."}]}'
MINI = "gpt-4.1-mini-2025-04-14"


@pytest.mark.parametrize(
    ("said", "epochs"),
    [
        ({"hyperparameters": {"n_epochs": 4}}, 4),
        (
            {
                "method": {"type": "dpo", "dpo": {"hyperparameters": {"n_epochs": 2}}},
                "hyperparameters": {"n_epochs": 4},
            },
            2,
        ),
        ({"method": {"type": "supervised", "supervised": {}}}, None),
        ({"hyperparameters": {"n_epochs": "auto"}}, None),
        ({"hyperparameters": {"n_epochs": -1}}, None),  # Azure's auto
        ({"hyperparameters": {"n_epochs": "4"}}, 4),
        ({"hyperparameters": "auto", "method": []}, None),
        ({"hyperparameters": {"n_epochs": 10**30}}, None),
        ({"hyperparameters": None, "method": {"type": None}}, None),
    ],
)
def test_epochs_are_read_wherever_they_stand_and_auto_is_none(
    said: dict[str, Any], epochs: int | None
) -> None:
    assert remote_job({"id": "a", "status": "running", **said}, {}).epochs == epochs


@pytest.mark.databases("sqlite")
async def test_epochs_that_the_provider_chose_correct_the_estimate_and_are_marked(
    database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "train.jsonl"
    file.write_text((CHAT + "\n") * 100)
    report = inspect_sync(file, name=file.name, selection=Selection(load_catalogue()))
    async with (
        provider_server() as server,
        opened_bench(database, tmp_path, server, "openai", MINI) as bench,
    ):
        row = server.add_job("ftjob-1", hyperparameters={"n_epochs": "auto"})
        reserved = {"status": "running", "provider_job_id": "ftjob-1"}
        price = Decimal(report.tokens.total) * 3 * 5 / 1_000_000
        job_id = await bench.reserve(report, **reserved, estimated_usd=price)
        await bench.arm("watch", "openai", provider="openai")
        async with running(bench.services.queue), asyncio.timeout(PATIENCE):
            while (job := await bench.job(job_id)).seen_at is None:
                await asyncio.sleep(0.02)
            assert (job.epochs, job.estimated_usd) == (None, price.quantize(Decimal("0.0001")))
            row["hyperparameters"] = {"n_epochs": 6}
            while (job := await bench.job(job_id)).epochs is None:
                await asyncio.sleep(0.02)
    assert job.epochs == 6
    assert job.estimated_usd == (price * 2).quantize(Decimal("0.0001"))
    steps = [Metric(job_id, step, 600, 1.0, None, None, None) for step in (150, 301)]
    shown = Shown(job, "train.jsonl", steps)
    assert [shown.epoch_of(step.step) for step in steps] == [2, 4]
