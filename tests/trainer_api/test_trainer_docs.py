"""docs/local-trainer.md says what is so."""

import asyncio
import re
import typing
from pathlib import Path

import pytest

from tests.trainer_api import KEY
from tests.trainer_api.client import Trainer, dataset
from tunesmith.local.trainer.api import faults
from tunesmith.local.trainer.api.app import PARTS

DOC = (Path(__file__).parents[2] / "docs/local-trainer.md").read_text(encoding="utf-8")


def test_every_route_is_documented_with_its_methods():
    documented = {
        (method, path)
        for path, methods in re.findall(r"^\| `(/[^`]*)` \| ([A-Z, ]+) \|", DOC, re.MULTILINE)
        for method in methods.split(", ")
    }
    served = {(route.method, route.path) for module in PARTS for route in module.routes}
    assert documented == served | {("GET", "/healthz"), ("GET", "/metrics")}


def test_every_kind_of_fault_is_documented():
    kinds = typing.get_args(faults.Fault.model_fields["kind"].annotation)
    assert all(f"| `{kind}`: " in DOC for kind in kinds)
    assert all(f"`{field}`" in DOC for field in faults.Fault.model_fields)


async def test_the_example_runs(trainer: Trainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "train.jsonl").write_bytes(dataset())
    monkeypatch.chdir(tmp_path)
    [example] = re.findall(r"```python\n(.*?)```", DOC, re.DOTALL)
    example = example.replace("http://127.0.0.1:8766", trainer.url).replace("sk-local", KEY)
    names: dict[str, typing.Any] = {}
    await asyncio.to_thread(exec, example, names)
    assert names["answer"].choices[0].message.content == "unknown"
    names["client"].close()
