"""How fast is DDL read, and how fast does it become a training set?

The public dumps that TUNESMITH_DDL_DUMPS names (by default the folder beside this repository), or,
where they are missing, the dumps written for the tests, each read several times in this process.
Processor time is measured, so that what else runs on the machine does not count. The training set
is that of mall, a shop of 76 tables (else of the example in docs/), in English, Chinese and Korean,
built in one thread of this process; the wall clock's time is shown beside.
"""

# ruff: noqa: E402
import sys

# This folder comes first on the path, and its inspect.py would be taken for Python's own.
del sys.path[0]

import argparse
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tunesmith.bot.ddl import parse_ddl
from tunesmith.bot.text2sql import build_training_set

ROOT = Path(__file__).parents[1]
PUBLIC = Path(os.environ.get("TUNESMITH_DDL_DUMPS", ROOT.parent / "shared" / "data" / "ddl"))
EXAMPLE = ROOT / "docs" / "examples" / "market.sql"
OWN = ROOT / "tests" / "ddl" / "dumps"


def main(quick: bool) -> None:
    """Measure, print tables, and end with one JSON object."""
    figures = {**parsing(3 if quick else 10), **training_set(1 if quick else 3)}
    print(json.dumps(figures))


def parsing(times: int) -> dict[str, float]:
    """Read each dump `times` times; the best time counts."""
    files = sorted((PUBLIC if PUBLIC.is_dir() else OWN).glob("*.sql"))
    table = Table("dump", "kB", "ms", "MB/s", title=f"Reading, best of {times}")
    size = seconds = 0.0
    for file in files:
        data = file.read_bytes()
        best = min(_timed(lambda data=data: parse_ddl(data)) for _ in range(times))
        size, seconds = size + len(data), seconds + best
        speed = f"{len(data) / best / 1e6:.2f}"
        table.add_row(file.stem, f"{len(data) / 1e3:.0f}", f"{best * 1e3:.0f}", speed)
    table.add_row("all", f"{size / 1e3:.0f}", f"{seconds * 1e3:.0f}", f"{size / seconds / 1e6:.2f}")
    Console().print(table)
    return {"parse_mb_per_s": round(size / seconds / 1e6, 2)}


def training_set(times: int) -> dict[str, float]:
    """Build the set `times` times; the best time counts."""
    public = PUBLIC / "mysql_mall_zh.sql"
    schema = parse_ddl((public if public.exists() else EXAMPLE).read_bytes())
    best, elapsed, card = float("inf"), 0.0, None
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        built = build_training_set(schema)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        if cpu < best:
            best, elapsed, card = cpu, wall, built.coverage()
    assert card is not None
    covered = card.columns_asked / card.columns
    table = Table("figure", "value", title=f"Training set of {card.tables} tables, best of {times}")
    for name, value in (
        ("seconds", f"{best:.1f} of one processor ({elapsed:.1f} by the clock)"),
        ("pairs", f"{card.pairs} ({card.train} + {card.valid})"),
        ("columns asked at least three times", f"{card.columns_asked} of {card.columns}"),
        ("relations, code values", f"{card.relations_asked}, {card.code_values_asked}"),
        ("contradictions, leakage", f"{card.contradictions}, {card.leakage}"),
        ("questions for missing columns", f"{card.negatives_share:.1%}"),
    ):
        table.add_row(name, value)
    Console().print(table)
    return {
        "dataset_s": round(best, 2),
        "pairs": card.pairs,
        "columns_covered": round(covered, 4),
    }


def _timed(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="at most 40 seconds")
    main(parser.parse_args().quick)
