"""Which files a job can be started on."""

from pathlib import Path

import pytest

from tests.datasets.files import chat, chats, look, message, write
from tests.jobs.conftest import Bench
from tunesmith.bot.errors import JobError
from tunesmith.bot.jobs import JobRequest, Person, start

_KEY = "sk-proj-" + "aB3dE6gH9jK2" * 4
_LEAKING = chat(1, message("user", "Which key?"), message("assistant", f"Take {_KEY}."))


async def _start(bench: Bench, path: Path) -> str:
    """Start a job on a file; the dataset is that of another job."""
    other = await bench.reserve(look(path, provider="local"))
    job = await start(
        bench.services,
        JobRequest(
            request_id="r1",
            dataset_id=f"d{other}",
            validation_id=None,
            provider="local",
            base_model="tiny-1m-scratch",
            hyperparameters={},
            suffix=None,
            person=Person("U1"),
        ),
    )
    return job.dataset_id


async def test_a_file_that_only_holds_a_secret_is_trained_on_by_who_said_so(
    bench: Bench, tmp_path: Path
) -> None:
    assert await _start(bench, write(tmp_path / "a.jsonl", [*chats(), _LEAKING])) == "djob1"


async def test_a_file_with_another_error_beside_a_secret_is_not(
    bench: Bench, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.jsonl", [*chats(), _LEAKING, b"{"])
    with pytest.raises(JobError, match="has errors"):
        await _start(bench, path)
