"""Preference training (DPO, arXiv:2305.18290), experimental on a model this small.

Plain DPO makes a tiny model forget its other answers. What held: few and small steps, a share of
the preferred answer's own loss, and in every batch some of the parent's own examples.
"""

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from .arrays import Floats, Tokens, Weights
from .examples import Preference
from .model import Trace, backward, forward, make_batch
from .parallel import Score, gradients_of, score_of, split

_PREFERRED_LOSS = 0.3
_REPLAYED = 4


@dataclass(frozen=True, slots=True)
class _Item:
    """The preferred and the other answer to a prompt, or one of the parent's own examples.

    `reference` is by how much the parent held the preferred answer to be likelier, in nats.
    """

    sequences: tuple[Tokens, ...]
    reference: float = 0.0

    def __len__(self) -> int:
        return sum(map(len, self.sequences))


class PreferenceTraining:
    """What a training and a validation file of preferences ask of a model already tuned.

    `replay` are examples that the parent learnt, `parent` its weights.
    """

    accuracy = "reward_accuracy"

    def __init__(
        self,
        training: Sequence[Preference],
        validation: Sequence[Preference],
        replay: Sequence[Tokens],
        *,
        parent: Weights,
        beta: float,
        seed: int,
    ) -> None:
        self._training = [_with_reference(preference, parent) for preference in training]
        self._validation = [_with_reference(preference, parent) for preference in validation]
        self._replay = [_Item((tokens,)) for tokens in replay]
        self._beta = beta
        self._seed = seed

    def learn(
        self, weights: Weights, chosen: Sequence[int], step: int, pool: Executor
    ) -> tuple[Weights, Score]:
        """Gradients of one batch, and how well its answers were told apart."""
        rng = random.Random(self._seed * 2**32 + step)
        replayed = rng.sample(self._replay, min(_REPLAYED, len(self._replay)))

        def work(part: list[_Item]) -> tuple[Weights, Score]:
            sums, lengths, trace = _answer_log_probabilities(weights, part)
            slopes = np.zeros_like(sums)
            score = Score()
            for row, item in _rows(part):
                if len(item.sequences) == 1:
                    slopes[row] = -1 / (lengths[row] * len(replayed))
                    continue
                margin = self._margin(item, sums[row : row + 2])
                score = score.plus(_score(margin))
                push = self._beta * np.exp(-np.logaddexp(0.0, margin))
                slopes[row] = -(push + _PREFERRED_LOSS / lengths[row]) / len(chosen)
                slopes[row + 1] = push / len(chosen)
            return backward(weights, trace, slopes[trace.batch.owners]), score

        items = [*(self._training[index] for index in chosen), *replayed]
        return gradients_of(split(items), work, pool)

    def validate(self, weights: Weights, chosen: Sequence[int], pool: Executor) -> Score:
        """How well the answers of these validation pairs are told apart."""

        def work(part: list[_Item]) -> Score:
            sums, _, _ = _answer_log_probabilities(weights, part)
            score = Score()
            for row, item in _rows(part):
                score = score.plus(_score(self._margin(item, sums[row : row + 2])))
            return score

        return score_of(split([self._validation[index] for index in chosen]), work, pool)

    def losses(self, weights: Weights, chosen: Sequence[int]) -> list[float]:
        """DPO's loss of each of these training pairs."""
        part = [self._training[index] for index in chosen]
        sums, _, _ = _answer_log_probabilities(weights, part)
        return [_score(self._margin(item, sums[row : row + 2])).loss for row, item in _rows(part)]

    def _margin(self, pair: _Item, sums: Floats) -> float:
        return self._beta * (float(sums[0] - sums[1]) - pair.reference)


def _with_reference(preference: Preference, parent: Weights) -> _Item:
    pair = _Item((preference.preferred, preference.other))
    sums, _, _ = _answer_log_probabilities(parent, [pair])
    return _Item(pair.sequences, reference=float(sums[0] - sums[1]))


def _answer_log_probabilities(
    weights: Weights, part: Sequence[_Item]
) -> tuple[Floats, Floats, Trace]:
    """For each sequence of the part in turn: its answer's log probability and its length."""
    sequences = [tokens for item in part for tokens in item.sequences]
    found, _, trace = forward(weights, make_batch(sequences))
    owners = trace.batch.owners
    sums = np.bincount(owners, weights=found, minlength=len(sequences)).astype(found.dtype)
    lengths = np.bincount(owners, minlength=len(sequences)).astype(found.dtype)
    return sums, lengths, trace


def _rows(part: Sequence[_Item]) -> Iterator[tuple[int, _Item]]:
    """Each item with the row of its first sequence."""
    row = 0
    for item in part:
        yield row, item
        row += len(item.sequences)


def _score(margin: float) -> Score:
    """DPO's loss, -log sigmoid(margin), and whether the preferred answer won."""
    return Score(float(np.logaddexp(0.0, -margin)), float(margin > 0), 1)
