"""A loaded model that answers: a base model, with or without an adapter."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tunesmith.local.trainer.engines.pieces import Pieces
from tunesmith.local.trainer.engines.process import JobError
from tunesmith.local.trainer.engines.sampling import (
    Logprobs,
    Sampler,
    likeliest_first,
    log_probabilities,
)
from tunesmith.local.trainer.jobs import (
    ContextLengthError,
    GeneratedToken,
    ModelSource,
    Piece,
    Prompt,
    Token,
)

from .base_model import adapter_of, find, load_model, load_tokenizer
from .checkpoint import read_source
from .libraries import torch
from .template import Template
from .token_bytes import TokenBytes


def load(folder: Path) -> "LoraGenerator":
    """Load a tuned model. Raises OSError where it, or its base model, has gone."""
    source = read_source(folder)
    return _load(source, folder)


def load_base(source: ModelSource) -> "LoraGenerator":
    """Load a base model. Raises OSError where it is not on this machine."""
    return _load(source, None)


def _load(source: ModelSource, adapter: Path | None) -> "LoraGenerator":
    try:
        weights = find(source)
        tokenizer = load_tokenizer(weights)
        model = load_model(weights)
        if adapter is not None:
            model = adapter_of(model, adapter, source, trainable=False)
    except JobError as error:
        raise OSError(str(error)) from error
    return LoraGenerator(model.eval(), tokenizer)


class LoraGenerator:
    """The engine's `Generator`; jobs.py tells what its methods promise."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self._model = model
        self._template = Template(tokenizer)
        self._bytes = TokenBytes(tokenizer)
        ends: Any = model.generation_config.eos_token_id  # None, one or several
        self._ends = self._template.ends() | {*([ends] if isinstance(ends, int) else ends or [])}

    @property
    def context_length(self) -> int:
        """What the base model was trained for."""
        return self._model.config.get_text_config().max_position_embeddings

    def count_tokens(self, prompt: Prompt) -> int:
        """The tokens that the model reads for this prompt."""
        return len(self._template.prompt(prompt))

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
        ids = self._template.prompt(prompt)
        room = self.context_length - len(ids)
        if room < 1:
            raise ContextLengthError(self.context_length, len(ids))
        room = room if max_tokens is None else min(room, max_tokens)
        sampler = Sampler(temperature, top_p, seed)
        return self._write(ids, room, sampler, Pieces(stop), top_logprobs)

    def _write(
        self, ids: list[int], room: int, sampler: Sampler, pieces: Pieces, top_logprobs: int
    ) -> Iterator[Piece]:
        memory, unread = None, ids
        for number in range(room):
            memory, logprobs = self._read(unread, memory)
            chosen = sampler.choose(logprobs)
            if chosen in self._ends:
                yield pieces.finish("stop")
                return
            first = number == 0
            piece = pieces.add(self._generated(chosen, logprobs, top_logprobs, first=first))
            if piece is not None:
                yield piece
                if piece.finish_reason is not None:
                    return
            unread = [chosen]
        yield pieces.finish("length")

    def _read(self, ids: list[int], memory: Any) -> tuple[Any, Logprobs]:
        with torch.inference_mode():
            output = self._model(
                input_ids=torch.tensor([ids], device=self._model.device),
                past_key_values=memory,
                use_cache=True,
                logits_to_keep=1,
            )
        return output.past_key_values, log_probabilities(output.logits[0, -1].float().cpu().numpy())

    def _generated(
        self, chosen: int, logprobs: Logprobs, top_logprobs: int, *, first: bool
    ) -> GeneratedToken:
        top: list[int] = likeliest_first(logprobs)[:top_logprobs].tolist() if top_logprobs else []
        return GeneratedToken(
            self._bytes.of(chosen, first=first),
            float(logprobs[chosen]),
            tuple(Token(self._bytes.of(one, first=first), float(logprobs[one])) for one in top),
        )
