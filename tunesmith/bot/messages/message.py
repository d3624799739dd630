"""What is said, before it is put into words."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeAlias, Union

Scalar: TypeAlias = Union[str, int, float, "Message"]
Value: TypeAlias = Scalar | list[Scalar]


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence or a part of one: the key of its words, and the values of their placeholders.

    It is stored as JSON: money and dates are therefore kept as text, and the words say by their
    format (`{price:usd}`) what a value is.
    """

    key: str
    values: dict[str, Value] = field(default_factory=dict[str, Value])


def say(key: str, /, **values: "Value | Decimal | date | Iterable[Scalar]") -> Message:
    """The message of that key."""
    return Message(key, {name: _plain(value) for name, value in values.items()})


def _plain(value: "Value | Decimal | date | Iterable[Scalar]") -> Value:
    match value:
        case str():
            return str(value)  # a member of a StrEnum becomes its text
        case int() | float() | Message():
            return value
        case Decimal() | date():
            return str(value)
        case _:
            return list(value)
