"""What is said, before it is put into words."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, TypeAlias, Union

from pydantic import BeforeValidator, TypeAdapter, ValidationError

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


def _from_text(stored: Any) -> Any:
    """Rows of earlier versions hold finished English: it is shown as it stands."""
    return (
        {"key": "common.as_is", "values": {"text": stored}} if isinstance(stored, str) else stored
    )


StoredMessage: TypeAlias = Annotated[Message, BeforeValidator(_from_text)]
"""A field of a stored pydantic model: a message, or the text that an earlier version stored."""

_adapter: TypeAdapter[Message] = TypeAdapter(Message)


def to_stored(message: Message) -> str:
    """A message as the text of a database column."""
    return _adapter.dump_json(message).decode()


def from_stored(stored: str) -> Message:
    """The message of a database column; text that an earlier version wrote is said as it is."""
    try:
        return _adapter.validate_python(json.loads(stored))
    except (json.JSONDecodeError, ValidationError):
        return say("common.as_is", text=stored)
