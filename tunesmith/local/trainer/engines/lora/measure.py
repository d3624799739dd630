"""What a job needs on this machine: a few of its steps, on rows of chance."""

import os
import random
import resource
import sys
import time
from pathlib import Path
from typing import Any

from tunesmith.local.trainer.engines.process import JobError
from tunesmith.local.trainer.jobs import JOB_FILE, JobSpec, Measured, Scalar

from .base_model import find
from .examples import Item
from .group import Group
from .libraries import torch
from .optimizer import Optimizer
from .passes import Passes
from .prepare import model_to_train, objective_of
from .settings import Settings
from .template import Tokens

_STEPS = 3
_RATE = 1e-6
_LEAST_CONTEXT = 512


def measure(folder: Path) -> Measured:
    """Take a few steps of the job in this folder. Raises JobError where it cannot be trained."""
    spec = JobSpec.model_validate_json((folder / JOB_FILE).read_bytes())
    settings = Settings.model_validate(spec.extra)
    began = time.monotonic()
    model, _ = model_to_train(spec, settings, find(spec.source))
    group = Group(model.device)
    items = _full_passes(spec, settings, model, group.size)
    objective = objective_of(spec, settings, model, beta=0.1)
    passes = Passes(objective, settings.micro_batch_tokens, group, packing=settings.packing)
    optimizer = Optimizer(model)
    start = time.monotonic() - began
    taken: list[float] = []
    try:
        for _ in range(_STEPS):
            at = time.monotonic()
            model.train()
            passes.learn(items, model)
            optimizer.step(_RATE)
            _finish(model)
            taken.append(time.monotonic() - at)
    except JobError as error:
        if error.code != "out_of_memory":
            raise
        used, total = _memory(model)
        return Measured(
            start_seconds=start,
            tokens_per_second=None,
            memory_bytes=used,
            memory_total_bytes=total,
            fits=False,
            instead=_instead(settings, model),
        )
    group.close()
    used, total = _memory(model)
    return Measured(
        start_seconds=start,
        tokens_per_second=sum(map(len, items)) / min(taken[1:]),  # The first one warms up.
        memory_bytes=used,
        memory_total_bytes=total,
    )


def _full_passes(spec: JobSpec, settings: Settings, model: Any, processes: int) -> list[Item]:
    """As many tokens as go through the model at once, for each process of the group, in examples as
    long as they may be.

    On a processor one example: what is measured there is the pace.
    """
    rng, vocabulary = random.Random(0), int(model.config.vocab_size)
    count = max(1, settings.micro_batch_tokens // settings.context_length)
    if model.device.type == "cpu":
        count = 1
    length = min(settings.context_length, settings.micro_batch_tokens)
    items: list[Item] = []
    for row in range(count * processes):
        ids = [rng.randrange(vocabulary) for _ in range(length)]
        tokens = Tokens(ids, [True] * length)
        items.append(Item(row, (tokens, tokens) if spec.method == "dpo" else (tokens,)))
    return items


def _finish(model: Any) -> None:
    """Wait until the GPU has done what it was given."""
    if model.device.type == "cuda":
        torch.cuda.synchronize()


def _memory(model: Any) -> tuple[int, int]:
    """The most that was in use, and all there is, in bytes."""
    if model.device.type == "cuda":
        return torch.cuda.max_memory_reserved(), torch.cuda.mem_get_info()[1]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1 if sys.platform == "darwin" else 1024
    return peak * unit, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _instead(settings: Settings, model: Any) -> dict[str, Scalar]:
    """What would need less; empty where only a smaller base model would."""
    instead: dict[str, Scalar] = {}
    if settings.context_length > _LEAST_CONTEXT:
        instead["context_length"] = max(_LEAST_CONTEXT, settings.context_length // 2)
    if settings.quantization == "none" and model.device.type == "cuda":
        instead["quantization"] = "4bit"
    return instead
