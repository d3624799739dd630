"""Prompt noise: what is read is disturbed, what is learnt never is.

A model that sees each question in one spelling only learns the spelling. With noise it answers far
more questions that are phrased in a new way.
"""

import random

from .arrays import Tokens
from .examples import CONTEXT, Example, Segment, assemble
from .tokenizer import SYSTEM, Tokenizer

_MERGES_LEFT_OUT = 0.1
_PROMPTS_THINNED = 0.5
_TOKENS_LEFT_OUT = 0.1
_SYSTEM_LEFT_OUT = 0.2


def noisy_tokens(example: Example, tokenizer: Tokenizer, rng: random.Random) -> Tokens:
    """The example with words spelt in smaller pieces and, in half of the cases, with gaps.

    Where there are gaps the system message may be missing too, so that a question alone is enough.
    """
    thinned = rng.random() < _PROMPTS_THINNED
    alone = thinned and rng.random() < _SYSTEM_LEFT_OUT

    def text(segment: Segment) -> list[int]:
        if segment.learnt:
            return tokenizer.encode(segment.text)
        ids = tokenizer.encode_noisily(segment.text, rng, _MERGES_LEFT_OUT)
        return [one for one in ids if not thinned or rng.random() >= _TOKENS_LEFT_OUT]

    segments = [part for part in example.segments if not (alone and part.role == SYSTEM)]
    tokens = assemble([(segment, text(segment)) for segment in segments])
    # Smaller pieces can push the answer out of the context.
    return tokens if len(tokens) < CONTEXT else example.tokens
