"""Which training examples cost the tuned model most: the loss of each, in a file of the job's."""

import csv
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

from .arrays import Weights
from .parallel import THREADS
from .prepare import Prepared, TrainedRow

ROW_LOSSES = "row_losses.csv"

# As in a step: more tokens at once gain nothing.
_TOKENS_A_PART = 2048


def write_row_losses(
    folder: Path,
    prepared: Prepared,
    weights: Weights,
    pool: Executor,
    is_to_leave: Callable[[], bool],
) -> bool:
    """Go over the training file once more, and write `line,loss` for each example in its order.

    Lines count from 1. The file appears whole. Gives False, without one, as soon as the run
    `is_to_leave`.
    """
    work = partial(prepared.objective.losses, weights)
    losses: list[float] = []
    parts = list(_parts(prepared.rows))
    for start in range(0, len(parts), THREADS):
        if is_to_leave():
            return False
        some = parts[start : start + THREADS]
        for found in pool.map(work, some):
            losses += found
    aside = folder / f".{ROW_LOSSES}"
    with aside.open("w", encoding="ascii", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("line", "loss"))
        for row, loss in zip(prepared.rows, losses, strict=True):
            writer.writerow((row.line, f"{loss:.6g}"))
    aside.replace(folder / ROW_LOSSES)
    return True


def _parts(rows: Sequence[TrainedRow]) -> Iterator[list[int]]:
    """The examples in order, as many at once as make a step's part."""
    part: list[int] = []
    tokens = 0
    for index, row in enumerate(rows):
        if part and tokens + row.tokens > _TOKENS_A_PART:
            yield part
            part, tokens = [], 0
        part.append(index)
        tokens += row.tokens
    if part:
        yield part
