"""/v1/completions: a tuned model continues texts."""

import time
from collections.abc import Sequence
from itertools import accumulate

from aiohttp import web

from tunesmith.local.trainer.api.bodies import read_json
from tunesmith.local.trainer.api.forward import COMPLETION, find, forward
from tunesmith.local.trainer.api.names import fingerprint, new_id
from tunesmith.local.trainer.api.requests import CompletionCreate
from tunesmith.local.trainer.api.sampling import Choice, Json, Question, finite, respond
from tunesmith.local.trainer.jobs import GeneratedToken, Piece

routes = web.RouteTableDef()

_DEFAULT_MAX_TOKENS = 16


@routes.post("/v1/completions")
async def create(request: web.Request) -> web.StreamResponse:
    """Continue one or several texts."""
    if found := await find(request):
        return await forward(request, *found, path="/completions", known=COMPLETION)
    body = await read_json(request, CompletionCreate)
    prompts = body.prompt if isinstance(body.prompt, list) else [body.prompt or ""]
    max_tokens = body.max_tokens or _DEFAULT_MAX_TOKENS
    question = Question(body, prompts, max_tokens, body.logprobs or 0)
    return await respond(request, question, _CompletionWire(body))


class _CompletionWire:
    """`text_completion`, whole and in chunks."""

    def __init__(self, body: CompletionCreate) -> None:
        self._logprobs = body.logprobs is not None
        self._fields: Json = {
            "id": new_id("cmpl-"),
            "object": "text_completion",
            "created": int(time.time()),
            "model": body.model,
            "system_fingerprint": fingerprint(),
        }

    def whole(self, choices: Sequence[Choice], usage: Json) -> Json:
        shown = [
            self._entry(choice, choice.text, choice.tokens, 0, choice.finish_reason)
            for choice in choices
        ]
        return self._fields | {"choices": shown, "usage": usage}

    @property
    def opening(self) -> None:
        return None

    def chunk(self, choice: Choice, piece: Piece) -> Json:
        return self._entry(choice, piece.text, piece.tokens, len(choice.text), None)

    def closing(self, choice: Choice) -> Json:
        return self._entry(choice, "", [], len(choice.text), choice.finish_reason)

    def frame(self, choices: Sequence[Json]) -> Json:
        return self._fields | {"choices": choices}

    def _entry(
        self,
        choice: Choice,
        text: str,
        tokens: Sequence[GeneratedToken],
        offset: int,
        finish_reason: str | None,
    ) -> Json:
        return {
            "text": text,
            "index": choice.index,
            "logprobs": _shown_logprobs(tokens, offset) if self._logprobs else None,
            "finish_reason": finish_reason,
        }


def _shown_logprobs(tokens: Sequence[GeneratedToken], offset: int) -> Json:
    """The older form of log probabilities: lists side by side."""
    lengths = (len(token.text) for token in tokens)
    return {
        "tokens": [token.text for token in tokens],
        "token_logprobs": [finite(token.logprob) for token in tokens],
        "top_logprobs": [{t.text: finite(t.logprob) for t in token.top} for token in tokens],
        "text_offset": list(accumulate(lengths, initial=offset))[: len(tokens)],
    }
