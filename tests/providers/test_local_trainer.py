"""What the catalogue says of our own trainer is what it takes, over the wire."""

import asyncio
import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from tests.trainer_api import BASE, FAKE, KEY
from tunesmith.bot.datasets import Selection, inspect_sync
from tunesmith.bot.datasets.costs import Offer
from tunesmith.bot.jobs.limits import refusals
from tunesmith.bot.providers.base_models import look
from tunesmith.bot.providers.catalogue import Catalogue, load_catalogue
from tunesmith.bot.providers.openai_client import OpenAIClient
from tunesmith.bot.providers.remote import RemoteJob
from tunesmith.bot.providers.trainer import Upload
from tunesmith.local.trainer.server import ENGINES, running

LIMIT = load_catalogue().providers["local"].models[0].max_file_bytes or 0


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


def _valid(path: Path, catalogue: Catalogue | None = None) -> bool:
    selection = Selection(catalogue or load_catalogue(), connected=("local",))
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
    path = _with_tools(tmp_path)
    assert not _valid(path)
    assert (await _ended(client, path)).status == "failed"


def _with_tools(folder: Path) -> Path:
    tools = [{"type": "function", "function": {"name": "f"}}]
    path = folder / "tools.jsonl"
    path.write_text(_example(5, tools=tools) * 10)
    return path


async def test_a_file_with_tools_is_for_the_base_models_whose_engine_learns_them(
    tmp_path: Path,
) -> None:
    said = (FAKE / "engine.toml").read_text().partition("[[models]]")[0]
    for name, capabilities in (("calls-1b", '["tools"]'), ("talks-1b", "[]")):
        (tmp_path / name).mkdir()
        descriptor = f'{said}capabilities = {capabilities}\n[[models]]\nname = "{name}"\n'
        (tmp_path / name / "engine.toml").write_text(descriptor)
    path, catalogue = _with_tools(tmp_path), load_catalogue().copy_of_its_own()
    engines = (*ENGINES, tmp_path / "calls-1b", tmp_path / "talks-1b")
    async with running(tmp_path / "trainer", KEY, engines=engines) as url:
        local = catalogue.providers["local"]
        client = OpenAIClient("local", local, base_url=f"{url}/v1", api_key=KEY)
        await look(catalogue, client, local.models)
        await client.close()
    assert _valid(path, catalogue)
    local = catalogue.providers["local"]
    report = inspect_sync(path, name=path.name, selection=Selection(catalogue, "local"))
    nothing: dict[str, Any] = dict.fromkeys(("seed", "suffix", "project"))
    refused = {
        entry.name: refusals(
            Offer("local", local, entry),
            report,
            None,
            hyperparameters={},
            continues=False,
            **nothing,
        )
        for entry in local.models
    }
    assert {name for name, why in refused.items() if not why} == {"calls-1b"}
    assert refused["talks-1b"]["model"].key == "form.no_tools"


async def test_base_models_of_a_teams_own_engines_are_offered_as_long_as_they_are_there(
    tmp_path: Path,
) -> None:
    said = (FAKE / "engine.toml").read_text()
    more = '[hyperparameters.context_length]\ndefault = 2048\n[[models]]\nname = "ours-1b"\n'
    more += f'hub = "Qwen/Qwen3-0.6B"\nrevision = "{40 * "a"}"\n'
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
            assert ours.hub == "Qwen/Qwen3-0.6B"
            assert (ours.train_usd, ours.answers_untuned) == (0, False)
        await look(catalogue, client, known)  # A server that is away takes nothing back.
        await client.close()
        assert catalogue.providers["local"].model("ours-1b") == ours
    assert catalogue.providers["local"].models == known
    assert load_catalogue().providers["local"].model("ours-1b") is None
