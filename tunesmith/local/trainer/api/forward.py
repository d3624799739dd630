"""Answers of models that another server has: its answer, with our name and errors.

The request goes on as it came, but with OpenAI's parameters alone: servers take others of their
own, which are not for everybody.
"""

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import aiohttp
import orjson
from aiohttp import web

from tunesmith.local.trainer.api.access import team_of
from tunesmith.local.trainer.api.bodies import unless_gone
from tunesmith.local.trainer.api.errors import ApiError, bad_value, no_such_model
from tunesmith.local.trainer.api.services import SERVICES
from tunesmith.local.trainer.servers.servers import ModelServer, Target
from tunesmith.local.trainer.servers.turns import BusyError
from tunesmith.local.trainer.servers.upstream import (
    NoAdaptersError,
    NoSuchAdapterError,
    ServerError,
    told_error,
)

_logger = logging.getLogger(__name__)
Json = dict[str, Any]

COMMON = frozenset(
    [
        "model",
        "frequency_penalty",
        "logit_bias",
        "logprobs",
        "max_tokens",
        "n",
        "presence_penalty",
        "seed",
        "stop",
        "stream",
        "stream_options",
        "temperature",
        "top_p",
        "user",
    ]
)
CHAT = COMMON | frozenset(
    [
        "messages",
        "audio",
        "function_call",
        "max_completion_tokens",
        "metadata",
        "modalities",
        "parallel_tool_calls",
        "prediction",
        "prompt_cache_key",
        "prompt_cache_options",
        "prompt_cache_retention",
        "reasoning_effort",
        "response_format",
        "safety_identifier",
        "service_tier",
        "store",
        "tool_choice",
        "tools",
        "top_logprobs",
        "verbosity",
    ]
)
"""OpenAI's parameters of chats, without `functions`, for which there are `tools`."""
COMPLETION = COMMON | frozenset(("prompt", "best_of", "echo", "suffix"))
_BUSY_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Served:
    """A model that another server has; `folder` is its adapter's, None of a base model."""

    server: ModelServer
    name: str
    folder: Path | None


async def find(request: web.Request) -> tuple[Served, Json] | None:
    """The served model that a request names, and its body. None where it names another one."""
    services, team = request.app[SERVICES], team_of(request)
    try:
        body: Any = orjson.loads(await request.read())
    except orjson.JSONDecodeError:
        return None
    name: Any = cast("Json", body).get("model") if isinstance(body, dict) else None
    if not isinstance(name, str):
        return None
    folder, base = None, services.trainables.get(name)
    if base is None:
        model = await services.store.run(lambda: services.store.models.get(name, team))
        if model is None:
            return None
        base = services.trainables.get(model.base_model)
        folder = services.folders.root / model.folder
    server = services.servers.of(base) if base else None
    return None if server is None else (Served(server, name, folder), cast("Json", body))


async def forward(
    request: web.Request, served: Served, body: Json, *, path: str, known: frozenset[str]
) -> web.StreamResponse:
    """Let the server answer, as long as the client is there. Raises ApiError."""
    if unknown := sorted(body.keys() - known):
        param = unknown[0]
        raise bad_value(f"Unknown parameter: '{param}'.", param, "unknown_parameter")
    return await unless_gone(request, _forward(request, served, body, path))


async def _forward(
    request: web.Request, served: Served, body: Json, path: str
) -> web.StreamResponse:
    async with AsyncExitStack() as stack:
        try:
            if served.server.takes_turns:
                turns = request.app[SERVICES].servers.turns
                await stack.enter_async_context(turns.answering())
            answer = await stack.enter_async_context(_answer(served, path, body))
        except BusyError as error:
            raise _unavailable(str(error), "gpu_busy", _BUSY_SECONDS) from error
        except NoSuchAdapterError as error:
            raise no_such_model(served.name) from error
        except NoAdaptersError as error:
            raise bad_value(str(error), "model", "model_not_available") from error
        except ServerError as error:
            raise _unavailable(str(error), "model_server_unavailable", 5) from error
        if answer.status != 200:
            raise _refusal(answer.status, await answer.read())
        if answer.content_type == "text/event-stream":
            return await _stream(request, answer, served.name)
        return web.json_response(await _whole(answer, served.name), dumps=_dumps)


@asynccontextmanager
async def _answer(served: Served, path: str, body: Json) -> AsyncGenerator[aiohttp.ClientResponse]:
    """The server's answer. An adapter that it has lost is loaded again, once."""
    for last in (False, True):
        async with served.server.target(served.name, served.folder) as target:
            answer = await target.upstream.post(path, body | target.says)
            try:
                if not (_is_lost(answer, target) and not last):
                    yield answer
                    return
            finally:
                answer.release()
        served.server.lose(served.name)


def _is_lost(answer: aiohttp.ClientResponse, target: Target) -> bool:
    return answer.status == 404 and target.adapter


async def _whole(answer: aiohttp.ClientResponse, name: str) -> Json:
    try:
        body: Json = orjson.loads(await answer.read())
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        message = "The server that has this model broke off its answer."
        raise _unavailable(message, "model_server_unavailable", 5) from error
    return body | {"model": name}


async def _stream(
    request: web.Request, answer: aiohttp.ClientResponse, name: str
) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Cache-Control": "no-cache"})
    response.content_type, response.charset = "text/event-stream", "utf-8"
    await response.prepare(request)
    try:
        if not await _copy(answer, name, response.write):
            await response.write(b"data: %b\n\n" % orjson.dumps(_broken().body))
    except ConnectionResetError:
        pass  # The client has gone, and the server stops when its answer is let go of.
    return response


async def _copy(
    answer: aiohttp.ClientResponse, name: str, write: Callable[[bytes], Awaitable[None]]
) -> bool:
    """Pass a stream on. False where it broke off.

    Some servers (`transformers serve`) leave out the mark of the end.
    """
    lines, ended = answer.content, False
    while True:
        try:
            line = await lines.readline()
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            _logger.exception("The answer of a server broke off")
            return False
        if not line and not ended:
            return False
        said = line.removeprefix(b"data:").strip()
        if line and not (line.startswith(b"data:") and said):
            continue
        if not line or said == b"[DONE]":
            await write(b"data: [DONE]\n\n")
            return True
        chunk: Json = orjson.loads(said)
        if "error" in chunk:
            _logger.error("A server broke off its answer: %s", said[:500])
            return False
        choices: list[Json] = chunk.get("choices") or []
        ended = ended or any(choice.get("finish_reason") for choice in choices)
        await write(b"data: %b\n\n" % orjson.dumps(chunk | {"model": name}))


def _dumps(body: object) -> str:
    return orjson.dumps(body).decode()


def _broken() -> ApiError:
    return ApiError(500, "The model could not go on with its answer.", kind="server_error")


def _unavailable(message: str, code: str, seconds: int) -> ApiError:
    headers = {"Retry-After": str(seconds)}
    return ApiError(503, message, code=code, kind="server_error", headers=headers)


def _refusal(status: int, body: bytes) -> ApiError:
    """What the server says of a request that it refuses; its own troubles are not the client's."""
    said = told_error(body)
    if status in (401, 403, 404, 405) or status >= 500 or not said:
        _logger.error("A server answered %s: %s", status, body[:500])
        message = "The server that has this model could not answer."
        return _unavailable(message, "model_server_unavailable", 5)
    message, code = str(said.get("message", "")), said.get("code")
    if "maximum context length" in message:
        code = "context_length_exceeded"
    param: Any = said.get("param")
    return ApiError(
        status,
        message,
        code=code if isinstance(code, str) else None,
        param=param if isinstance(param, str) else None,
    )
