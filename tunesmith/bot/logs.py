"""How log lines are written: for people, or as JSON for machines."""

import json
import logging
from datetime import UTC, datetime
from typing import Any, Literal


def set_up(how: Literal["text", "json"]) -> None:
    """Write this process's log to the standard error, one line for each thing."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Json() if how == "json" else _Text())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # a line for every request otherwise


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    return getattr(record, "fields", {})


class _Text(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        said = "".join(f" {name}={value}" for name, value in _fields(record).items())
        return super().formatMessage(record) + said


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)
