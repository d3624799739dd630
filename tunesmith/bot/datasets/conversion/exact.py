"""JSON read and written without losing a digit of its numbers.

orjson reads an integer of more than 64 bits as a float, and a float of many digits as the nearest
double. Such numbers are read as what writes their own digits again.
"""

import json
import re

import orjson

from tunesmith.bot.datasets.findings import Json

# What a number may look like that orjson would change.
_LONG_NUMBER = re.compile(rb"\d[\d.]{15}|\d[eE][+-]?\d{3}")
_LONG_INTEGER = 18


def loads(text: bytes) -> Json:
    """The value of a JSON text. Raises ValueError where it is none.

    A number that Python would change is an `orjson.Fragment`: only `dumps` reads it.
    """
    if not _LONG_NUMBER.search(text):
        return orjson.loads(text)
    try:
        return json.loads(text, parse_int=_integer, parse_float=_float, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def dumps(value: Json) -> bytes:
    """The JSON text of a value, with the digits that `loads` read.

    Raises TypeError where it holds half a character or is nested too deep.
    """
    return orjson.dumps(value)


def _integer(digits: str) -> object:
    return int(digits) if len(digits) <= _LONG_INTEGER else orjson.Fragment(digits.encode())


def _float(digits: str) -> object:
    number = float(digits)
    return number if repr(number) == digits else orjson.Fragment(digits.encode())


def _refuse(constant: str) -> object:
    raise ValueError(constant)
