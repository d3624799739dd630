"""From the attached file to the answer in the thread, on the engine `lora` in a real cluster."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from openai.types.fine_tuning import FineTuningJob

from tests.support import slice as steps
from tests.support.slice import small_file
from tests.support.world import TRAINER_KEY, open_world
from tests.trainer_api import client
from tests.trainer_api.client import Trainer
from tests.trainer_lora.small_model import make_base
from tests.trainer_lora.whole_thread import file_becomes_a_model_that_answers
from tests.trainer_ray.cluster import Cluster, engine_folder, two_nodes

pytest.importorskip("ray", reason="needs the group ray (make test-ray)")
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning"),
    pytest.mark.timeout(2400),
]

BASE = "small-there"
SECONDS = 1200


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    with two_nodes() as cluster:
        monkeypatch.setenv("RAY_AUTH_TOKEN", cluster.token)
        monkeypatch.setenv("OMP_NUM_THREADS", "1")
        yield cluster


async def test_a_file_becomes_a_model_that_answers_through_two_nodes_of_which_one_dies(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A worker imports torch, which takes a minute on a busy machine.
    monkeypatch.setattr(steps, "PATIENCE", SECONDS)
    monkeypatch.setattr(client, "PATIENCE", SECONDS)
    engine = engine_folder(tmp_path, BASE, make_base(tmp_path / "weights"), cluster)
    (tmp_path / "world").mkdir()
    async with open_world(tmp_path / "world", bot=False) as world:
        await world.kill("trainer")
        world.trainer = ("tunesmith.local.trainer", "--engine", str(engine))
        await world.start_trainer()
        await world.start_bot()
        trainer = Trainer(world.trainer_url, TRAINER_KEY)

        async def created() -> list[FineTuningJob]:
            return (await trainer.client.fine_tuning.jobs.list()).data

        async def lose_a_node() -> None:
            [job] = await client.until(created)
            await trainer.first_checkpoint(job.id)
            cluster.lose_worker()
            await trainer.wait(job.id)
            events = await trainer.events(job.id)
            assert [event for event in events if event.startswith("Training goes on after step")]

        async with trainer.client, trainer.lenient:
            await file_becomes_a_model_that_answers(
                world, BASE, small_file(tmp_path), SECONDS, epochs=8, meanwhile=lose_a_node
            )
