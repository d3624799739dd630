"""The official SDK tunes a base model by SFT and DPO, and both it and the tuned ones answer."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import openai
import pytest

from tests.trainer_api import KEY, client
from tests.trainer_api.client import Trainer, jsonl
from tests.trainer_engine.engine_job import CHATS, FACTS
from tests.trainer_lora.small_model import make_base
from tunesmith.local.trainer.server import running

pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning"),
    pytest.mark.timeout(1200),
]

BASE = "small-llama"
QUESTION = "How long is the warranty?"
REVISION = "0123456789abcdef0123456789abcdef01234567"
WEATHER: dict[str, Any] = {
    "messages": [
        {"role": "user", "content": "Rain in Seoul?"},
        {
            "role": "assistant",
            "tool_calls": [
                {
                    "id": "call_1",
                    "type": "function",
                    "function": {"name": "rain", "arguments": '{"city": "Seoul"}'},
                }
            ],
        },
    ],
    "tools": [{"type": "function", "function": {"name": "rain"}}],
}


@pytest.fixture
async def trainer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Trainer]:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    # To import the libraries takes seconds, on a busy machine minutes.
    monkeypatch.setattr(client, "PATIENCE", 900)
    engine = tmp_path / "engine"
    make_base(engine / "weights")
    (engine / "engine.toml").write_text(
        f'like = "lora"\n[[models]]\nname = "{BASE}"\npath = "weights"\n'
        f'[[models]]\nname = "absent-7b"\nhub = "nobody/none"\nrevision = "{REVISION}"\n'
    )
    async with running(tmp_path / "data", KEY, engines=[engine]) as url:
        trainer = Trainer(url)
        async with trainer.client, trainer.lenient:
            yield trainer


async def test_sft_then_dpo_through_the_official_sdk_and_every_model_answers(trainer: Trainer):
    asked = {"n_epochs": 10, "batch_size": 4, "learning_rate_multiplier": 30.0, "lora_rank": 8}
    method: dict[str, Any] = {"type": "supervised", "supervised": {"hyperparameters": asked}}
    valid = await trainer.upload(jsonl(CHATS[:2]), "valid.jsonl")
    job = await trainer.train(
        jsonl([*CHATS * 3, WEATHER]), model=BASE, method=method, validation_file=valid, seed=1
    )
    assert job.status == "succeeded", job.error
    assert job.method
    assert job.method.supervised
    assert job.method.supervised.hyperparameters
    shown = job.method.supervised.hyperparameters.model_dump()
    assert shown["lora_rank"] == 8
    assert shown["packing"] is True
    assert "Training on the processor in float32." in await trainer.events(job.id)
    sft = job.fine_tuned_model or ""
    assert await trainer.ask(sft, QUESTION, temperature=0) == FACTS[QUESTION]
    losses = (await trainer.client.files.content(job.result_files[1])).text
    assert len(losses.splitlines()) == 32

    pair = {
        "input": {"messages": [{"role": "user", "content": QUESTION}]},
        "preferred_output": [{"role": "assistant", "content": "Ten years."}],
        "non_preferred_output": [{"role": "assistant", "content": FACTS[QUESTION]}],
    }
    numbers = {"n_epochs": 3, "beta": 0.2, "learning_rate_multiplier": 10.0, "lora_rank": 8}
    dpo = await trainer.train(
        jsonl([pair] * 10), model=sft, method={"type": "dpo", "dpo": {"hyperparameters": numbers}}
    )
    assert dpo.status == "succeeded", dpo.error
    page = await trainer.client.fine_tuning.jobs.checkpoints.list(dpo.id)
    assert page.data[0].metrics.train_loss is not None
    assert page.data[0].metrics.train_loss < 0.69
    assert await trainer.ask(dpo.fine_tuned_model or "", QUESTION, max_tokens=5)

    before = await trainer.ask(BASE, QUESTION, temperature=0, max_tokens=8)
    assert before != FACTS[QUESTION]
    await _streams_with_logprobs(trainer, sft)


async def _streams_with_logprobs(trainer: Trainer, model: str) -> None:
    question = "보증 기간이 얼마나 되나요?"
    stream = await trainer.client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": question}],
        stream=True,
        stream_options={"include_usage": True},
        logprobs=True,
        top_logprobs=3,
        temperature=0,
    )
    chunks = [chunk async for chunk in stream]
    choices = [choice for chunk in chunks for choice in chunk.choices]
    assert "".join(choice.delta.content or "" for choice in choices) == FACTS[question]
    tokens = [t for c in choices if c.logprobs for t in c.logprobs.content or []]
    assert b"".join(bytes(token.bytes or []) for token in tokens) == FACTS[question].encode()
    assert all(len(token.top_logprobs) == 3 for token in tokens)
    assert chunks[-1].usage
    assert chunks[-1].usage.completion_tokens == len(tokens)


async def test_a_base_model_that_is_not_there_says_how_to_get_it(trainer: Trainer):
    with pytest.raises(
        openai.BadRequestError, match=f"hf download nobody/none --revision {REVISION}"
    ):
        await trainer.ask("absent-7b", QUESTION)
