"""What a job needs is measured by steps of the engine itself."""

from pathlib import Path

import pytest

from tests.trainer_lora.small_model import make_base
from tunesmith.local.trainer.engines.lora.measure import measure
from tunesmith.local.trainer.jobs import JobSpec, Method, ModelSource

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")


@pytest.mark.parametrize("method", ["supervised", "dpo"])
def test_a_few_steps_tell_the_pace_and_the_memory(tmp_path: Path, method: Method):
    base = make_base(tmp_path / "base")
    spec = JobSpec(
        id="measure",
        base_model="small",
        source=ModelSource(path=base),
        method=method,
        extra={"context_length": 64, "lora_rank": 4},
    )
    (tmp_path / "job.json").write_text(spec.model_dump_json())
    measured = measure(tmp_path)
    assert measured.fits
    assert measured.tokens_per_second
    assert 0 < measured.memory_bytes < measured.memory_total_bytes
