"""The whole life of a job at providers that differ, through the real clients.

Every provider is a server in its shape: what differs is switched on by the catalogue's flags.
"""

import asyncio
import importlib
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.conftest import Bench, opened_bench
from tests.support.provider_server import LOST_ANSWER, ProviderServer, provider_server
from tests.support.provider_shapes import SHAPES
from tests.support.queues import running
from tests.support.together_server import TogetherServer, together_server
from tests.support.waiting import PATIENCE
from tunesmith.bot.answers.ask import ask
from tunesmith.bot.answers.model import tuned_model
from tunesmith.bot.datasets import Report, Selection, inspect_sync
from tunesmith.bot.errors import ProviderError
from tunesmith.bot.jobs import collect_metrics, request_cancel
from tunesmith.bot.jobs.permissions import Person
from tunesmith.bot.providers.asking import Prompt
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.storage import jobs
from tunesmith.storage.database import Database
from tunesmith.storage.jobs import Job

launch = importlib.import_module("tunesmith.bot.jobs.launch")

pytestmark = pytest.mark.databases("sqlite")

NAMES = ("openai", "azure", "nebius", "crusoe", "bedrock", "together")
CHAT = '{"messages":[{"role":"user","content":"Open?"},{"role":"assistant","content":"At 7."}]}'
GRADED = '{"messages":[{"role":"user","content":"Open?"}],"reference_answer":"At 7."}'
GRADER = {"type": "lambda", "lambda": {"function": "arn:aws:lambda:us-west-2:1:function:grade"}}


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "_LOOK_SECONDS", 0.05)


@asynccontextmanager
async def _bench(name: str, database: Database, folder: Path) -> AsyncGenerator[Bench]:
    server = together_server() if name == "together" else provider_server(SHAPES[name])
    async with server as opened, opened_bench(database, folder, opened, name, "base") as bench:
        client = bench.services.provider(name)
        if name == "bedrock":
            reinforcing = client.provider.model_copy(update={"grader": GRADER})
            client.provider = reinforcing  # pyright: ignore[reportAttributeAccessIssue]
        yield bench


def _report(folder: Path, name: str) -> Report:
    file = folder / "train.jsonl"
    file.write_text(((GRADED if name == "bedrock" else CHAT) + "\n") * 100)
    return inspect_sync(file, name=file.name, selection=Selection(load_catalogue()))


async def _launched(bench: Bench, folder: Path, **values: Any) -> Job:
    rate = bench.services.provider(bench.name).provider.hyperparameters(2, 2e-5)
    values = {"hyperparameters": rate, "suffix": "ours", **values}
    job_id = await bench.reserve(_report(folder, bench.name), **values)
    await bench.arm("launch", job_id, job_id=job_id)
    async with asyncio.timeout(PATIENCE):
        while not (job := await bench.job(job_id)).provider_job_id:
            assert not job.finished_at, job.error
            bench.provider.imported |= set(bench.provider.files)  # Azure takes its time
            await asyncio.sleep(0.02)
    return job


def _train(server: ProviderServer, name: str) -> None:
    """The job makes steps, and a checkpoint."""
    if isinstance(server, TogetherServer):
        server.jobs[name]["status"] = "running"
        server.tell(name, "training_start", total_steps=2)
        server.metrics[name] = [
            {"train/global_step": 1, "train/loss": 0.9},
            {"train/global_step": 2, "train/loss": 0.5},
            {"eval/global_step": 2, "eval/loss": 0.6},
        ]
        server.checkpoints[name] = [
            {"checkpoint_type": "Final (step 2)", "created_at": "2026-11-22T00:00:00Z", "step": 2}
        ]
        return
    server.jobs[name]["status"] = "running"
    steps = [(1, {"train_loss": 0.9}), (2, {"train_loss": 0.5, "full_valid_loss": 0.6})]
    server.events[name] = [
        {"id": f"e{step}", "type": "metrics", "data": {"step": step, **said}, "message": "step"}
        for step, said in steps
    ]
    server.checkpoints[name] = [
        {"id": "c", "fine_tuned_model_checkpoint": f"{name}:2", "step_number": 2, "metrics": None}
    ]


def _succeed(server: ProviderServer, name: str) -> str:
    if isinstance(server, TogetherServer):
        server.complete(name, tokens=900, nanodollars=1_500_000_000)
        return server.jobs[name]["model_output_name"]
    server.jobs[name] |= {"status": "succeeded", "fine_tuned_model": "tuned", "trained_tokens": 900}
    server.models["tuned"] = {"id": "tuned"}
    return "tuned"


@pytest.mark.parametrize("name", NAMES)
async def test_a_job_lives_from_its_upload_to_the_deletion_of_its_model(
    name: str, database: Database, tmp_path: Path
) -> None:
    async with _bench(name, database, tmp_path) as bench:
        server, trainer = bench.provider, bench.services.provider(name)
        async with running(bench.services.queue):
            job = await _launched(bench, tmp_path)
            assert len(server.created) == 1
            assert job.estimated_usd == (3 if name == "together" else None), "it tells a price"
            provider_job = job.provider_job_id or ""
            _train(server, provider_job)
            job = await bench.until_job(job.id, status="running")
            losses = [step.train_loss for step in await collect_metrics(bench.services, job)]
            assert losses == [0.9, 0.5]
            assert await trainer.events(provider_job)
            [checkpoint] = await trainer.checkpoints(provider_job)
            assert checkpoint.step_number == 2
            model = _succeed(server, provider_job)
            job = await bench.until_job(job.id, status="succeeded")
        assert (job.fine_tuned_model, job.trained_tokens) == (model, 900)
        server.served.add(await _asked_by(bench, job, model))
        assert await _answer(bench, await bench.job(job.id)) == "At seven."
        await trainer.delete_model(model)
        await trainer.delete_model(model)
        assert await trainer.model(model) is None


async def _asked_by(bench: Bench, job: Job, model: str) -> str:
    """The name that a model answers by; where it must be deployed, it is not asked before."""
    if not bench.services.provider(bench.name).provider.deploy_required:
        return model
    with pytest.raises(ProviderError, match="can't be asked yet"):
        await _answer(bench, job)
    async with bench.services.database.write() as connection:
        await jobs.change(connection, job.id, deployment="our-deployment")
    return "our-deployment"


async def _answer(bench: Bench, job: Job) -> str:
    prompt = Prompt(messages=({"role": "user", "content": "When do you open?"},))
    async with ask(bench.services, tuned_model(bench.services, job), prompt) as reply:
        return "".join([piece async for piece in reply])


@pytest.mark.parametrize("name", NAMES)
async def test_a_job_is_cancelled_where_it_trains(
    name: str, database: Database, tmp_path: Path
) -> None:
    async with _bench(name, database, tmp_path) as bench:
        async with running(bench.services.queue):
            job = await _launched(bench, tmp_path)
            _train(bench.provider, job.provider_job_id or "")
            await request_cancel(bench.services, job.id, Person("U1"))
            if name == "together":
                row = bench.provider.jobs[job.provider_job_id or ""]
                await bench.until(lambda: row["status"] == "cancel_requested")
                row |= {"status": "cancelled", "token_count": 400, "total_price": 500_000_000}
            else:
                bench.provider.jobs[job.provider_job_id or ""]["trained_tokens"] = 400
            job = await bench.until_job(job.id, status="cancelled")
        assert job.trained_tokens == 400


async def test_a_job_that_costs_more_than_the_account_has_is_not_created_and_leaves_no_file(
    database: Database, tmp_path: Path
) -> None:
    async with _bench("together", database, tmp_path) as bench:
        assert isinstance(bench.provider, TogetherServer)
        bench.provider.allows = False
        async with running(bench.services.queue):
            job_id = await bench.reserve(_report(tmp_path, "together"), hyperparameters={})
            await bench.arm("launch", job_id, job_id=job_id)
            job = await bench.until_job(job_id, status="failed")
            await bench.until(lambda: not bench.provider.files, 20)
        said = json.loads(job.error or "")
        assert said["key"] == "refusal.over_limit"
        assert not bench.provider.created


@pytest.mark.parametrize("name", ["azure", "together"])
async def test_a_failed_job_says_why(name: str, database: Database, tmp_path: Path) -> None:
    async with _bench(name, database, tmp_path) as bench:
        async with running(bench.services.queue):
            job = await _launched(bench, tmp_path)
            row = bench.provider.jobs[job.provider_job_id or ""]
            if isinstance(bench.provider, TogetherServer):
                bench.provider.tell(row["id"], "job_error", "Out of memory", level="error")
                row["status"] = "error"
            else:
                row |= {"status": "failed", "error": {"code": "x", "message": "Out of memory"}}
            job = await bench.until_job(job.id, status="failed")
        assert "Out of memory" in (job.error or "")


@pytest.mark.parametrize(
    "name", [name for name in NAMES if SHAPES.get(name) is None or SHAPES[name].lists_jobs]
)
async def test_a_create_that_nobody_answered_is_found_again(
    name: str, database: Database, tmp_path: Path
) -> None:
    async with _bench(name, database, tmp_path) as bench:
        bench.provider.meet("POST /(fine_tuning/jobs|fine-tunes)", LOST_ANSWER)
        async with running(bench.services.queue):
            await _launched(bench, tmp_path)
    assert len(bench.provider.created) == 1
