"""A short run, and what holds for every run."""

import re
from pathlib import Path

import pytest

from tests.chaos import replicas
from tests.chaos.databases import sqlite_in
from tests.chaos.faults import FAULTS
from tests.chaos.report import failures
from tests.chaos.run import Plan, run
from tests.support.world import ROOT

_SEED = 7
_COUNT = 8  # of journeys, one of each kind, and of kills


@pytest.mark.acceptance
@pytest.mark.timeout(290)
async def test_journeys_of_each_kind_lose_and_double_nothing_under_kills_and_faults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replicas, "_LEAST_SECONDS", 0)  # as many kills in a short time
    outcome = await run(
        Plan(
            seed=_SEED,
            journeys=_COUNT,
            kills=_COUNT,
            replicas=1,
            minutes=4,
            folder=tmp_path,
            database=sqlite_in(tmp_path / "bot"),
        )
    )
    assert outcome.verdict.clean, f"seed {_SEED}\n{failures(outcome)}"
    assert len(outcome.journeys) == _COUNT
    assert outcome.kills >= _COUNT


def test_every_kind_of_fault_is_documented_and_there_are_24_or_more():
    page = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    listed = re.findall(r"^- ([^\n(]+?)(?: \(|$)", page, re.MULTILINE)
    assert listed == list(FAULTS)
    assert len(listed) >= 24
