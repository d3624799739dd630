"""A job's result file: a table of CSV with a row for each step, read leniently.

Columns that nobody knows, cells that are empty or no finite numbers, and rows without a step are
passed over. The names are those of OpenAI's and Azure's guides (2026-11), of the local trainer, and
of OpenAI's first fine-tuning API, which alone had `classification/…`.
"""

import base64
import binascii
import contextlib
import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from math import isfinite

from tunesmith.bot.providers.remote import RemoteMetric, lenient

_MOST_LETTERS = 16 << 20
_MOST_STEPS = 100_000
_NAMES = {
    "train_accuracy": "train_mean_token_accuracy",
    "training_loss": "train_loss",
    "training_token_accuracy": "train_mean_token_accuracy",
    "valid_accuracy": "valid_mean_token_accuracy",
    "validation_loss": "valid_loss",
    "validation_mean_token_accuracy": "valid_mean_token_accuracy",
    "validation_token_accuracy": "valid_mean_token_accuracy",
} | {name: name for name in RemoteMetric.model_fields}
_SCORES = {
    "classification/accuracy": "accuracy",
    "classification/weighted_f1_score": "weighted_f1",
}


class ResultTableError(Exception):
    """The table has no steps that could be read, or more than are worth keeping."""


@dataclass(frozen=True, slots=True)
class ResultTable:
    """The steps of a table in order, each once, and the last known figures of a classification:
    `accuracy` and `weighted_f1`.
    """

    steps: list[RemoteMetric]
    scores: dict[str, float]


def decoded(content: bytes) -> str:
    """The text of a result file, which may be in base64: a table of CSV has commas, base64 none."""
    if b"," not in content:
        with contextlib.suppress(binascii.Error):
            content = base64.b64decode(b"".join(content.split()), validate=True)
    return content.decode("utf-8-sig", errors="replace")


def read_table(text: str) -> ResultTable:
    """The steps and scores of a table; a step that is there twice counts as it was first.

    Takes up to some seconds for a large one: call it in a thread. Raises ResultTableError.
    """
    steps: dict[int, RemoteMetric] = {}
    scores: dict[str, float] = {}
    for row in rows_of(text, _MOST_STEPS):
        metric = lenient(_named(row, _NAMES), RemoteMetric)
        if metric is not None:
            steps.setdefault(metric.step, metric)
        for name, cell in _named(row, _SCORES).items():
            with contextlib.suppress(ValueError):
                if isfinite(score := float(cell)):
                    scores[name] = score
    if not steps:
        raise ResultTableError("no row has a step")
    return ResultTable([steps[step] for step in sorted(steps)], scores)


def rows_of(text: str, most: int) -> Iterator[dict[str, str]]:
    """The cells of each row that are not empty, by their column's name.

    Raises ResultTableError where there are more than `most` rows, or it is no table.
    """
    if len(text) > _MOST_LETTERS:
        raise ResultTableError(f"more than {_MOST_LETTERS} letters")
    lines = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    try:
        names = [name.strip().lower() for name in next(lines, ())]
        for line in islice(lines, most):
            cells = ((name, cell.strip()) for name, cell in zip(names, line, strict=False))
            yield {name: cell for name, cell in cells if cell}
        if next(lines, None):
            raise ResultTableError(f"more than {most} rows")
    except csv.Error as error:
        raise ResultTableError(str(error)) from error


def _named(row: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    return {names[name]: cell for name, cell in row.items() if name in names}
