"""Chats and completions, whole and streamed, through the official client."""

import asyncio
import shutil
import time
from pathlib import Path
from typing import Any, cast

import openai
import pytest
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam

from tests.trainer_api import BASE, fake_engine
from tests.trainer_api.client import Trainer, until

QUESTION: list[ChatCompletionMessageParam] = [{"role": "user", "content": "question 3"}]


def weights_in(tmp_path: Path) -> Path:
    [folder] = tmp_path.glob("data/jobs/*/checkpoints/step-6")
    return folder


@pytest.fixture
def trainer(tuned: tuple[Trainer, str]) -> Trainer:
    return tuned[0]


@pytest.fixture
def model(tuned: tuple[Trainer, str]) -> str:
    """The tuned model's name."""
    return tuned[1]


async def test_a_whole_answer(trainer: Trainer, model: str):
    answer = await trainer.client.chat.completions.create(model=model, messages=QUESTION)
    assert (answer.object, answer.model) == ("chat.completion", model)
    assert answer.id.startswith("chatcmpl-")
    [choice] = answer.choices
    assert (choice.index, choice.finish_reason, choice.logprobs) == (0, "stop", None)
    assert (choice.message.role, choice.message.content) == ("assistant", "answer 3 of many")
    assert answer.usage
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (2, 4)
    assert answer.usage.total_tokens == 6


async def test_a_streamed_answer_is_the_whole_answer_in_pieces(trainer: Trainer, model: str):
    stream = await trainer.client.chat.completions.create(
        model=model, messages=QUESTION, stream=True
    )
    chunks = [chunk async for chunk in stream]
    assert {chunk.object for chunk in chunks} == {"chat.completion.chunk"}
    assert len({chunk.id for chunk in chunks}) == 1
    assert chunks[0].choices[0].delta.role == "assistant"
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text == "answer 3 of many"
    assert len(chunks) == 1 + 4 + 1
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None] * 5 + ["stop"]
    assert all(chunk.usage is None for chunk in chunks)


async def test_a_stream_ends_with_usage_where_it_is_wanted(trainer: Trainer, model: str):
    stream = await trainer.client.chat.completions.create(
        model=model, messages=QUESTION, stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]
    assert all(chunk.usage is None for chunk in chunks[:-1])
    assert chunks[-1].choices == []
    assert chunks[-1].usage
    assert chunks[-1].usage.total_tokens == 6


async def test_the_sdk_s_own_stream_helper_understands_the_stream(trainer: Trainer, model: str):
    async with trainer.client.chat.completions.stream(model=model, messages=QUESTION) as stream:
        answer = await stream.get_final_completion()
    assert answer.choices[0].message.content == "answer 3 of many"


async def test_text_parts_are_joined(trainer: Trainer, model: str):
    parts: Any = [{"type": "text", "text": "ques"}, {"type": "text", "text": "tion 3"}]
    answer = await trainer.client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": parts}]
    )
    assert answer.choices[0].message.content == "answer 3 of many"


@pytest.mark.parametrize("limit", ["max_tokens", "max_completion_tokens"])
async def test_an_answer_can_be_cut_short(trainer: Trainer, model: str, limit: str):
    options: dict[str, Any] = {limit: 2}
    answer = cast(
        "ChatCompletion",
        await trainer.client.chat.completions.create(model=model, messages=QUESTION, **options),
    )
    assert answer.choices[0].message.content == "answer 3"
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage
    assert answer.usage.completion_tokens == 2


@pytest.mark.parametrize("stop", ["of", ["x", "of"]])
async def test_an_answer_stops_before_a_stop_sequence(
    trainer: Trainer, model: str, stop: str | list[str]
):
    assert await trainer.ask(model, "question 3", stop=stop) == "answer 3"


async def test_several_choices_are_numbered_whole_and_streamed(trainer: Trainer, model: str):
    answer = await trainer.client.chat.completions.create(model=model, messages=QUESTION, n=3)
    assert [choice.index for choice in answer.choices] == [0, 1, 2]
    assert answer.usage
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (2, 12)
    texts = ["", "", ""]
    stream = await trainer.client.chat.completions.create(
        model=model, messages=QUESTION, n=3, stream=True
    )
    async for chunk in stream:
        texts[chunk.choices[0].index] += chunk.choices[0].delta.content or ""
    assert texts == ["answer 3 of many"] * 3


async def test_log_probabilities(trainer: Trainer, model: str):
    answer = await trainer.client.chat.completions.create(
        model=model, messages=QUESTION, logprobs=True, top_logprobs=2
    )
    assert answer.choices[0].logprobs
    content = answer.choices[0].logprobs.content
    assert content
    assert "".join(token.token for token in content) == "answer 3 of many"
    assert (content[0].logprob, bytes(content[0].bytes or [])) == (-0.5, b"answer")
    # A byte that is no character, and a probability of nothing, which JSON has no number for.
    rare = content[0].top_logprobs[1]
    assert (rare.token, rare.bytes, rare.logprob) == ("\\xff", [255], -9999.0)
    stream = await trainer.client.chat.completions.create(
        model=model, messages=QUESTION, logprobs=True, stream=True
    )
    tokens = [
        token.token
        async for chunk in stream
        if chunk.choices[0].logprobs
        for token in chunk.choices[0].logprobs.content or []
    ]
    assert tokens == ["answer", " 3", " of", " many"]


async def test_plain_completions(trainer: Trainer, model: str):
    answer = await trainer.client.completions.create(
        model=model, prompt=["question 1", "question 2"], n=2, logprobs=1
    )
    assert answer.object == "text_completion"
    texts = [f"answer {i} of many" for i in (1, 1, 2, 2)]
    assert [choice.text for choice in answer.choices] == texts
    assert [choice.index for choice in answer.choices] == [0, 1, 2, 3]
    assert answer.usage
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (4, 16)
    logprobs = answer.choices[0].logprobs
    assert logprobs
    tokens = ["answer", " 1", " of", " many"]
    assert logprobs.tokens == tokens
    assert logprobs.text_offset == [0, 6, 8, 11]
    assert logprobs.top_logprobs == [{token: -0.5} for token in tokens]


async def test_plain_completions_stream(trainer: Trainer, model: str):
    # The official types want a finish_reason in every chunk, which OpenAI does not send either.
    stream = await trainer.lenient.completions.create(
        model=model, prompt="question 1", stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]
    assert "".join(c.choices[0].text for c in chunks[:-1]) == "answer 1 of many"
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage
    assert chunks[-1].usage.total_tokens == 6


async def test_the_base_model_says_that_it_cannot_answer_yet(trainer: Trainer):
    with pytest.raises(openai.BadRequestError, match="after fine-tuning only"):
        await trainer.ask(BASE, "hello")


@pytest.mark.parametrize("model", ["gpt-4o", "ft:gpt-4o:x::y", f"ft:{BASE}:local::none"])
async def test_other_models_are_not_found(trainer: Trainer, model: str):
    with pytest.raises(openai.NotFoundError, match="does not exist") as caught:
        await trainer.ask(model, "hello")
    assert caught.value.code == "model_not_found"


@pytest.mark.parametrize("stream", [False, True])
async def test_a_prompt_that_is_too_long_is_refused(trainer: Trainer, model: str, stream: bool):
    with pytest.raises(openai.BadRequestError, match="maximum context length is 100") as caught:
        await trainer.ask(model, "word " * 100, stream=stream)
    assert caught.value.code == "context_length_exceeded"


@pytest.mark.parametrize(
    ("options", "param"),
    [
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools"),
        ({"response_format": {"type": "json_object"}}, "response_format.type"),
        ({"frequency_penalty": 0.5}, "frequency_penalty"),
        ({"logit_bias": {"1": 5}}, "logit_bias"),
        ({"temperature": 2.1}, "temperature"),
        ({"top_p": 1.1}, "top_p"),
        ({"n": 0}, "n"),
        ({"n": 129}, "n"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_tokens": 1, "max_completion_tokens": 1}, "max_tokens"),
        ({"stop": ["a"] * 5}, "stop"),
        ({"top_logprobs": 2}, "top_logprobs"),
        ({"logprobs": True, "top_logprobs": 21}, "top_logprobs"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "user"}]}, "messages[0].content"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages[0].role"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
            "messages[0].content[0].type",
        ),
        ({"extra_body": {"colour": "red"}}, "colour"),
    ],
)
async def test_what_cannot_be_honoured_is_refused(
    trainer: Trainer, options: dict[str, Any], param: str
):
    with pytest.raises(openai.BadRequestError) as caught:
        await trainer.ask("ft:any", "q", **options)
    assert caught.value.param == param


async def test_what_changes_nothing_is_taken(trainer: Trainer, model: str):
    answer = await trainer.ask(
        model,
        "question 3",
        frequency_penalty=0,
        logit_bias={},
        metadata={"k": "v"},
        n=None,
        parallel_tool_calls=True,
        presence_penalty=0.0,
        response_format={"type": "text"},
        seed=-(2**63),
        service_tier="auto",
        stop="",
        store=True,
        temperature=0,
        tools=[],
        top_p=0,
        user="somebody",
    )
    assert answer == "answer 3 of many"


async def test_a_model_that_breaks_is_a_server_error(trainer: Trainer, model: str):
    with pytest.raises(openai.InternalServerError) as caught:
        await trainer.ask(model, "break")
    assert "broke" not in str(caught.value)


async def test_a_stream_that_breaks_says_so(trainer: Trainer, model: str):
    stream = await trainer.client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": "break"}], stream=True
    )
    with pytest.raises(openai.APIError, match="could not go on"):
        _ = [chunk async for chunk in stream]


@pytest.mark.parametrize("stream", [False, True])
async def test_a_client_that_goes_away_stops_its_answer(trainer: Trainer, model: str, stream: bool):
    fake_engine.pieces_made.clear()
    asking = asyncio.create_task(
        endless(trainer, model) if stream else trainer.ask(model, "for ever")
    )

    async def begun() -> bool:
        return len(fake_engine.pieces_made) > 3

    assert await until(begun)
    asking.cancel()
    await asyncio.wait([asking])

    async def ended() -> bool:
        return time.monotonic() - fake_engine.pieces_made[-1] > 0.3

    assert await until(ended)


async def endless(trainer: Trainer, model: str) -> None:
    async with await trainer.client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": "for ever"}], stream=True
    ) as stream:
        async for _chunk in stream:
            pass


async def test_endless_answers_do_not_hold_up_the_server(trainer: Trainer, model: str):
    asking = [asyncio.create_task(endless(trainer, model)) for _ in range(6)]
    assert await trainer.ask(model, "question 3") == "answer 3 of many"
    for task in asking:
        assert not task.done()
        task.cancel()
    await asyncio.wait(asking)


async def test_models_are_listed_retrieved_and_deleted(trainer: Trainer, model: str):
    models = (await trainer.client.models.list()).data
    assert models[0].id == BASE
    assert {listed.id for listed in models} == {BASE, model} | {
        f"{model}:ckpt-step-{step}" for step in (2, 4, 6)
    }
    for listed in models:
        assert await trainer.client.models.retrieve(listed.id) == listed
        assert listed.object == "model"
        assert listed.shutdown_date is None
    _status, body, _headers = await trainer.raw("GET", f"/v1/models/{model}")
    assert body["shutdown_date"] is None
    assert set(body) == {"id", "object", "created", "owned_by", "shutdown_date"}

    deleted = await trainer.client.models.delete(model)
    assert (deleted.id, deleted.deleted, deleted.object) == (model, True, "model")
    with pytest.raises(openai.NotFoundError):
        await trainer.client.models.retrieve(model)
    with pytest.raises(openai.NotFoundError):
        await trainer.client.models.delete(model)
    with pytest.raises(openai.NotFoundError):
        await trainer.ask(model, "question 3")


async def test_weights_go_with_the_last_model_that_uses_them(
    trainer: Trainer, model: str, tmp_path: Path
):
    weights = weights_in(tmp_path)
    assert await trainer.ask(model, "question 3")
    await trainer.client.models.delete(model)
    assert await trainer.ask(f"{model}:ckpt-step-6", "question 3") == "answer 3 of many"
    await trainer.client.models.delete(f"{model}:ckpt-step-6")
    assert not weights.exists()
    assert await trainer.ask(f"{model}:ckpt-step-4", "question 3") == "answer 3 of many"


async def test_the_base_model_cannot_be_deleted(trainer: Trainer):
    with pytest.raises(openai.PermissionDeniedError):
        await trainer.client.models.delete(BASE)


async def test_a_model_whose_weights_were_lost_is_not_found(
    trainer: Trainer, model: str, tmp_path: Path
):
    weights = weights_in(tmp_path)
    shutil.rmtree(weights)
    with pytest.raises(openai.NotFoundError):
        await trainer.ask(model, "question 3")
