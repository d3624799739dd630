"""Files and parameters that cannot be trained on are refused in OpenAI's words and codes."""

import threading
from typing import Any

import openai
import pytest

from tests.trainer_api import BASE
from tests.trainer_api.client import Trainer, chat_row, dataset, jsonl
from tunesmith.local.trainer.training import queue

PICTURE: dict[str, Any] = {"role": "user", "content": [{"type": "image_url"}]}
ANSWER: dict[str, Any] = {"role": "assistant", "content": "a"}
QUESTION: dict[str, Any] = {"role": "user", "content": "q"}
GOOD = chat_row("q", "a")


async def error_of(trainer: Trainer, content: bytes, **options: Any) -> tuple[str, str, str | None]:
    job = await trainer.train(content, **options)
    assert job.status == "failed"
    assert job.error
    assert job.fine_tuned_model is None
    return job.error.code, job.error.message, job.error.param


async def test_too_few_examples(trainer: Trainer):
    assert await error_of(trainer, dataset(7)) == (
        "invalid_n_examples",
        "Training file has 7 example(s), but must have at least 10 examples",
        "training_file",
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"not json\n", "Line 4 is not a dictionary"),
        (b"\xef\xbb\xbf" + jsonl([GOOD]), "Line 4 is not a dictionary"),
        (b"[1, 2]\n", 'HINT: line starts with: "[1, 2]'),
        (b'{"messages": \n', "Line 4 is not a dictionary"),
        (b'\xff\xfe{"a": 1}\n', "Line 4 is not a dictionary"),
        (b'{"messages": [{"role": "user", "content": "\xff"}]}\n', "Line 4 is not a dictionary"),
        (jsonl([{"text": "t"}]), "Line 4: Missing required parameter: 'messages'"),
        (jsonl([{"prompt": "p"}]), "Line 4: Missing required parameter: 'completion'"),
        (jsonl([{"messages": []}]), "Line 4: Invalid 'messages': too few"),
        (jsonl([{"messages": [QUESTION]}]), "Line 4: There is no assistant message"),
        (jsonl([{"messages": [ANSWER | {"weight": 0}]}]), "Line 4: There is no assistant message"),
        (jsonl([{"messages": [QUESTION, {"content": "a"}]}]), "'messages[1].role'"),
        (jsonl([{"messages": [QUESTION, {"role": "robot", "content": "a"}]}]), "'robot'"),
        (jsonl([{"messages": [QUESTION, {"role": "assistant"}]}]), "'messages[1].content'"),
        (jsonl([{"messages": [QUESTION, ANSWER | {"tool_calls": ["f"]}]}]), "tool_calls"),
        (jsonl([GOOD | {"tools": [{"type": "function"}]}]), "'tools'"),
        (jsonl([{"messages": [PICTURE, ANSWER]}]), "messages[0].content"),
    ],
)
async def test_a_bad_line_is_named_with_its_number(trainer: Trainer, line: bytes, reason: str):
    code, message, param = await error_of(trainer, jsonl([GOOD] * 3) + line + jsonl([GOOD] * 9))
    assert (code, param) == ("invalid_training_file", "training_file")
    assert message.startswith("The job failed due to an invalid training file. ")
    assert reason in message


async def test_blank_lines_do_no_harm(trainer: Trainer):
    content = jsonl([GOOD] * 10).replace(b"\n", b"\n\n") + b"  \n"
    assert (await trainer.train(content)).status == "succeeded"


async def test_a_chat_file_is_refused_for_dpo(trainer: Trainer):
    code, message, _ = await error_of(trainer, dataset(), method={"type": "dpo"})
    assert code == "invalid_training_file"
    assert "is in the fine-tune-chat format" in message
    assert "(provided method=dpo)" in message


async def test_a_preference_input_must_leave_the_answer_open(trainer: Trainer):
    row = {
        "input": {"messages": [QUESTION, ANSWER]},
        "preferred_output": [ANSWER],
        "non_preferred_output": [ANSWER],
    }
    _, message, _ = await error_of(trainer, jsonl([row] * 10), method={"type": "dpo"})
    assert "The input ends with an answer already." in message


async def test_a_bad_validation_file_is_blamed_itself(trainer: Trainer):
    valid = await trainer.upload(b"nonsense", "valid.jsonl")
    code, message, param = await error_of(trainer, dataset(), validation_file=valid)
    assert (code, param) == ("invalid_validation_file", "validation_file")
    assert "invalid validation file" in message


async def test_a_file_deleted_before_it_was_validated_fails_the_job(
    trainer: Trainer, monkeypatch: pytest.MonkeyPatch
):
    # The first job keeps the validator busy until the second one's file has gone.
    gone = threading.Event()

    def wait(*_: object, **__: object) -> None:
        gone.wait(60)

    monkeypatch.setattr(queue, "check", wait)
    await trainer.start()
    job = await trainer.start()
    await trainer.client.files.delete(job.training_file)
    gone.set()
    job = await trainer.wait(job.id)
    assert job.error
    assert job.error.code == "invalid_training_file"
    assert "was deleted" in job.error.message


@pytest.mark.parametrize("model", ["gpt-4o-mini-2024-07-18", "gpt-4.1", "davinci-002", "ft:x"])
async def test_other_base_models_are_refused_with_openais_own_error(trainer: Trainer, model: str):
    with pytest.raises(openai.BadRequestError) as caught:
        await trainer.start(model=model)
    assert caught.value.code == "model_not_available"
    assert f"Model {model} is not available for fine-tuning or does not exist." in str(caught.value)


@pytest.mark.parametrize("param", ["training_file", "validation_file"])
async def test_an_unknown_file_is_refused(trainer: Trainer, param: str):
    options: dict[str, Any] = {param: "file-none"}
    with pytest.raises(openai.BadRequestError, match=f"invalid {param}: file-none") as caught:
        await trainer.start(**options)
    assert caught.value.param == param


async def test_a_file_for_another_purpose_is_refused(trainer: Trainer):
    file = await trainer.client.files.create(file=("a.jsonl", dataset()), purpose="user_data")
    with pytest.raises(openai.BadRequestError, match="purpose 'user_data'"):
        await trainer.client.fine_tuning.jobs.create(model=BASE, training_file=file.id)


@pytest.mark.parametrize(
    ("options", "param", "code"),
    [
        (
            {"hyperparameters": {"n_epochs": 0}},
            "hyperparameters.n_epochs",
            "integer_below_min_value",
        ),
        (
            {"hyperparameters": {"n_epochs": 51}},
            "hyperparameters.n_epochs",
            "integer_above_max_value",
        ),
        ({"hyperparameters": {"n_epochs": "3"}}, "hyperparameters.n_epochs", "invalid_type"),
        ({"hyperparameters": {"n_epochs": True}}, "hyperparameters.n_epochs", "invalid_type"),
        (
            {"hyperparameters": {"batch_size": 257}},
            "hyperparameters.batch_size",
            "integer_above_max_value",
        ),
        (
            {"hyperparameters": {"learning_rate_multiplier": 0}},
            "hyperparameters.learning_rate_multiplier",
            "decimal_below_min_value",
        ),
        (
            {"method": {"type": "dpo", "dpo": {"hyperparameters": {"beta": 2.1}}}},
            "method.dpo.hyperparameters.beta",
            "decimal_above_max_value",
        ),
        ({"method": {"type": "reinforcement"}}, "method.type", "invalid_value"),
        ({"suffix": "x" * 65}, "suffix", "string_above_max_length"),
        ({"suffix": ""}, "suffix", "string_below_min_length"),
        ({"seed": -1}, "seed", "integer_below_min_value"),
        ({"seed": 2**31}, "seed", "integer_above_max_value"),
        (
            {"metadata": {f"k{i}": "v" for i in range(17)}},
            "metadata",
            "object_above_max_properties",
        ),
        ({"metadata": {"k": "v" * 513}}, "metadata.k", "string_above_max_length"),
        ({"metadata": {"k": 1}}, "metadata.k", "invalid_type"),
        (
            {"integrations": [{"type": "wandb", "wandb": {"project": "p"}}]},
            "integrations",
            "array_above_max_length",
        ),
        ({"extra_body": {"colour": "red"}}, "colour", "unknown_parameter"),
    ],
)
async def test_parameters_beyond_their_limits_are_refused(
    trainer: Trainer, options: dict[str, Any], param: str, code: str
):
    with pytest.raises(openai.BadRequestError) as caught:
        await trainer.start(**options)
    assert (caught.value.param, caught.value.code) == (param, code)
    assert not (await trainer.client.fine_tuning.jobs.list()).data


async def test_the_outermost_allowed_values_are_taken(trainer: Trainer):
    metadata = {f"{i:064}": "v" * 512 for i in range(16)}
    job = await trainer.start(
        suffix="x" * 64,
        seed=2**31 - 1,
        metadata=metadata,
        integrations=None,
        hyperparameters={"n_epochs": 50, "batch_size": 256, "learning_rate_multiplier": 1e-9},
    )
    assert job.metadata == metadata
    assert job.hyperparameters.n_epochs == 50
    assert job.seed == 2**31 - 1
