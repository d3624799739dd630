"""The texts of some examples side by side, and which of the examples are the same."""

import hashlib
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tunesmith.bot.datasets.example import Example, Spot
from tunesmith.bot.datasets.text_buffer import Hashes, TextBuffer, mixed


class Identities(NamedTuple):
    """Examples with equal `prompts` ask the same; with equal `answers` too, they are the same.

    Both hold a 64-bit hash of each example, the same in every process. The answer is the last text
    that is learnt and all after it (in a preference example, both outputs); roles, texts, tools
    and images count, ids, names and weights do not.
    """

    prompts: Hashes
    answers: Hashes


class Contents:
    """All texts of some examples, their `spots`, and in `owners` the index of the example of each.

    First, in order, those that are spoken: example i has those from first_spoken[i] to
    first_spoken[i + 1] (excluded). Then those that are given.
    """

    def __init__(self, examples: Sequence[Example]) -> None:
        self.examples = examples
        self.texts: list[str] = []
        given: list[str] = []
        for each in examples:
            texts, outline = each.texts, each.outline
            if outline.given:
                self.texts += [texts[index] for index in outline.spoken]
                given += [texts[index] for index in outline.given]
            else:
                self.texts += texts
        self.texts += given
        self._outlines = [each.outline for each in examples]
        spoken = [outline.spoken for outline in self._outlines]
        indices = spoken + [outline.given for outline in self._outlines]
        counts = np.array(list(map(len, indices)), np.int64)
        self.first_spoken = np.concatenate(([0], np.cumsum(counts[: len(examples)])))
        self.owners: NDArray[np.intp] = np.repeat(np.tile(np.arange(len(examples)), 2), counts)
        self._indices = [index for each in indices for index in each]
        places = zip(self._outlines * 2, indices, strict=True)
        self.spots: list[Spot] = [
            outline.spots[index] for outline, each in places for index in each
        ]

    @cached_property
    def buffer(self) -> TextBuffer:
        """The texts in one buffer; quicker to make once they are counted."""
        return TextBuffer(self.texts)

    def identities(self) -> Identities:
        """What each example asks, and what it answers."""
        orders = np.array(self._indices, np.int64)
        first_answers = np.array([outline.first_answer for outline in self._outlines], np.int64)
        said = np.array([outline.said for outline in self._outlines], np.int64)
        asks = orders < first_answers[self.owners]
        answers = ~asks & (orders < said[self.owners])
        roles = np.array([_role_hash(spot.role) for spot in self.spots], np.uint64)
        hashes = mixed(self.buffer.hashes() ^ mixed(roles + orders.astype(np.uint64)))
        beside = [_hash(outline.beside) for outline in self._outlines]
        prompts = np.array(beside, np.uint64)
        np.add.at(prompts, self.owners[asks], hashes[asks])
        prompts = mixed(prompts)
        answered = prompts.copy()
        np.add.at(answered, self.owners[answers], hashes[answers])
        answered = mixed(answered)
        is_system = np.array([spot.role == "system" for spot in self.spots], np.bool_)
        questions = self.owners[asks & ~is_system & (np.diff(self.buffer.starts) > 1)]
        has_question = np.zeros(len(prompts), np.bool_)
        has_question[questions] = True
        # Without a question, the answer says what an example is.
        return Identities(np.where(has_question, prompts, answered), answered)


@lru_cache(maxsize=256)
def _role_hash(role: str) -> int:
    return _hash(role.encode())


def _hash(data: bytes) -> int:
    return int.from_bytes(hashlib.sha256(data).digest()[:8]) if data else 0
