"""What holds for every run."""

import re

from tests.chaos.faults import FAULTS
from tests.support.world import ROOT


def test_every_kind_of_fault_is_documented_and_there_are_24_or_more():
    page = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    listed = re.findall(r"^- ([^\n(]+?)(?: \(|$)", page, re.MULTILINE)
    assert listed == list(FAULTS)
    assert len(listed) >= 24
