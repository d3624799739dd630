"""The hours in which nobody is to be disturbed: what can wait is told when they end."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

_WRITTEN = re.compile(r"(\d\d?:\d\d)\s*-\s*(\d\d?:\d\d)\s+(\S+)")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `begin` to `end` of each day, by the clock of `zone`; over midnight where `end` is the
    earlier one.
    """

    begin: time
    end: time
    zone: ZoneInfo

    @classmethod
    def parse(cls, written: object) -> "QuietHours":
        """Read `22:00-08:00 Asia/Seoul`. Raises ValueError where it is not written so."""
        found = _WRITTEN.fullmatch(str(written).strip())
        if found is None:
            raise ValueError("write it as 22:00-08:00 Asia/Seoul")
        begin, end = (found[part].split(":") for part in (1, 2))
        try:
            zone = ZoneInfo(found[3])
            return cls(time(int(begin[0]), int(begin[1])), time(int(end[0]), int(end[1])), zone)
        except (OSError, KeyError) as error:  # a folder of zones is an OSError
            raise ValueError(f"{found[3]} is no time zone") from error

    def seconds_left(self, now: float) -> float:
        """How long they still last at `now`, in seconds since 1970 UTC; 0 outside of them."""
        here = datetime.fromtimestamp(now, self.zone)
        clock = here.time()
        over_midnight = self.end < self.begin
        after, before = clock >= self.begin, clock < self.end
        if not (after or before if over_midnight else after and before):
            return 0.0
        day = here.date() + timedelta(days=1 if over_midnight and after else 0)
        return max(0.0, datetime.combine(day, self.end, self.zone).timestamp() - now)
