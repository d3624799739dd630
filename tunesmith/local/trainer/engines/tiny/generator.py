"""A loaded model that answers."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from tunesmith.local.trainer.jobs import ContextLengthError, GeneratedToken, Piece, Prompt, Token

from .arrays import Floats, Ints
from .checkpoint import Model, read_model
from .decoding import Decoding
from .examples import CONTEXT, encode_prompt
from .pieces import Pieces
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
        sampler = _Sampler(temperature, top_p, seed)
        return self._write(ids, room, sampler, Pieces(stop), top_logprobs)

    def _write(
        self, ids: list[int], room: int, sampler: "_Sampler", pieces: Pieces, top_logprobs: int
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

    def _generated(self, chosen: int, logprobs: Floats, top_logprobs: int) -> GeneratedToken:
        top: list[int] = _likeliest_first(logprobs)[:top_logprobs].tolist() if top_logprobs else []
        return GeneratedToken(
            self._tokenizer.bytes_of(chosen),
            float(logprobs[chosen]),
            tuple(Token(self._tokenizer.bytes_of(one), float(logprobs[one])) for one in top),
        )


class _Sampler:
    """Chooses among tokens; equal seeds choose equally."""

    def __init__(self, temperature: float, top_p: float, seed: int | None) -> None:
        self._temperature = temperature
        self._top_p = top_p
        self._rng = np.random.default_rng(seed)

    def choose(self, logprobs: Floats) -> int:
        """Draw a token from the likeliest ones that make up top_p; the likeliest at heat 0."""
        if self._temperature == 0:
            return int(logprobs.argmax())
        scaled = _log_probabilities(logprobs / self._temperature)
        order = _likeliest_first(scaled)
        sums: Floats = np.cumsum(np.exp(scaled[order]))
        last = int(np.searchsorted(sums, min(self._top_p, float(sums[-1]))))
        drawn = int(np.searchsorted(sums, self._rng.random() * float(sums[last]), side="right"))
        return int(order[min(drawn, last)])


def _likeliest_first(logprobs: Floats) -> Ints:
    return np.argsort(-logprobs, kind="stable")


def _log_probabilities(logits: Floats) -> Floats:
    """In double precision, with what an answer may never hold at -inf."""
    wide = logits.astype(np.float64)
    wide[_NEVER_WRITTEN] = -np.inf
    wide -= wide.max()
    return wide - np.log(np.exp(wide).sum())
