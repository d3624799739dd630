"""One model, trained once, for all tests that ask a model something."""

from pathlib import Path

import pytest

from tests.trainer_engine.engine_job import made, train, write_job
from tunesmith.local.trainer.engines.tiny import TinyGenerator, load
from tunesmith.local.trainer.engines.tiny.checkpoint import Model, read_model
from tunesmith.local.trainer.jobs import Done, Event


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Event]]:
    """The folder and the events of a job that learnt all FACTS, everything on auto."""
    return made(tmp_path_factory, "trained", lambda folder: train(write_job(folder)))


@pytest.fixture(scope="session")
def tuned_folder(trained: tuple[Path, list[Event]]) -> Path:
    """The folder of the tuned model."""
    folder, events = trained
    assert isinstance(events[-1], Done)
    return folder / events[-1].folder


@pytest.fixture(scope="session")
def model(tuned_folder: Path) -> TinyGenerator:
    """The tuned model."""
    return load(tuned_folder)


@pytest.fixture(scope="session")
def tuned_model(tuned_folder: Path) -> Model:
    """The tuned model's weights and pieces."""
    return read_model(tuned_folder)
