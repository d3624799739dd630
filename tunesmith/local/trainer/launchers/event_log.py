"""What the engines of a job have told: `events.jsonl` in the job's folder, a line for each event.

An engine's stdout is appended to it (see guard.py), so an event is kept from the moment it was
told, whether a server runs or not. The server reads whole lines from the byte up to which it has
recorded them.
"""

import logging
from pathlib import Path

from pydantic import ValidationError

from tunesmith.local.trainer.jobs import Event, parse_event
from tunesmith.local.trainer.launchers.guard import EVENTS_FILE

_logger = logging.getLogger(__name__)


def read_events(folder: Path, start: int) -> tuple[list[Event], int]:
    """The events in the whole lines from byte `start` on, and the byte after them.

    A line that is no event is logged and passed over.
    """
    try:
        with (folder / EVENTS_FILE).open("rb") as log:
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
