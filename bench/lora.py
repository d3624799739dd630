"""How fast does the engine `lora` train, and in how much memory, beside TRL's SFTTrainer?

Needs the extra `lora`, and for the comparison the package trl; says what it found and skips what it
lacks. Both train an adapter of rank 16 on the same chats with the same base model, batch, length
and precision, each in a process of its own. The base model is `--base FOLDER`, or weights of
chance: in the shape of a model of 0.6 billion parameters where there is a GPU, of 11 million where
there is none. Tokens a second are those of all steps but the first five, of processor time where
there is no GPU; memory is the most that torch had allocated on the GPU, or that the process had.
"""

# ruff: noqa: E402
import sys

# This folder comes first on the path, and its inspect.py would be taken for Python's own.
del sys.path[0]

import argparse
import importlib
import json
import resource
import statistics
import subprocess
import tempfile
import threading
import time
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1]))
from tunesmith.local.trainer.engines.lora.libraries import peft, torch, transformers
from tunesmith.local.trainer.engines.lora.run import run
from tunesmith.local.trainer.jobs import (
    Event,
    Hyperparameters,
    JobSpec,
    Metrics,
    ModelSource,
    Started,
)

_WARM_UP = 5
_HAS_GPU = find_spec("torch") is not None and torch.cuda.is_available()
_CLOCK = time.monotonic if _HAS_GPU else time.process_time
_BATCH = 16 if _HAS_GPU else 4
_LENGTH = 1024 if _HAS_GPU else 256


def main() -> None:
    """Measure both, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, help="a base model's folder")
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--one", choices=["lora", "trl"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        measure = _ours if asked.one == "lora" else _trls
        print(json.dumps(measure(asked.base, asked.folder, asked.steps)))
        return
    if find_spec("torch") is None or find_spec("peft") is None:
        print("The extra lora is not installed: skipped.")
        print(json.dumps({}))
        return
    print(torch.cuda.get_device_name(0) if _HAS_GPU else f"CPU, {torch.get_num_threads()} threads")
    with tempfile.TemporaryDirectory() as folder:
        base = asked.base or of_chance(Path(folder) / "base")
        steps = 15 if asked.quick else asked.steps
        _write_chats(Path(folder) / "train.jsonl", steps * _BATCH)
        print(json.dumps(_side_by_side(base, folder, steps)))


def _side_by_side(base: Path, folder: str, steps: int) -> dict[str, float]:
    figures: dict[str, float] = {}
    for one in ("lora", "trl"):
        if one == "trl" and find_spec("trl") is None:
            print("trl is not installed: nothing to compare with.")
            continue
        command = [sys.executable, __file__, "--one", one, "--base", str(base)]
        command += ["--folder", folder, "--steps", str(steps)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        measured = json.loads(done.stdout.splitlines()[-1])
        print(one, *(f"{name} {value}" for name, value in measured.items()))
        figures |= {f"{one}_{name}": value for name, value in measured.items()}
    return figures


def of_chance(folder: Path) -> Path:
    """Weights of chance in the shape of a model that this machine trains in a minute."""
    tokenizer = importlib.import_module("tests.trainer_lora.small_model").make_tokenizer()
    config = transformers.Qwen3Config(
        vocab_size=151_936 if _HAS_GPU else 32_000,
        hidden_size=1024 if _HAS_GPU else 256,
        intermediate_size=3072 if _HAS_GPU else 768,
        num_hidden_layers=28 if _HAS_GPU else 4,
        num_attention_heads=16 if _HAS_GPU else 4,
        num_key_value_heads=8 if _HAS_GPU else 2,
        head_dim=128 if _HAS_GPU else 64,
        tie_word_embeddings=True,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
    )
    model = transformers.AutoModelForCausalLM.from_config(config, dtype=_precision())
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _write_chats(path: Path, count: int) -> None:
    """Chats of many lengths, most of them a few hundred tokens long."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            words = 40 + number * 7919 % 300
            question = {"role": "user", "content": f"Say number {number} {words} times."}
            answer = {"role": "assistant", "content": f"{number} is it. " * (words // 4)}
            file.write(json.dumps({"messages": [question, answer]}) + "\n")


def _ours(base: Path, folder: Path, steps: int) -> dict[str, float]:
    spec = JobSpec(
        id="ftjob-bench",
        base_model="bench",
        source=ModelSource(path=base),
        hyperparameters=Hyperparameters(n_epochs=1, batch_size=_BATCH),
        extra={"context_length": _LENGTH, "micro_batch_tokens": _BATCH * _LENGTH},
    )
    (folder / "job.json").write_text(spec.model_dump_json())
    times: list[float] = []
    tokens: list[int] = []

    def emit(event: Event) -> None:
        if isinstance(event, Started):
            tokens.append(event.trained_tokens // steps)
        if isinstance(event, Metrics):
            times.append(_CLOCK())

    run(folder, emit, threading.Event())
    return _figures(times, tokens[0])


def _trls(base: Path, folder: Path, steps: int) -> dict[str, float]:
    datasets: Any = importlib.import_module("datasets")
    library: Any = importlib.import_module("trl")
    times: list[float] = []

    class Clock(transformers.TrainerCallback):
        def on_step_end(self, *_: Any, **__: Any) -> None:
            times.append(_CLOCK())

    rows: Any = datasets.load_dataset("json", data_files=str(folder / "train.jsonl"))
    tokenizer = transformers.AutoTokenizer.from_pretrained(base, local_files_only=True)
    chats: list[Any] = [row["messages"] for row in rows["train"]]
    laid_out = (tokenizer.apply_chat_template(chat, return_dict=False) for chat in chats)
    tokens = sum(min(len(ids), _LENGTH) for ids in laid_out)
    trainer = library.SFTTrainer(
        model=str(base),
        train_dataset=rows["train"],
        args=library.SFTConfig(
            output_dir=str(folder / "trl"),
            max_length=_LENGTH,
            per_device_train_batch_size=_BATCH,
            num_train_epochs=1,
            bf16=_HAS_GPU,
            use_cpu=not _HAS_GPU,
            gradient_checkpointing=True,
            learning_rate=2e-4,
            report_to="none",
            disable_tqdm=True,
            save_strategy="no",
            model_init_kwargs={"dtype": _precision()},
        ),
        peft_config=peft.LoraConfig(
            task_type="CAUSAL_LM", r=16, lora_alpha=32, target_modules="all-linear"
        ),
        callbacks=[Clock()],
    )
    trainer.train()
    return _figures(times, tokens // steps)


def _figures(times: list[float], tokens_a_step: int) -> dict[str, float]:
    seconds = [after - before for before, after in pairwise(times[_WARM_UP:])]
    return {
        "tokens_per_second": round(tokens_a_step / statistics.median(seconds)),
        "peak_gib": round(_peak_bytes() / 2**30, 2),
    }


def _peak_bytes() -> int:
    if _HAS_GPU:
        return torch.cuda.max_memory_allocated()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # Linux counts in kilobytes


def _precision() -> Any:
    return torch.bfloat16 if _HAS_GPU else torch.float32


if __name__ == "__main__":
    main()
