"""Setting examples aside for validation, without leakage.

Examples that open with the same question (but for case, white space and punctuation), and near
duplicates, stay on one side: a model that has seen the question is not validated by it.
"""

import hashlib
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from tunesmith.bot.datasets import conversion, reading, workers
from tunesmith.bot.datasets.block import key_block
from tunesmith.bot.datasets.comparison import Comparison
from tunesmith.bot.datasets.key_index import BAND, KeyIndex
from tunesmith.bot.datasets.scan import first_look
from tunesmith.bot.datasets.verdict import Selection
from tunesmith.bot.datasets.writing import unfinished
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.messages import say
from tunesmith.bot.providers.catalogue import Provider

if TYPE_CHECKING:
    from tunesmith.bot.datasets.report import Report
    from tunesmith.bot.processes import Processes

_Keys: TypeAlias = NDArray[np.uint64]

SHARE = 0.1
"""How much of a file is set aside where nobody says how much."""

# Providers want ten to train on, and fewer than two say nothing.
_WORTH_A_SPLIT = 20


class Split(BaseModel):
    """How many examples went to either side, and how many different questions there are."""

    training: int
    validation: int
    questions: int


async def split(
    processes: "Processes",
    path: Path,
    *,
    name: str,
    selection: Selection,
    training: Path,
    validation: Path,
) -> Split:
    """`split_sync` of a tenth in a worker process."""
    call = partial(
        split_sync,
        path,
        name=name,
        selection=selection,
        training=training,
        validation=validation,
    )
    return await processes.run(call, seconds=workers.time_limit(path))


def split_sync(
    path: Path,
    *,
    name: str,
    selection: Selection,
    training: Path,
    validation: Path,
    share: float = SHARE,
    seed: int = 0,
) -> Split:
    """Write `share` of a file's examples to `validation`, the others to `training`, in order.

    The same seed gives the same split. The provider's limits on validation files hold. Raises
    DatasetError where the file is too small or its examples too much alike to be split.
    """
    provider = selection.catalogue.providers[selection.judge]
    with conversion.as_json_lines(path, name) as source:
        keys = _question_keys(source.path)
        examples = int(np.count_nonzero(keys))
        wanted = most_aside(examples, provider, share)
        aside = _choose(keys, wanted, seed)
        if not aside.any():
            raise DatasetError(say("reading.too_alike_to_split"))
        with (
            source.path.open("rb") as lines,
            unfinished(training) as one,
            unfinished(validation) as two,
        ):
            for line, goes_aside in zip(lines, aside.tolist(), strict=True):
                (two if goes_aside else one).write(line if line.endswith(b"\n") else line + b"\n")
    taken = int(np.count_nonzero(aside))
    questions = len(np.unique(keys[keys != 0]))
    return Split(training=examples - taken, validation=taken, questions=questions)


def is_worth_a_split(report: "Report") -> bool:
    """Whether some of a file's examples can be set aside, and say something then."""
    return report.valid and report.examples >= _WORTH_A_SPLIT


def most_aside(examples: int, provider: Provider, share: float = SHARE) -> int:
    """How many examples are set aside at most; fewer where they share questions.

    Raises DatasetError where there are too few for any.
    """
    limits = [examples * share, examples - provider.min_examples]
    if provider.validation_max_rows is not None:
        limits.append(provider.validation_max_rows)
    if provider.validation_max_fraction is not None:
        limits.append(
            examples * provider.validation_max_fraction / (1 + provider.validation_max_fraction)
        )
    most = int(min(limits))
    if most < 1:
        raise DatasetError(
            say(
                "reading.too_few_to_split",
                count=examples,
                provider=provider.title,
                needed=provider.min_examples,
            )
        )
    return most


def _question_keys(path: Path) -> _Keys:
    """For each line what opens its example, the same number for near duplicates; 0 for none.

    A conversation opens with all that stands before the first answer that is learnt and that a
    question goes before. Two that share any question share it, unless their weights differ.
    """
    settings = first_look(path, "")
    keys: list[_Keys] = []
    number = 1
    with (
        closing(KeyIndex(BAND)) as index,
        workers.team(size=path.stat().st_size) as run,
    ):
        blocks = reading.blocks(path, hashlib.sha256())
        for block in run(partial(key_block, settings), blocks):
            block.bands["line"] += np.uint32(number)
            index.add(block.bands)
            keys.append(block.openings)
            number += len(block.openings)
        comparison = Comparison([path], settings.format, run)
        pairs = [pair.openings for pair in comparison.near_pairs(index)]
    return _joined(np.concatenate([np.empty(0, np.uint64), *keys]), pairs)


def _joined(keys: _Keys, pairs: list[tuple[int, int]]) -> _Keys:
    """The keys, with one key for all that are joined by pairs."""
    roots: dict[int, int] = {}

    def root(key: int) -> int:
        while (parent := roots.get(key, key)) != key:
            key = parent
        return key

    for one, other in pairs:
        roots[root(one)] = root(other)
    if not roots:
        return keys
    linked = np.array(sorted(roots), np.uint64)
    targets = np.array([root(int(key)) for key in linked], np.uint64)
    places = np.searchsorted(linked, keys).clip(max=len(linked) - 1)
    return np.where(linked[places] == keys, targets[places], keys)


def _choose(keys: _Keys, wanted: int, seed: int) -> NDArray[np.bool_]:
    """Which lines to set aside: whole questions, in an order that the seed shuffles."""
    questions, which, counts = np.unique(keys, return_inverse=True, return_counts=True)
    chosen = np.zeros(len(questions), np.bool_)
    taken = 0
    for index in np.random.default_rng(seed).permutation(len(questions)).tolist():
        if questions[index] != 0 and taken + counts[index] <= wanted:
            chosen[index] = True
            taken += int(counts[index])
            if taken == wanted:
                break
    return chosen[which]
