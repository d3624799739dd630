"""Several teams at one trainer: a key sees its team's things alone and has a limit of its own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI
from typer.testing import CliRunner

from tests.trainer_api import BASE, KEY
from tests.trainer_api.client import Trainer, dataset
from tests.trainer_api.conftest import StartTrainer
from tunesmith.local.trainer import keys


def manage(data: Path, *arguments: str) -> str:
    """Run the command for keys; what it printed."""
    done = CliRunner().invoke(keys.app, [*arguments, "--data", str(data)])
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


def client(trainer: Trainer, key: str) -> AsyncOpenAI:
    return AsyncOpenAI(base_url=f"{trainer.url}/v1", api_key=key, max_retries=0)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
async def other(trainer: Trainer, data: Path) -> AsyncIterator[AsyncOpenAI]:
    """A client of another team, at a server that already runs."""
    async with client(trainer, manage(data, "add", "search")) as other:
        yield other


async def test_a_team_sees_nothing_of_another(trainer: Trainer, other: AsyncOpenAI):
    job = await trainer.train()
    checkpoint = await trainer.first_checkpoint(job.id)
    model = job.fine_tuned_model or ""
    upload = await trainer.client.uploads.create(
        filename="x", purpose="fine-tune", bytes=5, mime_type="text/plain"
    )
    jobs = other.fine_tuning.jobs
    assert (await other.files.list()).data == []
    assert (await jobs.list()).data == []
    assert [one.id for one in (await other.models.list()).data] == [BASE]

    async def ask(name: str) -> None:
        message: Any = {"role": "user", "content": "question 0"}
        await other.chat.completions.create(model=name, messages=[message])

    hidden: list[Callable[[], Awaitable[Any]]] = [
        lambda: other.files.retrieve(job.training_file),
        lambda: other.files.content(job.training_file),
        lambda: other.files.delete(job.training_file),
        lambda: other.files.retrieve(job.result_files[0]),
        lambda: jobs.retrieve(job.id),
        lambda: jobs.cancel(job.id),
        lambda: jobs.pause(job.id),
        lambda: jobs.resume(job.id),
        lambda: jobs.list_events(job.id),
        lambda: jobs.checkpoints.list(job.id),
        lambda: other.models.retrieve(model),
        lambda: other.models.delete(checkpoint),
        lambda: other.uploads.parts.create(upload.id, data=b"hello"),
        lambda: other.uploads.complete(upload.id, part_ids=["part"]),
        lambda: other.uploads.cancel(upload.id),
        lambda: ask(model),
        lambda: ask(checkpoint),
    ]
    for call in hidden:
        with pytest.raises(openai.NotFoundError):
            await call()
    refused: list[Callable[[], Awaitable[Any]]] = [
        lambda: jobs.create(model=BASE, training_file=job.training_file),
        lambda: jobs.create(model=model, training_file=job.training_file),
        lambda: other.files.list(after=job.training_file),
        lambda: jobs.list(after=job.id),
    ]
    for call in refused:
        with pytest.raises(openai.BadRequestError):
            await call()
    assert await trainer.ask(model, "question 1") == "answer 1 of many"


async def test_a_teams_job_and_all_that_comes_of_it_are_the_teams(
    trainer: Trainer, other: AsyncOpenAI
):
    file = await other.files.create(file=("train.jsonl", dataset()), purpose="fine-tune")
    job = await other.fine_tuning.jobs.create(model=BASE, training_file=file.id, suffix="x")
    assert job.organization_id == "org-search"
    theirs = Trainer(trainer.url)
    theirs.client = theirs.lenient = other
    job = await theirs.wait(job.id)
    assert (job.fine_tuned_model or "").startswith(f"ft:{BASE}:search:x:")
    assert await theirs.ask(job.fine_tuned_model or "", "question 1") == "answer 1 of many"
    assert (await other.files.content(job.result_files[0])).content.startswith(b"step,")
    assert (await trainer.client.files.list()).data == []
    assert (await trainer.client.fine_tuning.jobs.list()).data == []
    assert [one.id for one in (await trainer.client.models.list()).data] == [BASE]


async def test_a_key_is_kept_hashed_and_can_be_taken_back(trainer: Trainer, data: Path):
    key = manage(data, "add", "search", "--requests-per-minute", "60")
    async with client(trainer, key) as other:
        await other.models.list()
        listed = manage(data, "list")
        assert f"search  ...{key[-4:]}  60/min" in listed
        manage(data, "remove", listed.split()[0])
        with pytest.raises(openai.AuthenticationError):
            await other.models.list()
    assert all(key.encode() not in path.read_bytes() for path in data.rglob("*") if path.is_file())


async def test_keys_of_teams_are_enough_and_none_is_too_few(
    start_trainer: StartTrainer, data: Path
):
    with pytest.raises(Exception, match="has no key"):
        async with start_trainer(api_key=None):
            pass
    key = manage(data, "add", "search")
    async with start_trainer(api_key=None) as trainer, client(trainer, key) as other:
        await other.models.list()
        status, _body, _headers = await trainer.raw("GET", "/v1/models", key=KEY)
        assert status == 401


async def test_a_team_sets_no_faults(trainer: Trainer, data: Path):
    key = manage(data, "add", "search")
    fault = {"path_prefix": "/", "times": 1, "kind": "status"}
    status, _body, _headers = await trainer.raw("POST", "/control/faults", key=key, json=fault)
    assert status == 403


async def test_a_keys_limit_is_told_as_openai_tells_it_and_other_keys_have_their_own(
    trainer: Trainer, data: Path
):
    limited = manage(data, "add", "search", "--requests-per-minute", "2")
    async with client(trainer, limited) as other:
        first = await other.models.with_raw_response.list()
        assert first.headers["x-ratelimit-limit-requests"] == "2"
        assert first.headers["x-ratelimit-remaining-requests"] == "1"
        assert first.headers["x-ratelimit-reset-requests"] == "30s"
        await other.models.list()
        with pytest.raises(openai.RateLimitError) as caught:
            await other.models.list()
    assert caught.value.code == "rate_limit_exceeded"
    headers = caught.value.response.headers
    assert 1 <= int(headers["retry-after"]) <= 30
    assert 0 < int(headers["retry-after-ms"]) <= 30_000
    assert headers["x-ratelimit-remaining-requests"] == "0"
    assert (await trainer.client.models.list()).data
    async with client(trainer, manage(data, "add", "search")) as unlimited:
        answer = await unlimited.models.with_raw_response.list()
        assert "x-ratelimit-limit-requests" not in answer.headers
