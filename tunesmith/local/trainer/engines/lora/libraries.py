"""The libraries of the extra `lora`, imported when they are first used.

So this package can be imported, and is checked, where they are not installed; and what comes from
them, a tensor or a model, is `Any` here.
"""

import importlib
import os
from typing import Any

# Before torch is imported. Threads that wait by turning in a loop take the processor from those
# that work: without this a step on a busy machine's processor takes seconds.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("OMP_NUM_THREADS", str(max(1, min(4, (os.cpu_count() or 2) // 2))))
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
# Nothing is downloaded, nothing is told to anybody.
os.environ.setdefault("HF_HUB_OFFLINE", "1")

Tensor = Any


class _Library:
    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(importlib.import_module(self._name), attribute)


torch: Any = _Library("torch")
distributed: Any = _Library("torch.distributed")
functional: Any = _Library("torch.nn.functional")
transformers: Any = _Library("transformers")
peft: Any = _Library("peft")
jinja2: Any = _Library("jinja2")
huggingface_hub: Any = _Library("huggingface_hub")
safetensors: Any = _Library("safetensors")
safetensors_torch: Any = _Library("safetensors.torch")
