"""What examples have to do with each other: duplicates, contradictions, leakage.

No single line shows these; they come from the keys of all lines together.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np

from tunesmith.bot.datasets import formats, similarity
from tunesmith.bot.datasets.example import to_example
from tunesmith.bot.datasets.example_batch import ExampleBatch
from tunesmith.bot.datasets.findings import JsonObject, RawFinding
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.json_line import read_line
from tunesmith.bot.datasets.key_index import KeyIndex, Records
from tunesmith.bot.messages import Value

# Set in the line of a record that comes from the validation file.
VALIDATION = 1 << 31
MAX_COMPARED = 20_000


class NearPair(NamedTuple):
    """Two examples that are nearly the same; lines as in the index, `line` the later one.

    `prompts` are the prompt hashes of both.
    """

    line: int
    other: int
    likeness: float
    prompts: tuple[int, int]


def same_questions(prompts: KeyIndex, kind: Format) -> Iterator[RawFinding]:
    """Findings about examples that ask the same: duplicates, contradictions, overlap."""
    for group in prompts.groups():
        places, answers = group["line"].tolist(), group["answer"].tolist()
        asked_in_validation = next((line for line in places if line >= VALIDATION), None)
        first_with: dict[int, int] = {}
        for line, answer in zip(places, answers, strict=True):
            if line >= VALIDATION:
                break
            if asked_in_validation is not None:
                yield RawFinding("validation_overlap", line, other=asked_in_validation - VALIDATION)
            if answer in first_with:
                yield RawFinding("exact_duplicate", line, other=first_with[answer])
            elif first_with and kind is not Format.PREFERENCE:
                yield RawFinding("conflicting_answers", line, other=places[0])
            first_with.setdefault(answer, line)


def near_duplicates(pairs: Iterator[NearPair]) -> Iterator[RawFinding]:
    """Findings about examples that are nearly the same."""
    for pair in pairs:
        share: dict[str, Value] = {"share": int(pair.likeness * 100) / 100}  # never 100 %
        if pair.line >= VALIDATION:
            if pair.other < VALIDATION:
                where = pair.line - VALIDATION
                yield RawFinding("validation_near_overlap", pair.other, other=where, values=share)
        else:
            yield RawFinding("near_duplicate", pair.line, other=pair.other, values=share)


class Comparison:
    """Compares the examples that look alike, reading them from their files again."""

    def __init__(self, paths: Sequence[Path], kind: Format) -> None:
        self._paths = paths  # the training file, and the validation file where there is one
        self._kind = kind
        self.stopped_early = False

    def near_pairs(self, bands: KeyIndex) -> Iterator[NearPair]:
        """Every pair that is nearly but not wholly the same, each later line once."""
        done: set[int] = set()
        compared: set[tuple[int, int]] = set()
        with ExitStack() as stack:
            files = [stack.enter_context(path.open("rb")) for path in self._paths]
            for one, other in _candidates(bands):
                if other.line in done or (other.line, one.line) in compared:
                    continue
                if len(compared) == MAX_COMPARED:
                    self.stopped_early = True
                    return
                compared.add((other.line, one.line))
                both = [_read(files[place.line >= VALIDATION], place) for place in (other, one)]
                likeness = similarity.likeness(*map(self._spoken, both))
                if likeness >= similarity.NEAR:
                    done.add(other.line)
                    examples = [to_example(value, self._kind_of(value)) for value in both]
                    asked, also_asked = ExampleBatch(examples).identities().prompts.tolist()
                    yield NearPair(other.line, one.line, likeness, (asked, also_asked))

    def _kind_of(self, value: JsonObject) -> Format:
        return formats.recognise(value, self._kind) or self._kind

    def _spoken(self, value: JsonObject) -> bytes:
        texts = formats.texts(value, self._kind_of(value))
        return "\n".join(text.text for text in texts if text.role in formats.SPOKEN).encode()


class _Place(NamedTuple):
    """An example's line as in the index, and where that stands (see `similarity.places`)."""

    line: int
    place: int


def _read(file: IO[bytes], place: _Place) -> JsonObject:
    start = similarity.start_of(place.place)
    file.seek(start)
    return read_line(file.readline(), first=start == 0).example or {}


def _candidates(bands: KeyIndex) -> Iterator[tuple[_Place, _Place]]:
    """Neighbours among those that share a band.

    Those with the same prompt are found by that, and left out here.
    """
    for chunk in bands.chunks():
        first = np.flatnonzero(chunk["key"][1:] == chunk["key"][:-1])
        one, other = chunk[first], chunk[first + 1]
        worth = similarity.may_be_near(one, other)
        worth &= ~similarity.ask_the_same(one["place"], other["place"])
        yield from zip(_places(one[worth]), _places(other[worth]), strict=True)


def _places(records: Records) -> Iterator[_Place]:
    return map(_Place, records["line"].tolist(), records["place"].tolist())
