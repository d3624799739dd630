"""What the catalogue says of our own trainer is what it takes, over the wire."""

import asyncio
import json
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.trainer_api import BASE, FAKE, KEY
from tunesmith.bot.datasets import Selection, inspect_sync
from tunesmith.bot.providers.base_models import look
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.bot.providers.openai_client import OpenAIClient
from tunesmith.bot.providers.remote import RemoteJob
from tunesmith.bot.providers.trainer import Upload
from tunesmith.local.trainer.server import ENGINES, running

LIMIT = load_catalogue().providers["local"].max_file_bytes or 0


@pytest.fixture
async def client(tmp_path: Path) -> AsyncGenerator[OpenAIClient]:
    async with running(tmp_path / "trainer", KEY, engines=ENGINES) as url:
        local = load_catalogue().providers["local"]
        trainer = OpenAIClient("local", local, base_url=f"{url}/v1", api_key=KEY)
        yield trainer
        await trainer.close()


def _example(letters: int, **more: object) -> str:
    said = [{"role": "user", "content": "x" * letters}, {"role": "assistant", "content": "Yes."}]
    return json.dumps({"messages": said, **more}) + "\n"


def _sized(path: Path, size: int) -> Path:
    """A file of ten examples, of so many bytes."""
    each = size // 10 - len(_example(0))
    lines = [_example(each)] * 9
    lines.append(_example(size - len("".join(lines)) - len(_example(0))))
    path.write_text("".join(lines))
    assert path.stat().st_size == size
    return path


def _valid(path: Path) -> bool:
    selection = Selection(load_catalogue(), connected=("local",))
    return inspect_sync(path, name=path.name, selection=selection).valid


async def _ended(client: OpenAIClient, path: Path) -> RemoteJob:
    """The end of a job on this file."""
    size = (await asyncio.to_thread(path.stat)).st_size
    file_id = await client.upload(path, path.name, Upload(size))
    job = await client.create_job(
        base_model=BASE,
        training_file=file_id,
        validation_file=None,
        method="supervised",
        hyperparameters={"n_epochs": 1},
        suffix=None,
        metadata={},
    )
    async with asyncio.timeout(120):
        while not job.status.is_final:
            await asyncio.sleep(0.1)
            job = await client.job(job.id) or job
    return job


async def test_a_file_of_a_byte_more_than_the_catalogue_names_is_valid_for_neither(
    client: OpenAIClient, tmp_path: Path
) -> None:
    path = _sized(tmp_path / "large.jsonl", LIMIT + 1)
    assert not _valid(path)
    assert _valid(_sized(tmp_path / "at_the_limit.jsonl", LIMIT))
    job = await _ended(client, path)
    assert job.status == "failed"
    assert job.error is not None
    assert "larger than 32 MB" in (job.error.message or "")


async def test_a_file_with_tools_is_valid_for_neither(client: OpenAIClient, tmp_path: Path) -> None:
    tools = [{"type": "function", "function": {"name": "f"}}]
    path = tmp_path / "tools.jsonl"
    path.write_text(_example(5, tools=tools) * 10)
    assert not _valid(path)
    assert (await _ended(client, path)).status == "failed"


async def test_base_models_of_a_teams_own_engines_are_offered_as_long_as_they_are_there(
    tmp_path: Path,
) -> None:
    said = (FAKE / "engine.toml").read_text()
    more = '[hyperparameters.context_length]\ndefault = 2048\n[[models]]\nname = "ours-1b"\n'
    (tmp_path / "engine.toml").write_text(said.partition("[[models]]")[0] + more)
    catalogue = load_catalogue().copy_of_its_own()
    known = catalogue.providers["local"].models
    for engines in ((*ENGINES, tmp_path), ENGINES):
        async with running(tmp_path / "trainer", KEY, engines=engines) as url:
            local = catalogue.providers["local"]
            client = OpenAIClient("local", local, base_url=f"{url}/v1", api_key=KEY)
            await look(catalogue, client, known)
        ours = catalogue.providers["local"].model("ours-1b")
        assert (ours is None) == (engines == ENGINES)
        if ours:
            assert (ours.methods, ours.train_context) == (("supervised", "dpo"), 2048)
            assert (ours.train_usd, ours.answers_untuned) == (0, False)
        await look(catalogue, client, known)  # A server that is away takes nothing back.
        await client.close()
        assert catalogue.providers["local"].model("ours-1b") == ours
    assert catalogue.providers["local"].models == known
    assert load_catalogue().providers["local"].model("ours-1b") is None
