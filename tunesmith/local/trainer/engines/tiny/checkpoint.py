"""What a run leaves on disk, each thing written aside and then renamed into place.

checkpoints/step-N/    a whole model, as Hugging Face's libraries read it too:
                       config.json, model.safetensors, tokenizer.json, tokenizer_config.json,
                       and of our own vocabulary.json and replay.jsonl
state.npz              where the run stands: weights, optimizer, step; nothing pickled
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tunesmith.local.trainer.engines.checkpoints import write_whole
from tunesmith.local.trainer.jobs import CheckpointSaved

from .arrays import Weights
from .examples import Row, read_rows
from .huggingface import config, from_llama, to_llama, tokenizer_config, tokenizer_json
from .safetensors import read_safetensors, write_safetensors
from .tokenizer import Tokenizer, Vocabulary

_STATE = "state.npz"
_TENSORS = "model.safetensors"
_VOCABULARY = "vocabulary.json"
_REPLAY = "replay.jsonl"


@dataclass(frozen=True, slots=True)
class Model:
    """Weights and the tokenizer they were learnt with.

    `replay` are examples that it learnt: preference training goes over some of them again.
    """

    weights: Weights
    tokenizer: Tokenizer
    replay: Sequence[Row]


@dataclass(frozen=True, slots=True)
class State:
    """Where a run stands after `step`. `saved` is its latest checkpoint."""

    step: int
    weights: Weights
    optimizer: Weights
    saved: CheckpointSaved | None


def write_model(folder: Path, model: Model) -> None:
    """Write the model as this folder, which appears whole or not at all."""
    write_whole(folder, partial(_write_parts, model))


def _write_parts(model: Model, aside: Path) -> None:
    write_safetensors(aside / _TENSORS, to_llama(model.weights))
    documents = {
        "config.json": config(len(model.tokenizer)),
        "tokenizer.json": tokenizer_json(model.tokenizer),
        "tokenizer_config.json": tokenizer_config(),
        _VOCABULARY: model.tokenizer.vocabulary.model_dump(),
    }
    for name, document in documents.items():
        (aside / name).write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    replay = (row.model_dump_json() + "\n" for row in model.replay)
    (aside / _REPLAY).write_text("".join(replay), "utf-8")


def read_model(folder: Path) -> Model:
    """Read a model. Raises OSError where there is none."""
    vocabulary = Vocabulary.model_validate_json((folder / _VOCABULARY).read_bytes())
    return Model(
        weights=from_llama(read_safetensors(folder / _TENSORS)),
        tokenizer=Tokenizer(vocabulary),
        replay=[row for _, row in read_rows(folder / _REPLAY, "invalid_model")],
    )


def write_state(folder: Path, state: State) -> None:
    """Note where the run stands, in one move."""
    aside = folder / f".{_STATE}"
    arrays: dict[str, Any] = {f"weights/{name}": value for name, value in state.weights.items()}
    arrays |= {f"optimizer/{name}": value for name, value in state.optimizer.items()}
    saved = "" if state.saved is None else state.saved.model_dump_json()
    with aside.open("wb") as file:
        np.savez(file, step=state.step, saved=saved, **arrays)
    aside.replace(folder / _STATE)


def read_state(folder: Path) -> State | None:
    """Where the run in this folder stands; None where it has not begun."""
    if not (folder / _STATE).exists():
        return None
    with np.load(folder / _STATE, allow_pickle=False) as arrays:
        parts: dict[str, Weights] = {"weights": {}, "optimizer": {}}
        for name in arrays.files:
            kind, _, rest = name.partition("/")
            if kind in parts:
                parts[kind][rest] = arrays[name]
        saved = str(arrays["saved"])
        return State(
            step=int(arrays["step"]),
            weights=parts["weights"],
            optimizer=parts["optimizer"],
            saved=CheckpointSaved.model_validate_json(saved) if saved else None,
        )
