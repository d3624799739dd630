"""When a channel is asked whether to train on its corrections: on Mondays at nine."""

from datetime import UTC, datetime, timedelta, tzinfo

from tunesmith.bot.quiet_hours import QuietHours

_HOUR = 9
_WEEK = timedelta(days=7)


def last_call(now: float, quiet: QuietHours | None) -> float:
    """The latest such moment that is not after `now`, both in seconds since 1970 UTC.

    By the clock of the team's quiet hours, or UTC where it has none.
    """
    return _last(now, quiet.zone if quiet else UTC).timestamp()


def next_call(now: float, quiet: QuietHours | None) -> float:
    """The first such moment after `now`."""
    zone = quiet.zone if quiet else UTC
    last = _last(now, zone)
    following = datetime.combine((last + _WEEK).date(), last.timetz())
    return following.timestamp()


def _last(now: float, zone: tzinfo) -> datetime:
    here = datetime.fromtimestamp(now, zone)
    monday = (here - timedelta(days=here.weekday())).replace(
        hour=_HOUR, minute=0, second=0, microsecond=0
    )
    return monday if monday <= here else monday - _WEEK
