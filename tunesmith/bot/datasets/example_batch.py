"""The texts of a batch of examples as arrays, and what each example asks and answers."""

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple, TypeVar

import numpy as np
import stringzilla
from numpy.typing import NDArray

from tunesmith.bot.datasets.example import Example, TextField
from tunesmith.bot.datasets.normal_text import normal_hashes
from tunesmith.bot.datasets.text_buffer import Hashes, TextBuffer, mixed

_Number = TypeVar("_Number", bound=np.generic)


class Turns(NamedTuple):
    """Every question with the answer that is learnt, in the order of the examples.

    `examples` are their indices, `messages` how many messages stand before the answer, `opens`
    marks one turn of each example: the first with a question. The hashes are the same in every
    process: `questions` of all before the answer (tools, system, normal texts), `answers` of the
    answer as it is, `rejected` of the worse one (0 where there is none). An example that asks
    nothing has one turn without an answer (0), and its identity for a question.
    """

    examples: NDArray[np.intp]
    messages: NDArray[np.intp]
    opens: NDArray[np.bool_]
    questions: Hashes
    answers: Hashes
    rejected: Hashes

    def only(self, kept: NDArray[np.bool_]) -> "Turns":
        """Some of them."""
        return Turns(
            self.examples[kept],
            self.messages[kept],
            self.opens[kept],
            self.questions[kept],
            self.answers[kept],
            self.rejected[kept],
        )


class ExampleBatch:
    """All texts of some examples; in `owners` the index of the example of each.

    First, in order, those that are spoken: example i has those from first_spoken[i] to
    first_spoken[i + 1] (excluded). Then those that are given, `counted` together with them; last
    those that no model reads. `is_answer` tells which the model learns; `frame_tokens` are the
    tokens around the texts of each example. `declared` are texts that only cost tokens, with their
    `declared_owners`.
    """

    def __init__(self, examples: Sequence[Example]) -> None:
        self.examples = examples
        self.texts = _texts(examples)
        self.lines = np.array([each.line for each in examples], np.uint32)
        self.identities = np.array([each.identity for each in examples], np.uint64)
        # Most examples share a few layouts, so what layouts say is looked up once for each.
        self._layouts = list(dict.fromkeys(each.layout for each in examples))
        numbers = {layout: number for number, layout in enumerate(self._layouts)}
        self._which = np.array([numbers[each.layout] for each in examples], np.intp)
        parts = [
            _rows([layout.spoken for layout in self._layouts], self._which, np.intp),
            _rows([layout.given for layout in self._layouts], self._which, np.intp),
            _rows([layout.unread for layout in self._layouts], self._which, np.intp),
        ]
        orders = np.concatenate([order for order, _ in parts])
        counts = np.concatenate([count for _, count in parts])
        self.first_spoken = _firsts(parts[0][1])
        self.counted = len(parts[0][0]) + len(parts[1][0])
        self.owners: NDArray[np.intp] = np.repeat(np.tile(np.arange(len(examples)), 3), counts)
        self._fields: list[TextField] = [one for each in self._layouts for one in each.fields]
        first_fields = _firsts(np.array([len(each.fields) for each in self._layouts], np.intp))
        self._fields_of: NDArray[np.intp] = first_fields[self._which][self.owners] + orders
        is_answer = np.array([one.answer for one in self._fields], np.bool_)
        self.is_answer = is_answer[self._fields_of]
        frames = np.array([each.frame_tokens for each in self._layouts], np.int64)
        self.frame_tokens = frames[self._which]
        self.declared = [text for each in examples for text in each.declared]
        self.declared_owners = np.repeat(
            np.arange(len(examples)), [len(each.declared) for each in examples]
        )

    @cached_property
    def buffer(self) -> TextBuffer:
        """The texts in one buffer; quicker to make once they are counted."""
        return TextBuffer(self.texts)

    @property
    def utf8(self) -> bytes:
        """The UTF-8 of all that is counted, and more."""
        return self.buffer.data + "".join(self.declared).encode()

    def spoken_hashes(self) -> Hashes:
        """A hash of all that is spoken in each example."""
        bounds, data = self.buffer.starts[self.first_spoken].tolist(), memoryview(self.buffer.data)
        found = [stringzilla.hash(data[start:end]) for start, end in pairwise(bounds)]
        return np.array(found, np.uint64)

    def text_field(self, index: int) -> TextField:
        """Where a text stands."""
        return self._fields[int(self._fields_of[index])]

    @cached_property
    def turns(self) -> Turns:
        """What the examples ask, and what they answer."""
        layouts, which = self._layouts, self._which
        messages, lengths = _rows([each.turns for each in layouts], which, np.intp)
        examples = np.repeat(np.arange(len(which)), lengths)
        questions, has_question = self._questions(examples, messages)
        answers = _hashes([text for each in self.examples for text in each.answers])
        rejected = np.zeros(len(answers), np.uint64)
        if any(each.rejected for each in self.examples):
            worse = [each.rejected or [""] * len(each.answers) for each in self.examples]
            rejected = _hashes([text for texts in worse for text in texts])
        opens = np.zeros(len(answers), np.bool_)
        found = Turns(examples, messages, opens, questions, answers, rejected)
        return self._with_openings(found, has_question)

    def _questions(
        self, examples: NDArray[np.intp], messages: NDArray[np.intp]
    ) -> tuple[Hashes, NDArray[np.bool_]]:
        """A hash of all that stands before so many messages of examples, and if any of it asks."""
        layouts, which = self._layouts, self._which
        keys, sizes = _rows([[at.key for at in each.places] for each in layouts], which, np.uint64)
        asks, _ = _rows([[at.asks for at in each.places] for each in layouts], which, np.bool_)
        said = normal_hashes([text for each in self.examples for text in each.asked])
        starts = _firsts(sizes)[examples]
        ends = starts + messages
        sums = _sums(mixed(said ^ keys))
        tools = np.array([each.tools for each in layouts], np.uint64)[which][examples]
        asked = _sums((asks & (said != 0)).astype(np.uint64))
        return mixed(sums[ends] - sums[starts] + tools), asked[ends] > asked[starts]

    @cached_property
    def openings(self) -> NDArray[np.intp]:
        """The turn of each example that opens it."""
        return np.flatnonzero(self.turns.opens)

    def _with_openings(self, turns: Turns, has_question: NDArray[np.bool_]) -> Turns:
        """Leave out turns without a question, but of each example keep one turn."""
        first = _firsts(np.bincount(turns.examples, minlength=len(self.examples)))[:-1]
        mute = np.bincount(turns.examples[has_question], minlength=len(self.examples)) == 0
        turns.questions[first[mute]] = self.identities[mute]
        turns.answers[first[mute]] = 0
        kept = has_question.copy()
        kept[first[mute]] = True
        left = turns.only(kept)
        left.opens[np.flatnonzero(np.diff(left.examples, prepend=-1))] = True
        return left


def _texts(examples: Sequence[Example]) -> list[str]:
    """First the spoken texts of all examples, then the given ones, last those that are not read."""
    spoken: list[str] = []
    given: list[str] = []
    unread: list[str] = []
    for each in examples:
        texts, layout = each.texts, each.layout
        if layout.given or layout.unread:
            spoken += [texts[index] for index in layout.spoken]
            given += [texts[index] for index in layout.given]
            unread += [texts[index] for index in layout.unread]
        else:
            spoken += texts
    return spoken + given + unread


def _rows(
    rows: Sequence[Sequence[float]], which: NDArray[np.intp], kind: type[_Number]
) -> tuple[NDArray[_Number], NDArray[np.intp]]:
    """The rows of these numbers one after the other, and the length of each."""
    lengths = np.array([len(row) for row in rows], np.intp)
    starts = np.cumsum(lengths) - lengths
    counts = lengths[which]
    shifts = np.repeat(starts[which] - np.cumsum(counts) + counts, counts)
    values = np.array([value for row in rows for value in row], kind)
    return values[shifts + np.arange(len(shifts))], counts


def _firsts(counts: NDArray[np.intp]) -> NDArray[np.intp]:
    """Where each of so many begins, and where the last ends."""
    return np.concatenate((np.zeros(1, np.intp), np.cumsum(counts)))


def _sums(values: Hashes) -> Hashes:
    """The sum of all values before each, and of all."""
    return np.concatenate((np.zeros(1, np.uint64), np.cumsum(values)))


def _hashes(texts: Sequence[str]) -> Hashes:
    """A hash of each text; 0 for the empty one."""
    return np.array([stringzilla.hash(text) if text else 0 for text in texts], np.uint64)
