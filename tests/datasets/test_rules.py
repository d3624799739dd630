"""Every rule by its own samples: it finds the bad one, not the good one, and its fix helps."""

from collections import Counter
from pathlib import Path

import pytest

from tests.datasets.files import said, write
from tests.datasets.samples import SAMPLED, SampledRule, format_of, found_in, planted
from tunesmith.bot.datasets import Selection, checks
from tunesmith.bot.datasets.finding_log import to_finding
from tunesmith.bot.datasets.fix import fix_sync
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.rules import RULES
from tunesmith.bot.providers.catalogue import load_catalogue

_FIXED = [rule for rule in SAMPLED if getattr(rule, "fix", None) is not None]


def _name(rule: SampledRule) -> str:
    return rule.code


@pytest.mark.parametrize("rule", SAMPLED, ids=_name)
def test_the_bad_sample_is_found_at_its_line_and_the_good_one_is_not(
    rule: SampledRule, tmp_path: Path
) -> None:
    lines, number = planted(rule, rule.bad)
    findings = found_in(write(tmp_path / "bad.jsonl", lines))
    found = [finding for finding in findings if finding.code == rule.code]
    assert {finding.line for finding in found} == {number}, Counter(f.code for f in findings)
    lines, _ = planted(rule, rule.good)
    assert rule.code not in {f.code for f in found_in(write(tmp_path / "good.jsonl", lines))}
    for finding in (to_finding(each, rule.severity) for each in found):
        assert "{" not in said(finding).replace("{...}", "").replace('{"', "")
        assert len(finding.excerpt) <= 80


@pytest.mark.parametrize("rule", _FIXED, ids=_name)
def test_the_fix_removes_what_its_rule_finds_and_touches_no_other_line(
    rule: SampledRule, tmp_path: Path
) -> None:
    lines, number = planted(rule, rule.bad)
    path = write(tmp_path / "train.jsonl", lines)
    out = tmp_path / "fixed.jsonl"
    provider = "nebius" if format_of(rule) is Format.PAIRS else None
    selection = Selection(load_catalogue(), provider)
    done = fix_sync(path, name=path.name, selection=selection, out=out, codes={rule.code})
    assert done.counts == {rule.code: 1}
    assert done.changed == 1
    assert rule.code not in {finding.code for finding in found_in(out)}
    before, after = path.read_bytes().splitlines(), out.read_bytes().splitlines()
    left = number - 1 if len(after) < len(before) else number
    assert after[: number - 1] + after[left:] == before[: number - 1] + before[number:]


def test_a_rule_is_found_in_the_folder_of_its_subject_under_its_code() -> None:
    (root,) = checks.__path__
    modules = {path.stem for path in Path(root).glob("*/*.py")} - {"__init__"}
    assert modules == set(RULES)
