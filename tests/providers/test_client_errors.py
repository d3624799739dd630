"""Whatever a provider or a proxy in front of it answers becomes one of our errors."""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from tunesmith.bot.errors import ProviderBusyError, ProviderError
from tunesmith.bot.providers.asking import Prompt
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.bot.providers.openai_client import OpenAIClient

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
CHUNK = (
    b'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[%s]}\n\n'
)
PIECE = CHUNK % b'{"index":0,"delta":{"content":"Half"},"finish_reason":null}'


@asynccontextmanager
async def _client(answer: Answer) -> AsyncGenerator[OpenAIClient]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    client = OpenAIClient(
        "local",
        load_catalogue().providers["local"],
        base_url=f"http://127.0.0.1:{runner.addresses[0][1]}/v1",
        api_key="k",
    )
    try:
        yield client
    finally:
        await client.close()
        await runner.cleanup()


def _always(status: int, text: str, kind: str = "application/json", **headers: str) -> Answer:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=text, content_type=kind, headers=headers)

    return answer


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (403, "<html>Forbidden</html>", "text/html"),
        (404, '{"error": "no such route"}', "application/json"),
        (400, '["strange"]', "application/json"),
        (400, '{"error": {"message": {"deep": 1}, "code": 7}}', "application/json"),
        (401, '{"error": {"message": "Bad key", "code": "invalid_api_key"}}', "application/json"),
    ],
)
async def test_a_refusal_of_any_shape_is_a_refusal(status: int, body: str, kind: str) -> None:
    async with _client(_always(status, body, kind)) as client:
        with pytest.raises(ProviderError, match="This machine refused") as refused:
            await client.cancel("ftjob-1")
    assert not isinstance(refused.value, ProviderBusyError)


async def test_what_a_server_in_trouble_says_is_said() -> None:
    told = '{"error": {"message": "Only premium users can use this endpoint"}}'
    async with _client(_always(500, told)) as client:
        with pytest.raises(ProviderBusyError, match=r"HTTP 500.*Only premium users"):
            await client.jobs_page(None)


async def test_a_refusal_that_a_proxy_passes_on_as_text_is_that_of_whom_it_asked() -> None:
    inner = json.dumps({"error": {"message": "Closed to you", "code": "training_not_available"}})
    told = json.dumps({"error": {"message": inner, "type": "None", "code": "403"}})
    async with _client(_always(403, told)) as client:
        with pytest.raises(ProviderError, match="refused: Closed to you") as refused:
            await client.cancel("ftjob-1")
    assert (refused.value.code, refused.value.said) == ("training_not_available", "Closed to you")


@pytest.mark.parametrize("status", [404, 405, 501])
async def test_a_provider_without_a_list_of_jobs_lists_none_and_finds_none(status: int) -> None:
    async with _client(_always(status, "{}")) as client:
        assert await client.jobs_page(None) is None
        with pytest.raises(ProviderError, match="no list of jobs"):
            await client.find_job("file-1", since=0)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503, 529])
async def test_what_may_pass_by_itself_is_told_from_a_refusal(status: int) -> None:
    async with _client(_always(status, "{}")) as client:
        with pytest.raises(ProviderBusyError):
            await client.jobs_page(None)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        ("86400", 300),
        ("0", None),
        ("-5", None),
        ("nan", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
    ],
)
async def test_a_time_to_wait_is_taken_where_it_makes_sense(
    header: str, seconds: float | None
) -> None:
    async with _client(_always(429, "{}", **{"Retry-After": header})) as client:
        with pytest.raises(ProviderBusyError) as busy:
            await client.job("ftjob-1")
    assert busy.value.retry_after == seconds


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<html>Sign in</html>", "text/html"),
        ("{not json", "application/json"),
        ('{"object": "list"}', "application/json"),
        ("[]", "application/json"),
    ],
)
async def test_an_answer_that_is_no_job_may_have_hidden_one_and_is_looked_at_again(
    body: str, kind: str
) -> None:
    async with _client(_always(200, body, kind)) as client:
        with pytest.raises(ProviderBusyError, match="can't be read"):
            await client.job("ftjob-1")
        with pytest.raises(ProviderBusyError, match="can't be read"):
            await client.cancel("ftjob-1")


@pytest.mark.parametrize("body", ["<html>Sign in</html>", "[]", '"text"', '{"data": "rows"}'])
async def test_an_answer_that_is_no_list_is_looked_at_again(body: str) -> None:
    kind = "text/html" if body.startswith("<") else "application/json"
    async with _client(_always(200, body, kind)) as client:
        with pytest.raises(ProviderBusyError, match="can't be read"):
            await client.jobs_page(None)
        with pytest.raises(ProviderBusyError, match="can't be read"):
            await client.metrics("ftjob-1", ())
        with pytest.raises(ProviderBusyError, match="can't be read"):
            await client.find_file("a.jsonl")


@pytest.mark.parametrize(
    ("ending", "said_of_it"),
    [
        (b"", "does not answer"),
        (b"data: [DONE]\n\n", "before the answer was whole"),
        (b"data: {broken\n\n", "can't be read"),
        (b'data: {"error": {"message": "Overloaded", "code": "busy"}}\n\n', "Overloaded"),
    ],
)
async def test_an_answer_that_breaks_off_in_the_middle_says_so(
    ending: bytes, said_of_it: str
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(PIECE)
        await response.write(ending)
        if request.transport and not ending:
            request.transport.abort()
        return response

    said: list[str] = []

    async def ask(client: OpenAIClient) -> None:
        async with client.ask("m", Prompt()) as pieces:
            async for piece in pieces:
                said.append(piece)

    async with _client(answer) as client:
        with pytest.raises(ProviderBusyError, match=said_of_it):
            await ask(client)
    assert said == ["Half"]
