"""Quiet hours are read as they are written, and end when they say."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunesmith.bot.errors import ConfigurationError
from tunesmith.bot.quiet_hours import QuietHours
from tunesmith.bot.settings import Settings, load_settings

SEOUL = ZoneInfo("Asia/Seoul")


def at(hour: int, minute: int = 0, day: int = 2, zone: ZoneInfo = SEOUL) -> float:
    return datetime(2026, 3, day, hour, minute, tzinfo=zone).timestamp()


@pytest.mark.parametrize(
    ("written", "now", "left"),
    [
        ("22:00-08:00 Asia/Seoul", at(21, 59), 0),
        ("22:00-08:00 Asia/Seoul", at(22), 10 * 3600),
        ("22:00-08:00 Asia/Seoul", at(3, day=3), 5 * 3600),
        ("22:00-08:00 Asia/Seoul", at(8), 0),
        ("9:00-17:30 Asia/Seoul", at(17), 1800),
        ("9:00-17:30 Asia/Seoul", at(17, 30), 0),
        ("12:00-12:00 Asia/Seoul", at(12), 0),
        # The night in which New York's clocks go forward is an hour shorter.
        (
            "22:00-08:00 America/New_York",
            at(22, day=7, zone=ZoneInfo("America/New_York")),
            9 * 3600,
        ),
    ],
)
def test_they_last_until_their_end_by_the_clock_of_their_place(
    written: str, now: float, left: float
) -> None:
    assert QuietHours.parse(written).seconds_left(now) == left


@given(st.times(), st.times(), st.floats(1e9, 2e9))
def test_when_they_have_ended_nobody_waits_any_more(begin: object, end: object, now: float) -> None:
    quiet = QuietHours(begin, end, ZoneInfo("UTC"))  # pyright: ignore[reportArgumentType]
    left = quiet.seconds_left(now)
    assert 0 <= left <= timedelta(days=1).total_seconds()
    assert quiet.seconds_left(now + left + 1e-3) == 0 or left == 0


def test_they_are_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNESMITH_QUIET_HOURS", "22:00-08:00 Asia/Seoul")
    assert Settings().quiet_hours == QuietHours.parse("22:00-08:00 Asia/Seoul")
    for wrong in ("22-8", "22:00-08:00", "25:00-08:00 Asia/Seoul", "22:00-08:00 Mars/Base"):
        monkeypatch.setenv("TUNESMITH_QUIET_HOURS", wrong)
        with pytest.raises(ConfigurationError, match="TUNESMITH_QUIET_HOURS"):
            load_settings()
