"""/v1/chat/completions: a tuned model answers a chat."""

import time
from collections.abc import Sequence

from aiohttp import web

from tunesmith.local.trainer.api.bodies import read_json
from tunesmith.local.trainer.api.errors import bad_value
from tunesmith.local.trainer.api.forward import CHAT, find, forward
from tunesmith.local.trainer.api.names import fingerprint, new_id
from tunesmith.local.trainer.api.requests import ChatCreate
from tunesmith.local.trainer.api.sampling import Choice, Json, Question, finite, respond
from tunesmith.local.trainer.jobs import GeneratedToken, Piece, Token

routes = web.RouteTableDef()


@routes.post("/v1/chat/completions")
async def create(request: web.Request) -> web.StreamResponse:
    """Answer a chat."""
    if found := await find(request):
        return await forward(request, *found, path="/chat/completions", known=CHAT)
    body = await read_json(request, ChatCreate)
    if body.max_tokens is not None and body.max_completion_tokens is not None:
        raise bad_value(
            "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
            "max_tokens",
            "invalid_parameter_combination",
        )
    if body.top_logprobs is not None and not body.logprobs:
        raise bad_value("'top_logprobs' needs 'logprobs' to be true.", "top_logprobs")
    question = Question(
        body,
        [body.messages],
        body.max_completion_tokens or body.max_tokens,
        body.top_logprobs or 0,
    )
    return await respond(request, question, _ChatWire(body))


class _ChatWire:
    """`chat.completion` and `chat.completion.chunk`."""

    def __init__(self, body: ChatCreate) -> None:
        self._logprobs = bool(body.logprobs)
        self._fields: Json = {
            "id": new_id("chatcmpl-"),
            "created": int(time.time()),
            "model": body.model,
            "service_tier": "default",
            "system_fingerprint": fingerprint(),
        }

    def whole(self, choices: Sequence[Choice], usage: Json) -> Json:
        shown = [self._whole_choice(choice) for choice in choices]
        return self._fields | {"object": "chat.completion", "choices": shown, "usage": usage}

    def _whole_choice(self, choice: Choice) -> Json:
        message: Json = {"role": "assistant", "content": choice.text, "refusal": None}
        return {
            "index": choice.index,
            "message": message | {"annotations": list[Json]()},
            "logprobs": self._shown_logprobs(choice.tokens),
            "finish_reason": choice.finish_reason,
        }

    @property
    def opening(self) -> Json:
        delta = {"role": "assistant", "content": "", "refusal": None}
        return {"delta": delta, "logprobs": None, "finish_reason": None}

    def chunk(self, choice: Choice, piece: Piece) -> Json:
        return {
            "index": choice.index,
            "delta": {"content": piece.text},
            "logprobs": self._shown_logprobs(piece.tokens),
            "finish_reason": None,
        }

    def closing(self, choice: Choice) -> Json:
        reason = choice.finish_reason
        return {"index": choice.index, "delta": {}, "logprobs": None, "finish_reason": reason}

    def frame(self, choices: Sequence[Json]) -> Json:
        return self._fields | {"object": "chat.completion.chunk", "choices": choices}

    def _shown_logprobs(self, tokens: Sequence[GeneratedToken]) -> Json | None:
        if not self._logprobs:
            return None
        content = [
            _shown_token(token) | {"top_logprobs": [_shown_token(top) for top in token.top]}
            for token in tokens
        ]
        return {"content": content, "refusal": None}


def _shown_token(token: Token) -> Json:
    return {"token": token.text, "bytes": list(token.bytes), "logprob": finite(token.logprob)}
