"""What chat and plain completions share: finding the model, asking it, counting, streaming."""

import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import orjson
from aiohttp import web

from tunesmith.local.trainer.api.access import team_of
from tunesmith.local.trainer.api.bodies import has_gone
from tunesmith.local.trainer.api.errors import ApiError, no_such_model
from tunesmith.local.trainer.api.requests import Sampling
from tunesmith.local.trainer.api.services import SERVICES, Services
from tunesmith.local.trainer.descriptor import Capability, Trainable
from tunesmith.local.trainer.jobs import (
    ContextLengthError,
    GeneratedToken,
    Generator,
    Piece,
    Prompt,
)

_logger = logging.getLogger(__name__)

Json = dict[str, object]
LEAST_LOGPROB = -9999.0
"""OpenAI's stand-in for a probability too small to tell."""


@dataclass(slots=True)
class Choice:
    """An answer as far as it has come. `finish_reason` is None until it is whole."""

    index: int
    text: str = ""
    tokens: list[GeneratedToken] = field(default_factory=list[GeneratedToken])
    finish_reason: str | None = None

    def add(self, piece: Piece) -> None:
        """One piece more."""
        self.text += piece.text
        self.tokens += piece.tokens
        self.finish_reason = piece.finish_reason


class Wire(Protocol):
    """How an endpoint writes answers down, whole or in chunks."""

    def whole(self, choices: Sequence[Choice], usage: Json) -> Json:
        """The answer that isn't streamed."""
        ...

    @property
    def opening(self) -> Json | None:
        """What the `choices` entry before a choice's text holds, if there is to be one."""
        ...

    def chunk(self, choice: Choice, piece: Piece) -> Json:
        """The entry for a piece; `choice` is what came before it."""
        ...

    def closing(self, choice: Choice) -> Json:
        """The entry that tells why the choice has ended."""
        ...

    def frame(self, choices: Sequence[Json]) -> Json:
        """A chunk around entries."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """Prompts, each to be answered `n` times."""

    body: Sampling
    prompts: Sequence[Prompt]
    max_tokens: int | None
    top_logprobs: int

    @property
    def count(self) -> int:
        """How many answers are wanted."""
        return len(self.prompts) * (self.body.n or 1)


async def respond(request: web.Request, question: Question, wire: Wire) -> web.StreamResponse:
    """Answer a question, streamed if that is wanted. Raises ApiError."""
    services = request.app[SERVICES]
    generator = await _load(services, question.body.model, team_of(request))
    asked = _Asked(request, services, generator, question)
    if question.body.stream:
        return await _stream(request, asked, wire)
    choices = [Choice(index) for index in range(question.count)]
    for choice in choices:
        async for piece in asked.pieces(choice.index):
            choice.add(piece)
    body = wire.whole(choices, await asked.usage(choices))
    return web.Response(body=orjson.dumps(body), content_type="application/json")


async def _load(services: Services, name: str, team: str) -> Generator:
    if base := services.trainables.get(name):
        _require_answers(base, name)
        if Capability.CHAT_BEFORE_TUNING not in base.engine.capabilities:
            raise _not_available(f"{name} can answer after fine-tuning only.")
        try:
            return await services.models.get_base(base)
        except OSError as error:
            raise _not_available(str(error)) from error
    model = await services.store.run(lambda: services.store.models.get(name, team))
    if model is None:
        raise no_such_model(name)
    base = services.trainables.get(model.base_model)
    if base is None:
        raise _not_available(f"This server no longer has an engine for {model.base_model}.")
    _require_answers(base, name)
    try:
        return await services.models.get(base.engine, services.folders.root / model.folder)
    except FileNotFoundError as error:
        raise no_such_model(name) from error


def _require_answers(base: Trainable, name: str) -> None:
    if not base.engine.answers_here:
        raise _not_available(
            f"{name} cannot answer here: its engine has an interpreter of its own, and this server"
            " loads models into its own process only."
        )


def _not_available(message: str) -> ApiError:
    return ApiError(400, message, param="model", code="model_not_available")


class _Asked:
    """A question put to a model on behalf of a client that may go away."""

    def __init__(
        self, request: web.Request, services: Services, generator: Generator, question: Question
    ) -> None:
        self.question = question
        self._request = request
        self._models = services.models
        self._generator = generator

    async def pieces(self, index: int) -> AsyncIterator[Piece]:
        """One answer. Ends early when the client has gone."""
        body = self.question.body
        begin = partial(
            self._generator.generate,
            self.question.prompts[index // (body.n or 1)],
            max_tokens=self.question.max_tokens,
            temperature=1.0 if body.temperature is None else body.temperature,
            top_p=1.0 if body.top_p is None else body.top_p,
            seed=None if body.seed is None else (body.seed + index) % 2**63,
            stop=[stop for stop in body.stop or [] if stop],
            top_logprobs=self.question.top_logprobs,
        )
        try:
            async for piece in self._models.pieces(begin):
                yield piece
                if has_gone(self._request):
                    return
        except ContextLengthError as error:
            raise ApiError(
                400,
                f"This model's maximum context length is {error.limit} tokens. However, your"
                f" prompt resulted in {error.tokens} tokens. Please reduce its length.",
                param="messages",
                code="context_length_exceeded",
            ) from error

    async def usage(self, choices: Sequence[Choice]) -> Json:
        """OpenAI's `usage`; nothing here is cached, spoken or thought."""
        prompt_tokens = 0
        for prompt in self.question.prompts:
            prompt_tokens += await self._models.call(partial(self._generator.count_tokens, prompt))
        completion_tokens = sum(len(choice.tokens) for choice in choices)
        return {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion_tokens,
            "total_tokens": prompt_tokens + completion_tokens,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": 0,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        }


async def _stream(request: web.Request, asked: _Asked, wire: Wire) -> web.StreamResponse:
    """Server-sent events. What goes wrong before the first piece is an ordinary error."""
    response: web.StreamResponse | None = None
    try:
        async for chunk in _chunks(asked, wire):
            if response is None:
                response = web.StreamResponse(headers={"Cache-Control": "no-cache"})
                response.content_type = "text/event-stream"
                response.charset = "utf-8"
                await response.prepare(request)
            await response.write(b"data: %b\n\n" % orjson.dumps(chunk))
        assert response
        await response.write(b"data: [DONE]\n\n")
    except ConnectionResetError:
        assert response  # The client has gone: nobody is left to be told.
    except Exception as error:
        if response is None:
            raise
        failed = error if isinstance(error, ApiError) else _broken(request)
        await response.write(b"data: %b\n\n" % orjson.dumps(failed.body))
    return response


def _broken(request: web.Request) -> ApiError:
    _logger.exception("A stream broke off: %s", request.path)
    return ApiError(500, "The model could not go on with its answer.", kind="server_error")


async def _chunks(asked: _Asked, wire: Wire) -> AsyncIterator[Json]:
    options = asked.question.body.stream_options
    with_usage: Json = {"usage": None} if options and options.include_usage else {}
    choices = [Choice(index) for index in range(asked.question.count)]
    for choice in choices:
        async for piece in asked.pieces(choice.index):
            if not choice.text and not choice.tokens and wire.opening:
                yield wire.frame([wire.opening | {"index": choice.index}]) | with_usage
            if piece.text or piece.tokens:
                yield wire.frame([wire.chunk(choice, piece)]) | with_usage
            choice.add(piece)
        yield wire.frame([wire.closing(choice)]) | with_usage
    if with_usage:
        yield wire.frame([]) | {"usage": await asked.usage(choices)}


def finite(logprob: float) -> float:
    """A log probability that JSON can hold."""
    return max(logprob, LEAST_LOGPROB)
