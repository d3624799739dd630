"""A trainer in this process with the fake engine."""

import asyncio
import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from tests.support.ray_server import TOKEN, Ray, send_to, serving_ray
from tests.trainer_api import FAKE, KEY, ROOT
from tests.trainer_api.client import Trainer
from tunesmith.local.trainer.launchers.ray import RayLauncher
from tunesmith.local.trainer.server import running
from tunesmith.local.trainer.training import backoff

StartTrainer = Callable[..., AbstractAsyncContextManager[Trainer]]


@asynccontextmanager
async def _running(
    data: Path, slots: int, *engines: Path, api_key: str | None = KEY
) -> AsyncGenerator[Trainer]:
    async with running(data, api_key, slots=slots, engines=engines) as url:
        trainer = Trainer(url)
        async with trainer.client, trainer.lenient:
            yield trainer


@pytest.fixture(autouse=True, scope="session")
def _engines_find_the_fake_one() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        yield


@pytest.fixture(autouse=True)
def _little_patience(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    """Jobs that are put off come back soon."""
    monkeypatch.setattr(backoff, "FIRST_SECONDS", 0.01)


@pytest.fixture
def start_trainer(tmp_path: Path) -> StartTrainer:
    """Starts a server on this test's own folder; a second start goes on with it."""

    def start(
        *engines: Path, slots: int = 1, api_key: str | None = KEY
    ) -> AbstractAsyncContextManager[Trainer]:
        return _running(tmp_path / "data", slots, *(engines or (FAKE,)), api_key=api_key)

    return start


@pytest.fixture
async def trainer(start_trainer: StartTrainer) -> AsyncIterator[Trainer]:
    async with start_trainer() as trainer:
        yield trainer


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A data folder with one job that succeeded, and its model's name."""
    data = tmp_path_factory.mktemp("trained") / "data"

    async def train() -> str:
        async with _running(data, 1, FAKE) as trainer:
            return (await trainer.train()).fine_tuned_model or ""

    with ThreadPoolExecutor() as thread:
        return data, thread.submit(asyncio.run, train()).result()


@pytest.fixture
async def tuned(
    trained: tuple[Path, str], tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[tuple[Trainer, str]]:
    """A server with a tuned model, and the model's name."""
    data, name = trained
    shutil.copytree(data, tmp_path / "data")
    async with _running(tmp_path / "data", 1, FAKE) as trainer:
        yield trainer, name


@pytest.fixture
async def ray(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ray]:
    """A server in the shape of Ray's, which is asked often."""
    monkeypatch.setattr(RayLauncher, "look_seconds", 0.1)
    monkeypatch.setenv("RAY_AUTH_TOKEN", TOKEN)
    async with serving_ray(tmp_path / "unpacked") as ray:
        yield ray


@pytest.fixture
def engine(ray: Ray, tmp_path: Path) -> Path:
    """The fake engine, whose jobs go there."""
    folder = tmp_path / "engine"
    folder.mkdir()
    (folder / "engine.toml").write_text((FAKE / "engine.toml").read_text())
    (folder / "own.py").write_text("")
    return send_to(ray, folder)
