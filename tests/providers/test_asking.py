"""Answers of servers by many makers: their streams, and what they refuse.

The shapes are those of streams that other projects recorded (github.com/vercel/ai, fixtures of
Azure, Mistral, Groq, DeepSeek and others; github.com/ggml-org/llama.cpp) or report.
"""

import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import pytest
from aiohttp import web

from tunesmith.bot.errors import ProviderBusyError, ProviderError
from tunesmith.bot.providers.asking import Prompt, Reply, ToolCall, Usage, WhyNot
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.bot.providers.openai_client import OpenAIClient

Chunk = dict[str, Any]


class Refusal(NamedTuple):
    """An answer that is an error."""

    status: int
    error: dict[str, Any]


Answering = Callable[[dict[str, Any]], list[Chunk] | Refusal]
# LiteLLM 1.106.2 in front of a server that has no such model.
_NO_MODEL = (
    "litellm.NotFoundError: OpenAIException - The model `m` does not exist or you do not have"
    " access to it.\n\nLiteLLM: model group 'm' failed with the error above."
)
_QUESTION = Prompt(messages=({"role": "user", "content": "Hi"},))


@asynccontextmanager
async def _client(
    answer: Callable[[dict[str, Any]], list[Chunk] | Refusal],
) -> AsyncGenerator[OpenAIClient]:
    """A client of a server; `answer` gets a request's body, and gives chunks or a refusal."""

    async def respond(request: web.Request) -> web.StreamResponse:
        said = answer(await request.json())
        if isinstance(said, Refusal):
            return web.json_response({"error": said.error}, status=said.status)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for chunk in said:
            await response.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
        await response.write(b"data: [DONE]\n\n")
        return response

    app = web.Application()
    app.router.add_post("/v1/{path:.*}", respond)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    local = load_catalogue().providers["local"]
    client = OpenAIClient("local", local, base_url=url, api_key="k")
    yield client
    await client.close()
    await runner.cleanup()


async def _asked(client: OpenAIClient, prompt: Prompt = _QUESTION) -> tuple[str, Reply]:
    async with client.ask("m", prompt) as reply:
        return "".join([piece async for piece in reply]), reply


def _delta(finish: str | None = None, **delta: object) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def _call(arguments: str, **more: object) -> dict[str, Any]:
    name = more.pop("name", None)
    return {"function": {"arguments": arguments, "name": name}, **more}


_NONE: list[Chunk] = []
_FILTERED_PROMPT: Chunk = {"choices": _NONE, "prompt_filter_results": [{"prompt_index": 0}]}
_USED = {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}


@pytest.mark.parametrize(
    ("chunks", "text", "finish"),
    [
        pytest.param(
            [
                _FILTERED_PROMPT,
                _delta(role="assistant", content="", refusal=None),
                _delta(content="Hello"),
                _delta("stop"),
                {"choices": [{"index": 0, "content_filter_offsets": None, "finish_reason": None}]},
            ],
            "Hello",
            "stop",
            id="azure",
        ),
        pytest.param(
            [
                {"choices": [{"delta": None, "finish_reason": ""}], "usage": None},
                {"choices": None},
                {**_delta(content="Hello"), "error": None},
                {"choices": [{"delta": {"content": None}, "finish_reason": "stop"}]},
            ],
            "Hello",
            "stop",
            id="nulls",
        ),
        pytest.param(
            [
                _delta(content=[{"type": "thinking", "thinking": [{"text": "hm"}]}]),
                _delta(content=[{"type": "text", "text": "Hello"}]),
                _delta("stop", content="", reasoning_content="hm"),
            ],
            "Hello",
            "stop",
            id="mistral, parts of content",
        ),
        pytest.param(
            [_delta(refusal="I can't "), _delta(refusal="help."), _delta("stop")],
            "I can't help.",
            "refusal",
            id="a refusal",
        ),
        pytest.param(
            [_delta(content="Half"), _delta("content_filter")],
            "Half",
            "content_filter",
            id="filtered",
        ),
    ],
)
async def test_streams_of_many_makers_are_read(chunks: list[Any], text: str, finish: str) -> None:
    async with _client(lambda _body: chunks) as client:
        said, reply = await _asked(client)
    assert (said, reply.finish_reason) == (text, finish)


async def test_what_no_database_takes_is_replaced() -> None:
    said = ["a\0b", "\ud83d", "\ud83d\ude00!", "\ude00", "\ud83d"]
    chunks = [{"choices": [{"index": 0, "delta": {"content": each}}]} for each in said]
    end: Chunk = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    async with _client(lambda _: [*chunks, end]) as client, client.ask("m", _QUESTION) as reply:
        told = [piece async for piece in reply]
    assert told == ["a\ufffdb", "\ufffd\U0001f600!", "\ufffd", "\ufffd"]


async def test_a_character_that_a_server_splits_over_two_pieces_arrives_whole() -> None:
    halves = ["안녕 \ud83d", "\ude00", "\ud83d", "\ude00!"]
    calls = [
        _delta(tool_calls=[{"index": 0, "function": {"name": "say", "arguments": each}}])
        for each in ('{"a": "\ud83d', '\ude00"}')
    ]
    chunks = [*(_delta(content=each) for each in halves), *calls, _delta("tool_calls")]
    async with _client(lambda _: chunks) as client:
        said, reply = await _asked(client)
    assert said == "안녕 \U0001f600\U0001f600!"
    assert [call.arguments for call in reply.tool_calls] == ['{"a": "\U0001f600"}']


@pytest.mark.parametrize(
    ("told", "cached"),
    [
        ({}, None),
        ({"prompt_tokens_details": None}, None),
        ({"prompt_tokens_details": {"cached_tokens": 4}}, 4),
    ],
)
@pytest.mark.parametrize("with_choice", [True, False])
async def test_used_tokens_are_what_the_provider_tells(
    told: dict[str, Any], cached: int | None, *, with_choice: bool
) -> None:
    usage: Chunk = {"usage": _USED | told}
    ended = _delta("stop", content="Yes")
    chunks = [ended | usage] if with_choice else [ended, {"choices": _NONE, **usage}]
    async with _client(lambda _body: chunks) as client:
        _, reply = await _asked(client)
    assert reply.usage == Usage(9, 2, cached)


@pytest.mark.parametrize(
    "parts",
    [
        [[_call("", name="look", id="c1", index=0)], [_call('{"a"', index=0)], [_call(":1}")]],
        [[_call('{"a"', name="look", id="c1", index=0)], [_call(":1}", id="c1", name="look")]],
        [[_call('{"a":1}', name="look", id="c1")]],
    ],
)
async def test_calls_of_tools_are_put_together_from_their_parts(parts: list[Any]) -> None:
    chunks = [*(_delta(tool_calls=part) for part in parts), _delta("tool_calls")]
    async with _client(lambda _body: chunks) as client:
        text, reply = await _asked(client)
    assert (text, reply.finish_reason) == ("", "tool_calls")
    assert reply.tool_calls == [ToolCall("c1", "look", '{"a":1}')]


async def test_calls_of_one_index_but_several_ids_are_several() -> None:
    both = [_call("{}", name="look", id="c1", index=0), _call("{}", name="go", id="c2", index=0)]
    async with _client(lambda _body: [_delta("tool_calls", tool_calls=both)]) as client:
        _, reply = await _asked(client)
    assert [call.name for call in reply.tool_calls] == ["look", "go"]


@pytest.mark.parametrize(
    ("refused", "message", "sent_then"),
    [
        ("stream_options", "Extra inputs are not permitted: stream_options", None),
        ("temperature", "Unsupported value: 'temperature' does not support 0", None),
        ("max_tokens", "Unsupported parameter: 'max_tokens'", {"max_completion_tokens": 7}),
        ("top_logprobs", "top_logprobs must be at most 5", {"top_logprobs": 5}),
        ("logprobs", "logprobs are not supported with this model", None),
    ],
)
async def test_a_parameter_that_a_server_refuses_is_not_sent_to_it_again(
    refused: str, message: str, sent_then: dict[str, Any] | None
) -> None:
    bodies: list[dict[str, Any]] = []

    def answer(body: dict[str, Any]) -> list[Chunk] | Refusal:
        bodies.append(body)
        if body.get(refused) not in (None, (sent_then or {}).get(refused)):
            return Refusal(400, {"message": message, "code": "unsupported", "param": None})
        return [_delta("stop", content="Yes")]

    prompt = Prompt(messages=_QUESTION.messages, most_tokens=7, top_logprobs=20)
    async with _client(answer) as client:
        assert (await _asked(client, prompt))[0] == "Yes"
        assert (await _asked(client, prompt))[0] == "Yes"
    assert len(bodies) == 3, "the second question is asked at once as it is taken"
    assert bodies[1] == bodies[2]
    assert (sent_then or {}).items() <= bodies[2].items()


@pytest.mark.parametrize(
    ("status", "error", "kind", "said"),
    [
        (429, {"message": "That model is still being loaded. Please try again"}, "loading", "load"),
        (503, {"message": "Loading model", "type": "unavailable_error"}, "loading", "loading"),
        (
            400,
            {"code": "context_length_exceeded", "message": "Too long"},
            "context",
            "shorter",
        ),
        (
            400,
            {"code": 400, "message": "This model's maximum context length is 8 tokens."},
            "context",
            "shorter",
        ),
        (404, {"code": "DeploymentNotFound", "message": "No."}, "gone", "deployment"),
        (404, {"code": "model_not_found", "message": "It does not exist"}, "gone", "deleted"),
        (404, {"code": "404", "message": _NO_MODEL}, "gone", "deleted"),
        (
            400,
            {
                "code": "content_filter",
                "message": "The response was filtered",
                "innererror": {
                    "code": "ResponsibleAIPolicyViolation",
                    "content_filter_result": {
                        "violence": {"filtered": True, "severity": "medium"},
                        "hate": {"filtered": False, "severity": "safe"},
                        "custom_blocklists": _NONE,
                    },
                },
            },
            "filter",
            "violence",
        ),
    ],
)
async def test_why_there_is_no_answer_is_told_with_what_can_be_done(
    status: int, error: dict[str, Any], kind: str, said: str
) -> None:
    kinds = {
        "loading": WhyNot.MODEL_LOADING,
        "context": WhyNot.CONTEXT_OVERFLOW,
        "gone": WhyNot.MODEL_NOT_FOUND,
        "filter": WhyNot.CONTENT_FILTER,
    }
    async with _client(lambda _body: Refusal(status, error)) as client:
        with pytest.raises(ProviderError, match=said) as refused:
            await _asked(client)
    assert refused.value.code == kinds[kind]
    assert isinstance(refused.value, ProviderBusyError) is (kind == "loading")


async def test_an_error_in_the_middle_of_a_stream_is_told_from_an_outage() -> None:
    filtered = {"error": {"message": "Filtered.", "code": "content_filter"}}
    async with _client(lambda _body: [_delta(content="Half"), filtered]) as client:
        with pytest.raises(ProviderError) as refused:
            await _asked(client)
    assert refused.value.code == WhyNot.CONTENT_FILTER
    assert not isinstance(refused.value, ProviderBusyError)


async def test_a_classification_is_a_label_with_its_share() -> None:
    tops = [{"token": "spam", "logprob": -0.1}, {"token": "ham", "logprob": -2.4}]
    place = {"token": "spam", "logprob": -0.1, "top_logprobs": tops}
    told = {"delta": {"content": "spam"}, "logprobs": {"content": [place]}}
    chunks = [{"choices": [told]}, _delta("length")]
    prompt = Prompt(
        messages=_QUESTION.messages, most_tokens=1, top_logprobs=20, labels=("ham", "spam")
    )
    async with _client(lambda _body: chunks) as client:
        text, reply = await _asked(client, prompt)
    assert (text, reply.finish_reason) == ("spam", "stop"), "it is all of the label"
    assert {name: round(share, 2) for name, share in reply.labels.items()} == {
        "spam": 0.9,
        "ham": 0.09,
    }


async def test_a_text_is_continued_at_the_endpoint_for_completions() -> None:
    asked: list[dict[str, Any]] = []

    def answer(body: dict[str, Any]) -> list[Chunk]:
        asked.append(body)
        logprobs = {"tokens": [" yes"], "top_logprobs": [{" yes": -0.2, " no": -1.7}]}
        return [{"choices": [{"text": " yes", "finish_reason": "stop", "logprobs": logprobs}]}]

    prompt = Prompt(text="Open?\n->", stop=("\n",), most_tokens=4, labels=("yes", "no"))
    async with _client(answer) as client:
        text, reply = await _asked(client, prompt)
    assert text == " yes"
    assert asked[0]["prompt"] == "Open?\n->"
    assert (asked[0]["stop"], asked[0]["max_tokens"]) == (["\n"], 4)
    assert list(reply.labels) == ["yes", "no"]
