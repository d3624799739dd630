"""What the log may say of errors and messages: kinds, codes, places in the code, never words.

An error's own words quote what it failed on: a statement's parameters, a provider's page, a file's
name, the answer that could not be read.
"""

import errno
import re
import traceback
from collections.abc import Iterator
from typing import Any, cast

from tunesmith.bot.errors import TunesmithError
from tunesmith.bot.messages import Message, Text

# What is ours, an operator's or a code, by the names of placeholders.
_SAID = frozenset({"code", "method", "provider", "reference", "seconds", "status"})
_FIGURE = re.compile(r"[0-9.+-]+")
_CODES = ("code", "status", "status_code", "sqlstate", "sqlite_errorname", "errno")
_CODE = re.compile(r"[\w.-]{1,64}", re.ASCII)
_MOST_LINKS = 10  # of a chain of causes

IN_WORKER = "In a worker process:\n"
"""What begins the note of where in a worker process an error was raised."""


class _Outside(str):
    """What people, files and providers said."""

    __slots__ = ()


class _LogText(Text):
    """English, with an ellipsis in the place of what people, files and providers said."""

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> tuple[Any, str]:
        """The value of a placeholder, marked where it may come from outside."""
        value: Any = super().get_field(field_name, args, kwargs)[0]
        is_told = field_name in _SAID or isinstance(value, int | float | Message)
        return (value if is_told else _Outside(value)), field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        """A value in words, of those from outside only money and dates."""
        is_figure = format_spec and _FIGURE.fullmatch(str(value))
        if isinstance(value, _Outside) and not is_figure:
            return "…"
        return super().format_field(value, format_spec)


_TEXT = _LogText("en")


def in_log(message: Message) -> str:
    """A message as the log says it."""
    return _TEXT(message)


def named(error: BaseException) -> str:
    """An error in one line: what we say of it where it is ours, else its class and its codes."""
    if isinstance(error, TunesmithError):
        return in_log(error.message)
    codes = ", ".join(_codes(error))
    return f"{_class(error)} ({codes})" if codes else _class(error)


def traced(error: BaseException) -> str:
    """Where an error was raised, and what led to it, the first cause first."""
    links = [error]
    while (cause := _cause(links[-1])) is not None and len(links) < _MOST_LINKS:
        links.append(cause)
    return "\nThat led to:\n".join(_link(link) for link in reversed(links))


def _link(error: BaseException) -> str:
    where = "".join(traceback.format_tb(error.__traceback__))
    ours = f"{_class(error)}: " if isinstance(error, TunesmithError) else ""
    parts = [f"Traceback (most recent call last):\n{where}{ours}{named(error)}"]
    parts += [note for note in getattr(error, "__notes__", ()) if note.startswith(IN_WORKER)]
    if isinstance(error, BaseExceptionGroup):
        group = cast("BaseExceptionGroup[BaseException]", error)
        parts += [traced(each) for each in group.exceptions]
    return "\n".join(parts)


def _class(error: BaseException) -> str:
    kind = type(error)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return f"{module}{kind.__qualname__}"


def _cause(error: BaseException) -> BaseException | None:
    return error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _codes(error: BaseException) -> Iterator[str]:
    for name in _CODES:
        value = getattr(error, name, None)
        if name == "errno" and isinstance(value, int):
            value = errno.errorcode.get(value, value)
        if isinstance(value, str | int) and _CODE.fullmatch(str(value)):
            yield str(value)
