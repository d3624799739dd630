"""The texts of a batch of examples as arrays, and which of the examples are the same."""

import hashlib
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tunesmith.bot.datasets.example import Example, TextField
from tunesmith.bot.datasets.text_buffer import Hashes, TextBuffer, mixed


class Identities(NamedTuple):
    """Examples with equal `prompts` ask the same; with equal `answers` too, they are the same.

    Both hold a 64-bit hash of each example, the same in every process. The answer is the last text
    that is learnt and all after it (in a preference example, both outputs); roles, texts, tools
    and images count, ids, names and weights do not.
    """

    prompts: Hashes
    answers: Hashes


class ExampleBatch:
    """All texts of some examples; in `owners` the index of the example of each.

    First, in order, those that are spoken: example i has those from first_spoken[i] to
    first_spoken[i + 1] (excluded). Then those that are given. `is_answer` tells which the model
    learns; `frame_tokens` are the tokens around the texts of each example.
    """

    def __init__(self, examples: Sequence[Example]) -> None:
        self.examples = examples
        self.texts = _texts(examples)
        # Most examples share a few layouts, so what layouts say is looked up once for each.
        self._layouts = list(dict.fromkeys(each.layout for each in examples))
        numbers = {layout: number for number, layout in enumerate(self._layouts)}
        self._which = np.array([numbers[each.layout] for each in examples], np.intp)
        spoken, spoken_counts = _rows([each.spoken for each in self._layouts], self._which)
        given, given_counts = _rows([each.given for each in self._layouts], self._which)
        counts = np.concatenate((spoken_counts, given_counts))
        self.first_spoken = np.concatenate(([0], np.cumsum(spoken_counts)))
        self.owners: NDArray[np.intp] = np.repeat(np.tile(np.arange(len(examples)), 2), counts)
        self._orders = np.concatenate((spoken, given))
        self._fields: list[TextField] = [one for each in self._layouts for one in each.fields]
        sizes = np.array([len(each.fields) for each in self._layouts], np.intp)
        first_fields = np.cumsum(sizes) - sizes
        self._places: NDArray[np.intp] = first_fields[self._which][self.owners] + self._orders
        is_answer = np.array([one.answer for one in self._fields], np.bool_)
        self.is_answer = is_answer[self._places]
        self.frame_tokens = np.array([each.frame_tokens for each in self._layouts], np.int64)[
            self._which
        ]

    @cached_property
    def buffer(self) -> TextBuffer:
        """The texts in one buffer; quicker to make once they are counted."""
        return TextBuffer(self.texts)

    def text_field(self, index: int) -> TextField:
        """Where a text stands."""
        return self._fields[int(self._places[index])]

    def identities(self) -> Identities:
        """What each example asks, and what it answers."""
        layouts, which = self._layouts, self._which
        first_answers = np.array([layout.first_answer for layout in layouts], np.intp)[which]
        said = np.array([layout.said_count for layout in layouts], np.intp)[which]
        asks = self._orders < first_answers[self.owners]
        answers = ~asks & (self._orders < said[self.owners])
        roles = np.array([_role_hash(one.role) for one in self._fields], np.uint64)[self._places]
        hashes = mixed(self.buffer.hashes() ^ mixed(roles + self._orders.astype(np.uint64)))
        prompts = np.array([_hash(layout.other_content) for layout in layouts], np.uint64)[which]
        np.add.at(prompts, self.owners[asks], hashes[asks])
        prompts = mixed(prompts)
        answered = prompts.copy()
        np.add.at(answered, self.owners[answers], hashes[answers])
        answered = mixed(answered)
        is_system = np.array([one.role == "system" for one in self._fields], np.bool_)
        is_question = asks & ~is_system[self._places] & (np.diff(self.buffer.starts) > 1)
        has_question = np.zeros(len(prompts), np.bool_)
        has_question[self.owners[is_question]] = True
        # Without a question, the answer says what an example is.
        return Identities(np.where(has_question, prompts, answered), answered)


def _texts(examples: Sequence[Example]) -> list[str]:
    """First the spoken texts of all examples, then the given ones."""
    spoken: list[str] = []
    given: list[str] = []
    for each in examples:
        texts, layout = each.texts, each.layout
        if layout.given:
            spoken += [texts[index] for index in layout.spoken]
            given += [texts[index] for index in layout.given]
        else:
            spoken += texts
    return spoken + given


def _rows(
    rows: Sequence[Sequence[int]], which: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The rows of these numbers one after the other, and the length of each."""
    lengths = np.array([len(row) for row in rows], np.intp)
    starts = np.cumsum(lengths) - lengths
    counts = lengths[which]
    shifts = np.repeat(starts[which] - np.cumsum(counts) + counts, counts)
    values = np.array([value for row in rows for value in row], np.intp)
    return values[shifts + np.arange(len(shifts))], counts


@lru_cache(maxsize=256)
def _role_hash(role: str) -> int:
    return _hash(role.encode())


def _hash(data: bytes) -> int:
    return int.from_bytes(hashlib.sha256(data).digest()[:8]) if data else 0
