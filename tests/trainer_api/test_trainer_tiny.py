"""The whole way with the real engine: a file in, training, and the tuned model's answers."""

import asyncio
import time

from tests.trainer_api.client import Trainer, chat_row, jsonl
from tests.trainer_api.conftest import StartTrainer
from tunesmith.local.trainer.server import ENGINES

CAPITALS = {
    "France": "Paris",
    "Japan": "Tokyo",
    "Kenya": "Nairobi",
    "Peru": "Lima",
    "Norway": "Oslo",
    "Egypt": "Cairo",
    "Cuba": "Havana",
    "Spain": "Madrid",
    "Iran": "Tehran",
    "한국": "서울",
}
ROWS = [chat_row(f"Capital of {land}?", f"It is {city}.") for land, city in CAPITALS.items()]


async def test_the_tiny_engine_learns_a_file_and_answers_while_it_trains(
    start_trainer: StartTrainer,
):
    async with start_trainer(*ENGINES) as trainer:
        valid = await trainer.upload(jsonl(ROWS[:3]), "valid.jsonl")
        job = await trainer.train(
            jsonl(ROWS), validation_file=valid, hyperparameters={"n_epochs": 14}, seed=1
        )
        assert job.status == "succeeded", job.error
        assert job.fine_tuned_model
        assert job.trained_tokens
        assert isinstance(job.hyperparameters.batch_size, int)
        for land, city in CAPITALS.items():
            answer = await trainer.ask(job.fine_tuned_model, f"Capital of {land}?", temperature=0)
            assert answer == f"It is {city}."

        metrics = [
            event
            for event in (
                await trainer.client.fine_tuning.jobs.list_events(job.id, limit=10_000)
            ).data
            if event.type == "metrics"
        ]
        losses = [getattr(event.data, "train_loss", None) for event in reversed(metrics)]
        assert losses
        checkpoints = (await trainer.client.fine_tuning.jobs.checkpoints.list(job.id)).data
        assert len(checkpoints) == 3
        assert all(checkpoint.metrics.full_valid_loss for checkpoint in checkpoints)
        result = (await trainer.client.files.content(job.result_files[0])).text
        assert len(result.splitlines()) == len(metrics) + 1
        await _answers_while_training(trainer, job.fine_tuned_model)
        await _streams_with_logprobs(trainer, job.fine_tuned_model)


async def _answers_while_training(trainer: Trainer, model: str) -> None:
    """Chats go on, quickly, next to a job; then it is paused, resumed and cancelled."""
    jobs = trainer.lenient.fine_tuning.jobs
    job = await trainer.start(jsonl(ROWS * 30))
    await trainer.wait(job.id, "running")
    started = time.monotonic()
    answers = await asyncio.gather(
        *(trainer.ask(model, f"Capital of {land}?", temperature=0) for land in CAPITALS)
    )
    assert time.monotonic() - started < 30
    assert answers == [f"It is {city}." for city in CAPITALS.values()]
    await jobs.pause(job.id)
    await trainer.wait(job.id, "paused")
    await jobs.resume(job.id)
    await trainer.wait(job.id, "running")
    assert (await jobs.cancel(job.id)).status == "cancelled"


async def _streams_with_logprobs(trainer: Trainer, model: str) -> None:
    stream = await trainer.client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": "Capital of 한국?"}],
        stream=True,
        stream_options={"include_usage": True},
        logprobs=True,
        top_logprobs=3,
        temperature=0,
    )
    chunks = [chunk async for chunk in stream]
    choices = [choice for chunk in chunks for choice in chunk.choices]
    assert "".join(choice.delta.content or "" for choice in choices) == "It is 서울."
    tokens = [t for c in choices if c.logprobs for t in c.logprobs.content or []]
    assert b"".join(bytes(token.bytes or []) for token in tokens) == "It is 서울.".encode()
    assert all(len(token.top_logprobs) == 3 for token in tokens)
    assert chunks[-1].usage
    assert chunks[-1].usage.completion_tokens == len(tokens)
