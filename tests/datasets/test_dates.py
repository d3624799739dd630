"""What a report says before training closes, after it, and after the models are shut down.

OpenAI's dates: 2027-01-06 is the last day for new jobs, 2027-01-14 its models' shutdown.
"""

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.datasets.files import chats, of_code, preferences, said, write
from tunesmith.bot.cli import app
from tunesmith.bot.datasets import Report, Selection, inspect_sync
from tunesmith.bot.messages import text_for
from tunesmith.bot.providers.catalogue import load_catalogue

BEFORE, CLOSED, OFF = date(2026, 11, 21), date(2027, 1, 7), date(2027, 1, 15)


def report_of(
    path: Path, today: date, *, provider: str | None = None, model: str | None = None
) -> Report:
    """The report on a file, made on that day."""
    selection = Selection(load_catalogue(), provider, model, today=today)
    return inspect_sync(path, name=path.name, selection=selection)


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A file that nothing is wrong with."""
    return write(tmp_path / "good.jsonl", chats(60))


def test_before_training_closes_both_dates_and_the_rule_on_who_can_start_are_said(
    good: Path,
) -> None:
    report = report_of(good, BEFORE)
    assert report.valid
    (finding,) = of_code(report, "training_closes")
    assert said(finding) == (
        "Deadline: OpenAI takes new jobs on all its models until Jan 6, 2027, 46 days from now. "
        "Models tuned on them answer until Jan 14, 2027, 54 days from now."
    )
    assert "46일" in said(finding, "ko")
    assert "54 天" in said(finding, "zh")
    assert "used a tuned model in the last 60 days" in text_for("en")(finding.hint)


@pytest.mark.parametrize(
    ("today", "told"),
    [(date(2026, 11, 6), False), (date(2026, 11, 7), True), (date(2027, 1, 6), True)],
)
def test_the_notice_begins_sixty_days_before_the_last_day(
    good: Path, today: date, told: bool
) -> None:
    report = report_of(good, today)
    assert ("training_closes" in report.counts) is told
    assert report.valid


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (CLOSED, "Jan 6, 2027 was the last day. Models tuned on them answer until Jan 14, 2027, 7"),
        (
            OFF,
            "OpenAI has shut down all its models, and every model tuned on them, on Jan 14, 2027",
        ),
    ],
)
def test_after_the_last_day_the_file_is_not_valid_and_it_is_said_who_still_trains(
    good: Path, today: date, words: str
) -> None:
    for model in (None, "gpt-4.1-2025-04-14"):
        report = report_of(good, today, model=model)
        assert not report.valid
        (finding,) = of_code(report, "training_closed")
        assert words in said(finding).replace("gpt-4.1-2025-04-14", "all its models")
        assert text_for("en")(finding.hint).startswith("Who still trains: Azure OpenAI, ")
        assert "openai" not in {cost.provider for cost in report.costs}


def test_a_provider_that_still_trains_takes_the_file_after_another_has_closed(good: Path) -> None:
    report = report_of(good, CLOSED, provider="azure")
    assert report.valid
    assert not {"training_closes", "training_closed"} & report.counts.keys()


def test_a_day_that_is_only_the_earliest_end_is_said_as_one_and_closes_nothing(good: Path) -> None:
    before = report_of(good, date(2027, 4, 1), provider="azure")
    (finding,) = of_code(before, "training_closes")
    assert "at least until Apr 14, 2027, 13 days from now" in said(finding)
    after = report_of(good, date(2027, 4, 15), provider="azure")
    assert after.valid
    (finding,) = of_code(after, "training_closes")
    assert "not known here" in said(finding)


def test_who_decides_for_a_team_is_the_first_of_its_providers_that_still_trains() -> None:
    catalogue = load_catalogue()

    def judge(today: date, *connected: str) -> str:
        return Selection(catalogue, connected=connected, today=today).judge

    assert judge(BEFORE, "local", "openai") == "openai"
    assert judge(CLOSED, "local", "openai") == "local"
    assert judge(CLOSED, "openai") == "openai"
    assert judge(BEFORE, "local") == "local"
    assert judge(CLOSED) == "openai"


def test_dates_of_a_method_nobody_else_trains_name_the_way_out(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", preferences())
    (finding,) = of_code(report_of(path, CLOSED), "training_closed")
    assert "Nebius" not in str(finding.hint)


def test_the_command_line_takes_the_day_from_the_setting(
    good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for today, code, words in (
        (BEFORE, 0, ["jobs until", "answers until", "Jan 6, 2027", "Jan 14, 2027", "46 days"]),
        (CLOSED, 1, ["not valid", "Who still trains: Azure OpenAI", "azure/gpt-4.1"]),
        (OFF, 1, ["not valid", "shut down", "Who still trains: Azure OpenAI"]),
    ):
        monkeypatch.setenv("TUNESMITH_TODAY", str(today))
        result = CliRunner().invoke(app, ["inspect", str(good), "--output-format", "grouped"])
        assert result.exit_code == code
        assert [part for part in words if part not in " ".join(result.stdout.split())] == []
