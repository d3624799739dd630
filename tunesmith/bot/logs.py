"""How log lines are written: for people, or as JSON for machines.

Errors and messages are told by `log_words`, whoever logs them, so that no line has the words of
people, files or providers.
"""

import asyncio
import json
import logging
from datetime import UTC, datetime
from typing import Any, Literal

from tunesmith.bot.log_words import in_log, named, traced
from tunesmith.bot.messages import Message

_log = logging.getLogger(__name__)


def set_up(how: Literal["text", "json"]) -> None:
    """Write this process's log to the standard error, one line for each thing."""
    handler = logging.StreamHandler()
    handler.addFilter(_without_words)
    handler.setFormatter(_Json() if how == "json" else _Text())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # a line for every request otherwise


def unhandled(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what nobody awaited: an event loop's own handler writes the error's words."""
    _log.error("%s", context["message"], exc_info=context.get("exception"))


def _without_words(record: logging.LogRecord) -> bool:
    """Put what the log may say of errors and messages in their place."""
    if isinstance(record.args, tuple):
        record.args = tuple(map(_told, record.args))
    if isinstance(record.msg, BaseException | Message):
        record.msg = str(_told(record.msg))
    if record.exc_info and record.exc_info[1] is not None:
        record.exc_text = traced(record.exc_info[1])
    return True


def _told(value: object) -> object:
    if isinstance(value, BaseException):
        return named(value)
    return in_log(value) if isinstance(value, Message) else value


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
        if record.exc_text:
            line["traceback"] = record.exc_text
        return json.dumps(line, ensure_ascii=False, default=str)
