"""Are near duplicates found, and nothing else called one? Beside datasketch's MinHash.

The labelled set is made of texts of this repository: sentences of the message catalogues in
English, Korean and Chinese, the example file's chats, functions with their docstrings, and SQL
from the example schema. Each is written again in the ways in which examples come twice (positives),
and beside them stand examples that look alike and teach something else (negatives): rows of a
template that differ in the value that matters, the same question with another answer, and
questions whose meaning one word turns round. All are lines of one file, as they would be.

datasketch: MinHashLSH as its documentation has it, 128 permutations, on shingles of five
characters or three words of the normalised text, at the threshold that does best here. It is no
dependency: `pip install datasketch` beside it, or its column is left out.
"""

# ruff: noqa: E402
import sys

# The repository, not this folder: inspect.py would be taken for Python's own.
sys.path[0] = __file__.rsplit("/", 2)[0]

import argparse
import json
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from importlib import util
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from bench._near_duplicate_rows import EDITS, LANGUAGES, Row, labelled
from tunesmith.bot.datasets import Selection, inspect_sync
from tunesmith.bot.providers.catalogue import load_catalogue


class Found(NamedTuple):
    """Pairs of rows by index, the later first, and what it took."""

    pairs: list[tuple[int, int]]
    seconds: float


def ours(rows: list[Row]) -> Found:
    """What an inspection calls near duplicates."""
    with tempfile.TemporaryDirectory() as folder:
        path, log = Path(folder) / "train.jsonl", Path(folder) / "findings.jsonl"
        path.write_text("".join(f"{json.dumps(_chat(row))}\n" for row in rows), "utf-8")
        began = time.perf_counter()
        selection = Selection(load_catalogue())
        inspect_sync(path, name=path.name, selection=selection, findings=log)
        seconds = time.perf_counter() - began
        found = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    pairs = [
        (f["code"], f["line"] - 1, f["message"]["values"]["other"] - 1)
        for f in found
        if f["code"] in ("near_duplicate", "conflicting_answers")
    ]
    # The same question with another answer is told of as such, and need not be told of twice.
    told = [
        (one, other)
        for code, one, other in pairs
        if code == "near_duplicate" or rows[one].family == rows[other].family
    ]
    return Found(told, seconds)


def _chat(row: Row) -> dict[str, Any]:
    system = "You help the customers of a shop for coffee machines, and its programmers."
    said = (("system", system), ("user", row.question), ("assistant", row.answer))
    return {"messages": [{"role": role, "content": text} for role, text in said]}


def normalised(text: str) -> str:
    """Small letters, and one space for whatever is neither letter nor digit."""
    return " ".join(re.findall(r"\w+", text.lower()))


def characters(text: str) -> set[str]:
    """Shingles of five characters."""
    text = normalised(text)
    return {text[at : at + 5] for at in range(max(len(text) - 4, 1))}


def three_words(text: str) -> set[str]:
    """Shingles of three words; each character of Chinese or Korean is one."""
    words = re.findall(r"[a-z0-9_]+|\w", normalised(text))
    return {" ".join(words[at : at + 3]) for at in range(max(len(words) - 2, 1))}


def datasketch(shingles: Callable[[str], set[str]], threshold: float, rows: list[Row]) -> Found:
    """What MinHashLSH finds, each later row with the likeliest earlier one."""
    library: Any = __import__("datasketch")
    began = time.perf_counter()
    index = library.MinHashLSH(threshold=threshold, num_perm=128)
    sketches: list[Any] = []
    pairs: list[tuple[int, int]] = []
    for number, row in enumerate(rows):
        sketch = library.MinHash(num_perm=128)
        sketch.update_batch([s.encode() for s in shingles(f"{row.question}\n{row.answer}")])
        likely = {other: sketch.jaccard(sketches[other]) for other in index.query(sketch)}
        likely = {other: share for other, share in likely.items() if share >= threshold}
        if likely:
            pairs.append((number, max(likely, key=lambda other: likely[other])))
        sketches.append(sketch)
        index.insert(number, sketch)
    return Found(pairs, time.perf_counter() - began)


# ---- how good that is


class Score(NamedTuple):
    """Shares of what was to be found, and of what was found."""

    recall: float
    precision: float
    by_edit: dict[str, float]
    by_language: dict[str, float]
    seconds: float
    wrong: dict[str, int]


def score(rows: list[Row], found: Found) -> Score:
    """A pair is right where both rows are of one family; every edited row is to be found."""
    right = [(one, other) for one, other in found.pairs if rows[one].family == rows[other].family]
    seen = {one for one, _ in right}
    to_find = [number for number, row in enumerate(rows) if row.edit in EDITS]
    wrong = Counter(
        rows[one].edit or f"other {rows[one].language}"
        for one, other in found.pairs
        if rows[one].family != rows[other].family
    )

    def share(of: Callable[[Row], str], value: str) -> float:
        among = [number for number in to_find if of(rows[number]) == value]
        return sum(number in seen for number in among) / len(among)

    return Score(
        sum(number in seen for number in to_find) / len(to_find),
        len(right) / max(len(found.pairs), 1),
        {edit: share(lambda row: row.edit, edit) for edit in EDITS},
        {one: share(lambda row: row.language, one) for one in [*LANGUAGES, "code", "sql"]},
        found.seconds,
        dict(wrong),
    )


def main() -> None:
    """Print a table, and the figures as one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer texts")
    rows = labelled(parser.parse_args().quick)
    scores = {"Tunesmith": score(rows, ours(rows))}
    if util.find_spec("datasketch"):
        for name, shingles in (("characters", characters), ("words", three_words)):
            for threshold in (0.5, 0.6, 0.7, 0.8):
                found = datasketch(shingles, threshold, rows)
                scores[f"datasketch, {name}, {threshold}"] = score(rows, found)
    _print(rows, scores)
    print(json.dumps({name: one._asdict() for name, one in scores.items()}))


def _print(rows: list[Row], scores: dict[str, Score]) -> None:
    edited = sum(row.edit in EDITS for row in rows)
    table = Table(title=f"{len(rows)} examples, {edited} of them near duplicates")
    for column in ("", "recall", "precision", "F1", "seconds", *EDITS, *LANGUAGES, "code", "sql"):
        table.add_column(column)
    for name, one in scores.items():
        both = 2 * one.recall * one.precision / max(one.recall + one.precision, 1e-9)
        shares = [*one.by_edit.values(), *one.by_language.values()]
        figures = [f"{share:.0%}" for share in (one.recall, one.precision, both)]
        rest = [f"{share:.0%}" for share in shares]
        table.add_row(name, *figures, f"{one.seconds:.2f}", *rest)
    Console(width=200).print(table)


if __name__ == "__main__":
    main()
