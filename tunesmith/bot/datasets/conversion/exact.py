"""JSON read and written without losing a digit of its numbers, as quickly as it can be."""

import re

import orjson

from tunesmith.bot.datasets.findings import Json
from tunesmith.bot.datasets.json_text import Number, read_exact

# What a number may look like that orjson would change: many digits, or an exponent.
_UNUSUAL_NUMBER = re.compile(rb"[:,\[]\s*-?\d(?:[\d.]{15}|[\d.]*[eE])")


def loads(text: bytes) -> Json:
    """The value of a JSON text. Raises ValueError where it is none.

    A number that Python would write in another way is a `Number`, which only `dumps` reads.
    """
    value = orjson.loads(text)
    return read_exact(text).value if _UNUSUAL_NUMBER.search(text) else value


def dumps(value: Json) -> bytes:
    """The JSON text of a value, with the digits that `loads` read.

    Raises TypeError where it is nested too deep.
    """
    return orjson.dumps(value, default=_written, option=orjson.OPT_PASSTHROUGH_DATACLASS)


def _written(number: object) -> orjson.Fragment:
    if isinstance(number, Number):
        return orjson.Fragment(number.text.encode())
    raise TypeError(number)
