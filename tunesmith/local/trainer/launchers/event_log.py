"""What the engines of a job have told: `events.jsonl` in the job's folder, a line for each event.

An engine's stdout is appended to it, so an event is kept from the moment it was told, whether a
server runs or not. The server reads whole lines from the byte up to which it has recorded them.
"""

import fcntl
import logging
import os
from pathlib import Path

from pydantic import ValidationError

from tunesmith.local.trainer.jobs import Event, parse_event

_logger = logging.getLogger(__name__)
_EVENTS_FILE = "events.jsonl"
_STDOUT = 1


def append_stdout(folder: Path) -> None:
    """From now on, append this process's stdout to the job's log.

    Waits until an earlier process has left the job: two would write over each other's state. A
    last line that such a process has not finished is removed; no server has read it.
    """
    with (folder / _EVENTS_FILE).open("a+b") as log:
        # The lock belongs to the open file, and so to stdout: it ends with the last process that
        # can still write there.
        fcntl.flock(log, fcntl.LOCK_EX)
        log.seek(0)
        log.truncate(log.read().rfind(b"\n") + 1)
        os.dup2(log.fileno(), _STDOUT)


def read_events(folder: Path, start: int) -> tuple[list[Event], int]:
    """The events in the whole lines from byte `start` on, and the byte after them.

    A line that is no event is logged and passed over.
    """
    try:
        with (folder / _EVENTS_FILE).open("rb") as log:
            log.seek(start)
            found = log.read()
    except FileNotFoundError:  # No engine has begun.
        return [], start
    end = found.rfind(b"\n") + 1
    events: list[Event] = []
    for line in found[:end].splitlines():
        try:
            events.append(parse_event(line))
        except ValidationError:
            _logger.warning("The engine of %s wrote a line that is no event", folder.name)
    return events, start + end
