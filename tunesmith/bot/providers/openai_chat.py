"""Answers of a model by OpenAI's endpoints, which providers of other protocols have too."""

from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from openai import AsyncOpenAI, AsyncStream, BadRequestError, UnprocessableEntityError

from tunesmith.bot.errors import ProviderBusyError
from tunesmith.bot.messages import Message, say
from tunesmith.bot.providers.asking import Piece, Prompt, Reply
from tunesmith.bot.providers.asking_errors import Asking
from tunesmith.bot.providers.chat_chunks import Halves, piece_of

_CHAT, _TEXT = "/chat/completions", "/completions"
# What a plain completion has at most, by OpenAI's reference; vLLM's older versions too.
_FEWER_LOGPROBS = 5
Body = dict[str, Any]


class Chat:
    """Asks models through an openai client; `name` and `title` are the provider's."""

    def __init__(self, client: AsyncOpenAI, name: str, title: str | Message) -> None:
        self._client = client
        self._name = name
        self._title = title
        # What each model has refused before, by the names of parameters.
        self._refused: dict[str, list[str]] = {}

    @asynccontextmanager
    async def ask(self, model: str, prompt: Prompt) -> AsyncGenerator[Reply]:
        """Ask a model; the block gets its answer as it comes. Raises as `Trainer.ask` does.

        A parameter that is only refused by some (`stream_options`, `logprobs`, `max_tokens` where
        it is called `max_completion_tokens`, a `temperature` that can't be chosen) is left out
        then, from that model's next question on at once.
        """
        stream = await self._open(model, prompt)
        try:
            yield Reply(self._pieces(stream, model), prompt)
        finally:
            await stream.close()

    async def _open(self, model: str, prompt: Prompt) -> AsyncStream[object]:
        refused = self._refused.get(model, [])
        body = _body(model, prompt)
        for name in refused:
            _without(body, name)
        with self._asking(model):
            while True:
                try:
                    stream = await self._client.post(
                        _CHAT if prompt.text is None else _TEXT,
                        body=body,
                        cast_to=object,
                        stream=True,
                        stream_cls=AsyncStream[object],
                    )
                except (BadRequestError, UnprocessableEntityError) as error:
                    name = _named(error, body)
                    if name is None:
                        raise
                    _without(body, name)
                    refused = [*refused, name]
                else:
                    self._refused[model] = refused
                    return stream

    async def _pieces(self, stream: AsyncStream[object], model: str) -> AsyncIterator[Piece]:
        ended = False
        halves: defaultdict[int | None, Halves] = defaultdict(Halves)  # the text's, and each call's
        with self._asking(model):
            try:
                async for chunk in stream:
                    piece = piece_of(chunk)
                    ended = ended or piece.finish_reason is not None
                    calls = [
                        replace(one, arguments=halves[one.index].add(one.arguments, last=ended))
                        for one in piece.calls
                    ]
                    text = halves[None].add(piece.text, last=ended)
                    yield piece._replace(text=text, calls=calls)
            except Exception:
                if not ended:  # else all but its usage is there
                    raise
        if not ended:
            raise ProviderBusyError(
                say("provider.ended_early", provider=self._title), "ended_early"
            )

    def _asking(self, model: str) -> Asking:
        return Asking(self._name, self._title, model)


def _body(model: str, prompt: Prompt) -> Body:
    """The request; what is not chosen is not sent."""
    body: Body = {
        "model": model,
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": prompt.temperature,
        "stop": list(prompt.stop) or None,
    }
    if prompt.text is None:
        body |= {
            "messages": list(prompt.messages),
            "max_tokens": prompt.most_tokens,
            "tools": list(prompt.tools) or None,
            "response_format": prompt.response_format,
            "logprobs": True if prompt.top_logprobs else None,
            "top_logprobs": prompt.top_logprobs,
        }
    else:
        body |= {
            "prompt": prompt.text,
            "max_tokens": prompt.most_tokens,
            "logprobs": prompt.top_logprobs and min(prompt.top_logprobs, _FEWER_LOGPROBS),
        }
    return {name: value for name, value in body.items() if value is not None}


def _named(error: BadRequestError | UnprocessableEntityError, body: Body) -> str | None:
    """The parameter of the request that is refused, where it can be sent without."""
    said = f"{error.param or ''} {error.message}"
    names = ["stream_options", "top_logprobs", "logprobs", "temperature"]
    if "messages" in body:
        names.append("max_tokens")
    return next((name for name in names if name in body and name in said), None)


def _without(body: Body, name: str) -> None:
    """Leave a parameter out, or send what stands for it."""
    value = body.pop(name, None)
    if name == "max_tokens" and value is not None:
        body["max_completion_tokens"] = value
    elif name == "top_logprobs" and isinstance(value, int) and value > _FEWER_LOGPROBS:
        body[name] = _FEWER_LOGPROBS
    elif name == "logprobs":
        body.pop("top_logprobs", None)
