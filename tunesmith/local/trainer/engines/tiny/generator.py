"""A loaded model that answers."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from tunesmith.local.trainer.engines.pieces import Pieces
from tunesmith.local.trainer.engines.sampling import (
    Logprobs,
    Sampler,
    likeliest_first,
    log_probabilities,
)
from tunesmith.local.trainer.jobs import ContextLengthError, GeneratedToken, Piece, Prompt, Token

from .arrays import Floats
from .checkpoint import Model, read_model
from .decoding import Decoding
from .examples import CONTEXT, encode_prompt
from .tokenizer import END, SPECIALS

_NEVER_WRITTEN = [number for number in range(len(SPECIALS)) if number != END]


def load(folder: Path) -> "TinyGenerator":
    """Load a model from a checkpoint's folder. Raises OSError where there is none."""
    return TinyGenerator(read_model(folder))


class TinyGenerator:
    """The tiny engine's `Generator`; jobs.py tells what its methods promise."""

    context_length = CONTEXT

    def __init__(self, model: Model) -> None:
        self._weights = model.weights
        self._tokenizer = model.tokenizer

    def count_tokens(self, prompt: Prompt) -> int:
        """The tokens that the model reads for this prompt."""
        return len(encode_prompt(prompt, self._tokenizer))

    def generate(
        self,
        prompt: Prompt,
        *,
        max_tokens: int | None = None,
        temperature: float = 1.0,
        top_p: float = 1.0,
        seed: int | None = None,
        stop: Sequence[str] = (),
        top_logprobs: int = 0,
    ) -> Iterator[Piece]:
        """Answer piece by piece."""
        ids = encode_prompt(prompt, self._tokenizer)
        room = CONTEXT - len(ids)
        if room < 1:
            raise ContextLengthError(CONTEXT, len(ids))
        room = room if max_tokens is None else min(room, max_tokens)
        sampler = Sampler(temperature, top_p, seed)
        return self._write(ids, room, sampler, Pieces(stop), top_logprobs)

    def _write(
        self, ids: list[int], room: int, sampler: Sampler, pieces: Pieces, top_logprobs: int
    ) -> Iterator[Piece]:
        decoding = Decoding(self._weights, len(ids) + room)
        unread = ids
        for _ in range(room):
            logprobs = _log_probabilities(decoding.read(unread))
            chosen = sampler.choose(logprobs)
            if chosen == END:
                yield pieces.finish("stop")
                return
            piece = pieces.add(self._generated(chosen, logprobs, top_logprobs))
            if piece is not None:
                yield piece
                if piece.finish_reason is not None:
                    return
            unread = [chosen]
        yield pieces.finish("length")

    def _generated(self, chosen: int, logprobs: Logprobs, top_logprobs: int) -> GeneratedToken:
        top: list[int] = likeliest_first(logprobs)[:top_logprobs].tolist() if top_logprobs else []
        return GeneratedToken(
            self._tokenizer.bytes_of(chosen),
            float(logprobs[chosen]),
            tuple(Token(self._tokenizer.bytes_of(one), float(logprobs[one])) for one in top),
        )


def _log_probabilities(logits: Floats) -> Logprobs:
    """With what an answer may never hold at -inf."""
    allowed = logits.copy()
    allowed[_NEVER_WRITTEN] = -np.inf
    return log_probabilities(allowed)
