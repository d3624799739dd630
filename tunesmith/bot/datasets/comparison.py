"""What examples have to do with each other: duplicates, contradictions, leakage.

No single line shows these; they come from the keys of all lines together.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tunesmith.bot.datasets import formats, similarity
from tunesmith.bot.datasets.example import Example, identify, to_example
from tunesmith.bot.datasets.example_batch import ExampleBatch, Turns
from tunesmith.bot.datasets.findings import JsonObject, RawFinding
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.json_line import JsonLine, read_line
from tunesmith.bot.datasets.key_index import KeyIndex, Records
from tunesmith.bot.datasets.likeness import Said, likeness, words
from tunesmith.bot.datasets.text_buffer import Hashes
from tunesmith.bot.datasets.workers import Map
from tunesmith.bot.messages import Value

# Set in the line of a record that comes from the validation file.
VALIDATION = 1 << 31
MAX_COMPARED = 20_000
# So many pairs are compared before it is looked which lines are done, and so many in one request.
_AT_ONCE, _A_REQUEST = 1_024, 64


class NearPair(NamedTuple):
    """Two examples that are nearly the same; lines as in the index, `line` the later one.

    `openings` are the hashes of the questions that open them.
    """

    line: int
    other: int
    likeness: float
    openings: tuple[int, int]


def same_questions(questions: KeyIndex, kind: Format) -> Iterator[RawFinding]:
    """Findings about examples that ask the same: duplicates, overlap, contradictions."""
    for group in questions.groups():
        lines = group["line"]
        in_validation = lines >= VALIDATION
        opens = group["opens"] > 0
        repeats = _repeats(np.where(in_validation, 0, group["identity"]))
        repeated = (repeats >= 0) & ~in_validation
        for index in np.flatnonzero(repeated & opens).tolist():
            other = int(lines[repeats[index]])
            yield RawFinding("exact_duplicate", int(lines[index]), other=other)
        new = ~repeated & ~in_validation
        validation = lines[in_validation & opens]
        if len(validation):
            other = int(validation[0]) - VALIDATION
            for line in lines[new & opens].tolist():
                yield RawFinding("validation_overlap", line, other=other)
        answered = (group["answer"] != 0) | (group["rejected"] != 0)
        yield from _contradictions(group, new & answered, kind)


def _repeats(identities: Hashes) -> NDArray[np.intp]:
    """The index of the first of these that each is equal to; -1 where that is itself."""
    _, first, which = np.unique(identities, return_index=True, return_inverse=True)
    return np.where(first[which] == np.arange(len(which)), -1, first[which])


def _contradictions(
    group: Records, answered: NDArray[np.bool_], kind: Format
) -> Iterator[RawFinding]:
    """Findings about these records of one question, of which each has an answer."""
    indices = np.flatnonzero(answered)
    lines, answers = group["line"][indices], group["answer"][indices]
    if kind in (Format.PREFERENCE, Format.KTO):
        pairs = _swapped(answers, group["rejected"][indices])
    else:
        pairs = _differing(answers)
    for one, other in pairs:
        path = ("messages", int(group["message"][indices[one]])) if kind is Format.CHAT else ()
        yield RawFinding("conflicting_answers", int(lines[one]), path, other=int(lines[other]))


def _differing(answers: Hashes) -> Iterator[tuple[int, int]]:
    """Which of these answers differ from an earlier one, and from which."""
    different = np.flatnonzero(answers != answers[:1])
    if not len(different):
        return
    second = int(different[0])
    for index in range(second, len(answers)):
        yield index, second if answers[index] == answers[0] else 0


def _swapped(preferred: Hashes, rejected: Hashes) -> Iterator[tuple[int, int]]:
    """Which of these prefer what an earlier one rejects, or the other way round; 0 is neither."""
    better_at: dict[int, int] = {}
    worse_at: dict[int, int] = {}
    for index, (better, worse) in enumerate(
        zip(preferred.tolist(), rejected.tolist(), strict=True)
    ):
        before = worse_at.get(better, better_at.get(worse))
        if before is not None:
            yield index, before
        if better:
            better_at.setdefault(better, index)
        if worse:
            worse_at.setdefault(worse, index)


def near_duplicates(pairs: Iterator[NearPair]) -> Iterator[RawFinding]:
    """Findings about examples that are nearly the same."""
    for pair in pairs:
        share: dict[str, Value] = {"share": min(int(pair.likeness * 100), 99) / 100}
        if pair.line >= VALIDATION:
            if pair.other < VALIDATION:
                where = pair.line - VALIDATION
                yield RawFinding("validation_near_overlap", pair.other, other=where, values=share)
        else:
            yield RawFinding("near_duplicate", pair.line, other=pair.other, values=share)


class _Place(NamedTuple):
    """An example's line as in the index, and the byte of its file where that starts."""

    line: int
    start: int


_Pair: TypeAlias = tuple[_Place, _Place]


class Comparison:
    """Compares the examples that look alike, reading them from their files again.

    `paths` are the training file, and the validation file where there is one; `run` does the work.
    """

    def __init__(self, paths: Sequence[Path], kind: Format, run: Map) -> None:
        self._compare = partial(run, partial(_compare, paths, kind))
        self.stopped_early = False

    def near_pairs(self, bands: KeyIndex) -> Iterator[NearPair]:
        """Every pair that is nearly but not wholly the same, each later line once.

        Left out are those that answer a question differently, and those whose texts are equal.
        """
        done: set[int] = set()
        compared: set[tuple[int, int]] = set()
        candidates = _candidates(bands)
        while True:
            chosen: list[_Pair] = []
            for one, other in candidates:
                if other.line in done or (other.line, one.line) in compared:
                    continue
                if len(compared) == MAX_COMPARED:
                    self.stopped_early = True
                    break
                compared.add((other.line, one.line))
                chosen.append((other, one))
                if len(chosen) == _AT_ONCE:
                    break
            parts = [
                chosen[start : start + _A_REQUEST] for start in range(0, len(chosen), _A_REQUEST)
            ]
            for pair in chain.from_iterable(self._compare(parts)):
                if pair.line not in done:
                    done.add(pair.line)
                    yield pair
            if len(chosen) < _AT_ONCE:
                return


def _compare(paths: Sequence[Path], kind: Format, pairs: Sequence[_Pair]) -> list[NearPair]:
    """Those of the pairs that are near duplicates."""
    with ExitStack() as stack:
        files = [stack.enter_context(path.open("rb")) for path in paths]

        def read(place: _Place) -> JsonLine:
            file = files[place.line >= VALIDATION]
            file.seek(place.start)
            return read_line(file.readline().removesuffix(b"\n"), first=place.start == 0)

        compared = (_near_pair(one, other, read, kind) for one, other in pairs)
        return [pair for pair in compared if pair is not None]


def _near_pair(
    one: _Place, other: _Place, read: Callable[[_Place], JsonLine], kind: Format
) -> NearPair | None:
    both = [read(one), read(other)]
    texts = [_spoken(line, kind) for line in both]
    share = likeness(*map(_said, texts))
    if not share or texts[0] == texts[1]:
        return None
    turns = ExampleBatch([_example(line, kind) for line in both]).turns
    if _contradict(turns):
        return None
    asked, also_asked = turns.questions[turns.opens].tolist()
    return NearPair(one.line, other.line, share, (asked, also_asked))


def _example(line: JsonLine, kind: Format) -> Example:
    value = line.example or {}
    return to_example(value, _kind_of(value, kind), identify(line))


def _kind_of(value: JsonObject, kind: Format) -> Format:
    return formats.recognise(value, kind) or kind


def _spoken(line: JsonLine, kind: Format) -> list[tuple[str, bool]]:
    """All that user and assistant say, and whether it is learnt."""
    value = line.example or {}
    texts = formats.texts(value, _kind_of(value, kind))
    spoken = (each for each in texts if each.counted and each.role in formats.SPOKEN)
    return [(each.text, each.answer) for each in spoken]


def _said(texts: Sequence[tuple[str, bool]]) -> Said:
    """What is spoken in an example, in words."""
    asked, learnt = ([text for text, answer in texts if answer is side] for side in (False, True))
    return Said(words("\n".join(asked)), words("\n".join(learnt)))


def _contradict(turns: Turns) -> bool:
    """Whether a question has two answers in these."""
    answers: dict[int, int] = {}
    both = zip(turns.questions.tolist(), turns.answers.tolist(), strict=True)
    return any(answer != answers.setdefault(question, answer) for question, answer in both)


def _candidates(bands: KeyIndex) -> Iterator[tuple[_Place, _Place]]:
    """Neighbours among those that share a band.

    Left out are most whose texts are equal or that contradict each other: they need not be read.
    """
    for chunk in bands.chunks():
        first = np.flatnonzero(chunk["key"][1:] == chunk["key"][:-1])
        one, other = chunk[first], chunk[first + 1]
        worth = similarity.may_be_near(one, other)
        same = {name: one[name] == other[name] for name in ("question", "answer", "text")}
        worth &= ~(same["question"] & (~same["answer"] | same["text"]))
        yield from zip(_places(one[worth]), _places(other[worth]), strict=True)


def _places(records: Records) -> Iterator[_Place]:
    return map(_Place, records["line"].tolist(), records["start"].tolist())
