"""A few journeys under kills and faults, each kind of journey once; and what holds for all runs."""

import re
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.chaos.databases import postgresql, sqlite_in
from tests.chaos.faults import FAULTS
from tests.chaos.report import failures
from tests.chaos.run import Plan, run
from tests.support.databases import MISSING
from tests.support.world import ROOT

_SEED = 11


@pytest.mark.acceptance
@pytest.mark.timeout(420)
@pytest.mark.parametrize(("kind", "replicas"), [("sqlite", 1), ("postgresql", 2)])
async def test_journeys_under_kills_and_faults_lose_and_double_nothing(
    kind: str, replicas: int, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        if kind == "sqlite":
            database = sqlite_in(tmp_path / "bot")
        else:
            try:
                database = await stack.enter_async_context(postgresql())
            except RuntimeError:
                pytest.skip(MISSING)
        outcome = await run(
            Plan(
                seed=_SEED,
                journeys=8,
                kills=8,
                replicas=replicas,
                minutes=4,
                folder=tmp_path,
                database=database,
            )
        )
    assert outcome.verdict.clean, f"seed {_SEED}\n{failures(outcome)}"
    assert (len(outcome.journeys), outcome.kills >= 8) == (8, True)


def test_every_kind_of_fault_is_documented_and_there_are_24_or_more():
    page = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    listed = re.findall(r"^- ([^\n(]+?)(?: \(|$)", page, re.MULTILINE)
    assert listed == list(FAULTS)
    assert len(listed) >= 24
