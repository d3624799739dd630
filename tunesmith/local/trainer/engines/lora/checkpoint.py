"""What a run leaves on disk, each thing written aside and then renamed into place.

checkpoints/step-N/    an adapter in PEFT's format, base.json: where its base model is, and
                       serving.json: what another server needs to know
state.safetensors      where the run stands: the adapter, the optimizer, the step; nothing pickled
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tunesmith.local.trainer.engines.checkpoints import write_whole
from tunesmith.local.trainer.jobs import SERVING_FILE, CheckpointSaved, ModelSource

from .libraries import Tensor, safetensors, safetensors_torch

_STATE = "state.safetensors"
_BASE = "base.json"


@dataclass(frozen=True, slots=True)
class State:
    """Where a run stands after `step`.

    `tensors` are the adapter and the optimizer; `budget` is how many tokens go through the model at
    once, `saved` the latest checkpoint.
    """

    step: int
    tensors: dict[str, Tensor]
    budget: int
    saved: CheckpointSaved | None


def write_adapter(folder: Path, model: Any, source: ModelSource, ends: Sequence[int]) -> None:
    """Write the adapter as this folder, which appears whole or not at all.

    `ends` are the tokens that end an answer: other servers know those of the base model alone.
    """

    def write(aside: Path) -> None:
        # "auto" would ask the hub whether the vocabulary has grown.
        model.save_pretrained(aside, selected_adapters=["default"], save_embedding_layers=False)
        (aside / SERVING_FILE).write_text(json.dumps({"stop_token_ids": ends}), "utf-8")
        (aside / _BASE).write_text(source.model_dump_json(), "utf-8")

    write_whole(folder, write)


def read_source(folder: Path) -> ModelSource:
    """Where the base model of an adapter is. Raises FileNotFoundError where it has gone."""
    return ModelSource.model_validate_json((folder / _BASE).read_bytes())


def write_state(folder: Path, state: State) -> None:
    """Note where the run stands, in one move."""
    aside = folder / f".{_STATE}"
    saved = "" if state.saved is None else state.saved.model_dump_json()
    about = {"step": str(state.step), "budget": str(state.budget), "saved": saved}
    tensors = {name: tensor.detach().contiguous() for name, tensor in state.tensors.items()}
    safetensors_torch.save_file(tensors, aside, {"about": json.dumps(about)})
    aside.replace(folder / _STATE)


def read_state(folder: Path) -> State | None:
    """Where the run in this folder stands; None where it has not begun."""
    file = folder / _STATE
    if not file.exists():
        return None
    with safetensors.safe_open(file, "pt") as opened:
        about = json.loads(opened.metadata()["about"])
        tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
    return State(
        step=int(about["step"]),
        tensors=tensors,
        budget=int(about["budget"]),
        saved=CheckpointSaved.model_validate_json(about["saved"]) if about["saved"] else None,
    )
