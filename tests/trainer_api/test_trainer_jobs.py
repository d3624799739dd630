"""Jobs from their creation to their end, through the official client."""

import asyncio
import csv
import io
from typing import Any

import openai
import psutil
import pytest
from openai.types.fine_tuning import FineTuningJob

from tests.trainer_api import BASE
from tests.trainer_api.client import Trainer, chat_row, dataset, jsonl, until
from tests.trainer_api.conftest import StartTrainer


async def test_a_job_trains_and_its_model_answers(trainer: Trainer):
    job = await trainer.start(suffix="Support Bot", seed=7, metadata={"thread": "1.2"})
    assert job.status == "validating_files"
    assert (job.object, job.model, job.seed) == ("fine_tuning.job", BASE, 7)
    assert job.hyperparameters.n_epochs == "auto"
    assert (job.fine_tuned_model, job.finished_at, job.trained_tokens) == (None, None, None)
    assert (job.result_files, job.integrations, job.error) == ([], [], None)
    assert job.metadata == {"thread": "1.2"}

    job = await trainer.wait(job.id)
    assert job.status == "succeeded", job.error
    assert job.fine_tuned_model
    assert job.fine_tuned_model.startswith(f"ft:{BASE}:local:support-bot:")
    assert job.trained_tokens == 100
    assert job.finished_at
    assert job.estimated_finish is None
    assert await trainer.ask(job.fine_tuned_model, "question 3") == "answer 3 of many"


async def test_jobs_without_a_seed_take_the_same_one(trainer: Trainer):
    assert (await trainer.start()).seed == (await trainer.start()).seed


async def test_a_model_without_suffix_has_an_empty_place_in_its_name(trainer: Trainer):
    job = await trainer.train()
    assert job.fine_tuned_model
    assert job.fine_tuned_model.startswith(f"ft:{BASE}:local::")


async def test_auto_becomes_the_numbers_that_are_used(trainer: Trainer):
    job = await trainer.train(dataset(epochs=60))
    assert job.hyperparameters.n_epochs == 60
    assert job.method
    assert job.method.supervised
    assert job.method.supervised.hyperparameters
    assert job.method.supervised.hyperparameters.n_epochs == 60
    assert job.method.supervised.hyperparameters.batch_size == 4


@pytest.mark.parametrize(
    "options",
    [
        {"hyperparameters": {"n_epochs": 2, "batch_size": 8, "learning_rate_multiplier": 0.5}},
        {
            "method": {
                "type": "supervised",
                "supervised": {
                    "hyperparameters": {
                        "n_epochs": 2,
                        "batch_size": 8,
                        "learning_rate_multiplier": 0.5,
                    }
                },
            }
        },
    ],
    ids=["legacy", "method"],
)
async def test_hyperparameters_reach_the_engine_from_either_place(
    trainer: Trainer, options: dict[str, Any]
):
    job = await trainer.train(**options)
    used = job.hyperparameters
    assert (used.n_epochs, used.batch_size, used.learning_rate_multiplier) == (2, 8, 0.5)


async def test_events_come_newest_first_and_page_without_gaps(trainer: Trainer):
    job = await trainer.train()
    page = await trainer.client.fine_tuning.jobs.list_events(job.id, limit=4)
    assert len(page.data) == 4
    assert page.has_more
    assert page.data[0].message == "The job has successfully completed"
    events = [event async for event in page]
    messages = [event.message for event in reversed(events)]
    assert messages[:4] == [
        f"Created fine-tuning job: {job.id}",
        f"Validating training file: {job.training_file}",
        "Files validated, moving job to queued state",
        "Fine-tuning job started",
    ]
    assert len({event.id for event in events}) == len(events) == len(await trainer.events(job.id))
    metrics = [event for event in reversed(events) if event.type == "metrics"]
    assert [event.data["step"] for event in metrics] == [1, 2, 3, 4, 5, 6]  # pyright: ignore
    assert metrics[0].message == "Step 1/6: training loss=4.00"
    assert metrics[0].data == {
        "step": 1,
        "total_steps": 6,
        "train_loss": 4.0,
        "train_mean_token_accuracy": 0.5,
    }


async def test_the_last_three_checkpoints_are_listed_and_answer(trainer: Trainer):
    job = await trainer.train(dataset(epochs=5))
    page = await trainer.client.fine_tuning.jobs.checkpoints.list(job.id)
    assert [checkpoint.step_number for checkpoint in page.data] == [10, 8, 6]
    assert not page.has_more
    newest = page.data[0]
    assert newest.fine_tuned_model_checkpoint == f"{job.fine_tuned_model}:ckpt-step-10"
    assert newest.fine_tuning_job_id == job.id
    assert newest.metrics.step == 10
    assert newest.metrics.train_loss == 0.4
    for checkpoint in page.data:
        name = checkpoint.fine_tuned_model_checkpoint
        assert await trainer.ask(name, "question 1") == "answer 1 of many"
    with pytest.raises(openai.NotFoundError):
        await trainer.ask(f"{job.fine_tuned_model}:ckpt-step-4", "question 1")


async def test_checkpoints_page(trainer: Trainer):
    job = await trainer.train()
    page = await trainer.client.fine_tuning.jobs.checkpoints.list(job.id, limit=2)
    assert page.has_more
    assert [checkpoint.step_number async for checkpoint in page] == [6, 4, 2]


async def test_the_result_file_has_a_row_per_step(trainer: Trainer):
    valid = await trainer.upload(dataset(3), "valid.jsonl")
    job = await trainer.train(validation_file=valid)
    file_id, _ = job.result_files
    file = await trainer.client.files.retrieve(file_id)
    assert (file.purpose, file.filename) == ("fine-tune-results", "step_metrics.csv")
    text = (await trainer.client.files.content(file_id)).text
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == [
        "step",
        "train_loss",
        "train_accuracy",
        "valid_loss",
        "valid_mean_token_accuracy",
    ]
    assert rows[1] == ["1", "4.0", "0.5", "5.0", "0.25"]
    assert len(rows) == 7
    assert file.bytes == len(text)


async def test_a_second_result_file_has_the_loss_of_each_row_that_the_engine_told(
    trainer: Trainer,
):
    job = await trainer.train(dataset(12))
    _, file_id = job.result_files
    file = await trainer.client.files.retrieve(file_id)
    assert (file.purpose, file.filename) == ("fine-tune-results", "row_losses.csv")
    text = (await trainer.client.files.content(file_id)).text
    assert text.splitlines()[:3] == ["line,loss", "1,1.0", "2,0.5"]
    assert len(text.splitlines()) == 13


async def test_dpo_shows_its_beta_and_reward_accuracy_and_no_token_accuracy(trainer: Trainer):
    answer = {"role": "assistant", "content": "good"}
    row = {
        "input": {"messages": [{"role": "user", "content": "question"}]},
        "preferred_output": [answer],
        "non_preferred_output": [answer | {"content": "bad"}],
    }
    job = await trainer.train(
        jsonl([row] * 10), method={"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.1}}}
    )
    assert job.status == "succeeded", job.error
    assert job.method
    assert job.method.dpo
    assert job.method.dpo.hyperparameters
    assert job.method.dpo.hyperparameters.beta == 0.1
    assert job.method.dpo.hyperparameters.n_epochs == 3
    text = (await trainer.client.files.content(job.result_files[0])).text
    assert text.splitlines()[:2] == [
        "step,train_loss,train_reward_accuracy,valid_loss,valid_reward_accuracy",
        "1,4.0,0.5,,",
    ]


async def test_training_goes_on_from_a_tuned_model(trainer: Trainer):
    first = await trainer.train()
    second = await trainer.train(
        jsonl([chat_row("new", "learnt later")] * 10), model=first.fine_tuned_model, suffix="more"
    )
    assert second.model == first.fine_tuned_model
    assert second.fine_tuned_model
    assert second.fine_tuned_model.startswith(f"ft:{BASE}:local:more:")
    assert await trainer.ask(second.fine_tuned_model, "new") == "learnt later"
    assert await trainer.ask(second.fine_tuned_model, "question 1") == "answer 1 of many"


async def test_what_the_engine_says_is_an_event(trainer: Trainer):
    job = await trainer.train(dataset(say="3 epochs are few."))
    page = await trainer.client.fine_tuning.jobs.list_events(job.id)
    [warning] = [event for event in page.data if event.level == "warn"]
    assert (warning.message, warning.type) == ("3 epochs are few.", "message")


async def test_an_engine_that_refuses_fails_the_job_in_its_words(trainer: Trainer):
    job = await trainer.train(dataset(fail_at=3))
    assert job.status == "failed"
    assert job.error
    assert job.error.code == "invalid_training_file"
    assert job.error.message == "Example 3 is too long."
    assert job.error.param == "training_file"
    assert job.fine_tuned_model is None
    assert job.finished_at
    assert (await trainer.events(job.id))[-1] == "Example 3 is too long."


async def test_an_engine_that_dies_each_time_fails_the_job_and_frees_its_place(trainer: Trainer):
    job = await trainer.train(dataset(die_at=[3]))
    assert job.status == "failed"
    assert job.error
    assert job.error.code == "server_error"
    assert "also after 3 restarts" in job.error.message
    told = [event for event in await trainer.events(job.id) if event.startswith("Step ")]
    assert [step.split("/")[0] for step in told] == ["Step 1", "Step 2", "Step 3"]
    assert (await trainer.train()).status == "succeeded"


async def test_a_signal_to_the_engine_does_not_end_the_job(trainer: Trainer):
    job = await trainer.start(dataset(step_seconds=0.05, epochs=6))
    await trainer.first_checkpoint(job.id)
    [engine] = [child for child in psutil.Process().children() if job.id in child.cmdline()[-1]]
    engine.terminate()
    assert (await trainer.wait(job.id)).status == "succeeded"
    events = await trainer.events(job.id)
    assert sum(event.startswith("Step ") for event in events) == 12
    assert sum(event.startswith("Training goes on after step") for event in events) == 1


async def test_with_one_slot_jobs_run_one_after_the_other_in_order(trainer: Trainer):
    slow = dataset(step_seconds=0.05)
    jobs = [await trainer.start(slow) for _ in range(3)]
    most = 0
    while True:
        page = await trainer.client.fine_tuning.jobs.list()
        most = max(most, sum(job.status == "running" for job in page.data))
        if all(job.status == "succeeded" for job in page.data):
            break
        await asyncio.sleep(0.02)
    assert most == 1
    finished = [(await trainer.wait(job.id)).finished_at or 0 for job in jobs]
    assert finished == sorted(finished)


async def test_with_two_slots_two_jobs_run_at_once(start_trainer: StartTrainer):
    async with start_trainer(slots=2) as trainer:
        jobs = [await trainer.start(dataset(step_seconds=0.1)) for _ in range(2)]

        async def both_run() -> bool:
            page = await trainer.client.fine_tuning.jobs.list()
            return all(job.status == "running" for job in page.data)

        assert await until(both_run)
        for job in jobs:
            assert (await trainer.wait(job.id)).status == "succeeded"


async def test_a_running_job_has_an_estimated_finish(trainer: Trainer):
    job = await trainer.start(dataset(step_seconds=0.1, epochs=50))

    async def estimated() -> FineTuningJob | None:
        now = await trainer.client.fine_tuning.jobs.retrieve(job.id)
        return now if now.estimated_finish else None

    estimate = (await until(estimated)).estimated_finish
    assert estimate
    assert estimate - job.created_at >= 5
    await trainer.client.fine_tuning.jobs.cancel(job.id)


async def test_jobs_page_newest_first_and_by_metadata(trainer: Trainer):
    file_id = await trainer.upload(dataset(7))
    for i in range(5):
        await trainer.client.fine_tuning.jobs.create(
            model=BASE,
            training_file=file_id,
            metadata={"team": "a" if i % 2 else "b", "a b\"'": str(i)} if i else None,
        )
    jobs = trainer.client.fine_tuning.jobs
    page = await jobs.list(limit=2)
    assert page.has_more
    created = [job.id async for job in page]
    assert len(created) == len(set(created)) == 5

    async def found(**metadata: str) -> int:
        return len((await jobs.list(metadata=metadata)).data)

    assert await found(team="a") == 2
    assert await found(team="b") == 2
    assert await found(team="c") == 0
    assert await found(team="a", **{"a b\"'": "3"}) == 1
    _status, body, _headers = await trainer.raw("GET", "/v1/fine_tuning/jobs?metadata=null")
    assert [job["id"] for job in body["data"]] == [created[-1]]


async def test_a_deleted_training_file_does_not_disturb_a_job_that_has_validated_it(
    trainer: Trainer,
):
    job = await trainer.start(dataset(step_seconds=0.05))
    await trainer.wait(job.id, "running")
    await trainer.client.files.delete(job.training_file)
    assert (await trainer.wait(job.id)).status == "succeeded"


async def test_chats_are_answered_while_a_job_trains(trainer: Trainer):
    tuned = (await trainer.train()).fine_tuned_model
    assert tuned
    job = await trainer.start(dataset(step_seconds=0.05, epochs=100))
    await trainer.wait(job.id, "running")
    answers = await asyncio.gather(*(trainer.ask(tuned, f"question {i % 10}") for i in range(40)))
    assert answers == [f"answer {i % 10} of many" for i in range(40)]
    assert (await trainer.client.fine_tuning.jobs.retrieve(job.id)).status == "running"
    await trainer.client.fine_tuning.jobs.cancel(job.id)


async def test_a_checkpoint_that_is_deleted_while_its_job_trains_is_not_missing_in_the_end(
    trainer: Trainer,
):
    job = await trainer.start(dataset(step_seconds=0.05, epochs=2))
    checkpoint = await trainer.first_checkpoint(job.id)
    await trainer.client.models.delete(checkpoint)
    with pytest.raises(openai.NotFoundError):
        await trainer.ask(checkpoint, "question 3")
    tuned = (await trainer.wait(job.id)).fine_tuned_model
    assert tuned
    last = f"{tuned}:ckpt-step-4"
    await trainer.client.models.delete(last)
    assert await trainer.ask(tuned, "question 3") == "answer 3 of many"
