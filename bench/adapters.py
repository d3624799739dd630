"""How fast do eight adapters of one base model answer at once, beside one adapter and the base?

The trainer tunes the adapters with the engine `lora` and has vLLM serve them (docs/serving.md); the
OpenAI SDK asks as many questions at once of the base model, of one adapter, and of all of them in
turn. Says what it found, and skips where the extra `lora` or vLLM's program is missing, or where
there is no GPU (`--cpu` has vLLM's build for processors measured all the same). The base model is
`--base FOLDER`, or weights of chance as in `lora.py`. Tokens are those of the answers; the time to
the first one is that of the slowest of twenty.
"""

# ruff: noqa: E402
import sys

# This folder comes first on the path, and its inspect.py would be taken for Python's own.
bench = sys.path.pop(0)

import argparse
import asyncio
import importlib
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from importlib.util import find_spec
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

from openai import AsyncOpenAI
from rich.console import Console
from rich.table import Table

sys.path.append(str(Path(__file__).parents[1]))
from tunesmith.local.trainer.engines.lora.libraries import torch
from tunesmith.local.trainer.server import running

KEY = "sk-local-bench"
BASE = "base"
ADAPTERS = 8
EXAMPLES = 16
QUESTIONS = 64
ANSWER_TOKENS = 64


class Answered(NamedTuple):
    """One answer: how many tokens it has, and how many seconds its first one took."""

    tokens: int
    first: float


def main() -> None:
    """Say what is missing, or measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, help="a base model's folder")
    parser.add_argument("--vllm", default="vllm", help="vLLM's program")
    parser.add_argument("--option", action="append", default=[], help="one for that program")
    parser.add_argument("--cpu", action="store_true", help="measure without a GPU too")
    parser.add_argument("--quick", action="store_true", help="a quarter of the questions")
    asked = parser.parse_args()
    if missing := _missing(asked.vllm, cpu=asked.cpu):
        print(f"{missing}: skipped.")
        print(json.dumps({}))
        return
    has_gpu = torch.cuda.is_available()
    print(torch.cuda.get_device_name(0) if has_gpu else f"CPU, {torch.get_num_threads()} threads")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        base = asked.base or _of_chance(folder / "base")
        engine = _engine(folder / "engine", base, shutil.which(str(asked.vllm)) or "", asked.option)
        questions = QUESTIONS // 4 if asked.quick else QUESTIONS
        _print(asyncio.run(_measured(folder / "trainer", engine, questions)))


def _missing(vllm: str, *, cpu: bool) -> str | None:
    if any(find_spec(name) is None for name in ("torch", "transformers", "peft")):
        return "The extra lora is not installed"
    if shutil.which(vllm) is None:
        return "vLLM's program is not there"
    if not (cpu or torch.cuda.is_available()):
        return "There is no GPU"
    return None


def _of_chance(folder: Path) -> Path:
    sys.path.insert(0, bench)
    try:
        return importlib.import_module("lora").of_chance(folder)
    finally:
        del sys.path[0]


def _engine(folder: Path, base: Path, vllm: str, options: Sequence[str]) -> Path:
    folder.mkdir()
    said = ['like = "lora"', "[serving]", f"vllm = {json.dumps(vllm)}", f"adapters = {ADAPTERS}"]
    said += [f"options = {json.dumps([*options, '--max-lora-rank', '16'])}"]
    said += ["[[models]]", f'name = "{BASE}"', f"path = {json.dumps(str(base.absolute()))}"]
    (folder / "engine.toml").write_text("\n".join(said) + "\n")
    return folder


async def _measured(data: Path, engine: Path, questions: int) -> dict[str, float]:
    async with (
        running(data, KEY, engines=[engine]) as url,
        AsyncOpenAI(base_url=f"{url}/v1", api_key=KEY, max_retries=0, timeout=1_200) as client,
    ):
        print(f"Tuning {ADAPTERS} adapters ...", flush=True)
        tuned = [await _tuned(client, number) for number in range(ADAPTERS)]
        print("Starting the server ...", flush=True)
        for model in (BASE, *tuned):  # each is in memory before it is measured
            await _answer(client, model, 0)
        figures: dict[str, float] = {}
        for name, models in (("base", [BASE]), ("one", tuned[:1]), ("eight", tuned)):
            began = time.monotonic()
            asked = enumerate(islice(cycle(models), questions))
            answers = await asyncio.gather(*(_answer(client, model, n) for n, model in asked))
            seconds = time.monotonic() - began
            tokens = sum(one.tokens for one in answers)
            first = statistics.quantiles([one.first for one in answers], n=20)[-1]
            figures |= {
                f"{name}_tokens_per_second": round(tokens / seconds, 1),
                f"{name}_first_p95_s": round(first, 3),
            }
    return figures


async def _tuned(client: AsyncOpenAI, number: int) -> str:
    """The name of a model with an adapter of its own."""
    rows = "".join(
        json.dumps(
            {
                "messages": [
                    {"role": "user", "content": f"What is shop {row} of team {number}?"},
                    {"role": "assistant", "content": f"It is number {row * number}."},
                ]
            }
        )
        + "\n"
        for row in range(EXAMPLES)
    )
    file = await client.files.create(file=("rows.jsonl", rows.encode()), purpose="fine-tune")
    job = await client.fine_tuning.jobs.create(
        model=BASE,
        training_file=file.id,
        suffix=f"n{number}",
        method={
            "type": "supervised",
            "supervised": {"hyperparameters": {"n_epochs": 1, "batch_size": 4}},
        },
        seed=number,
    )
    while job.status != "succeeded":
        assert job.status not in {"failed", "cancelled"}, job.error
        await asyncio.sleep(0.5)
        job = await client.fine_tuning.jobs.retrieve(job.id)
    assert job.fine_tuned_model is not None
    return job.fine_tuned_model


async def _answer(client: AsyncOpenAI, model: str, number: int) -> Answered:
    began, first, tokens = time.monotonic(), 0.0, 0
    stream = await client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": f"What is shop {number}?"}],
        max_tokens=ANSWER_TOKENS,
        stream=True,
        stream_options={"include_usage": True},
    )
    async for chunk in stream:
        if not first and any(choice.delta.content for choice in chunk.choices):
            first = time.monotonic() - began
        if chunk.usage is not None:
            tokens = chunk.usage.completion_tokens
    return Answered(tokens, first or time.monotonic() - began)


def _print(figures: dict[str, float]) -> None:
    table = Table(title=f"{ADAPTERS} adapters of one base model by vLLM")
    for column in ("asked", "tokens/s", "first token p95"):
        table.add_column(column, justify="left" if column == "asked" else "right")
    for name in ("base", "one", "eight"):
        speed, first = figures[f"{name}_tokens_per_second"], figures[f"{name}_first_p95_s"]
        table.add_row(name, f"{speed:,.0f}", f"{first:.2f} s")
    Console(width=80).print(table)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
