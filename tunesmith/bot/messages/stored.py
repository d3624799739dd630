"""Messages in stored rows and reports, with pydantic, which the command line starts without."""

import json
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, TypeAdapter, ValidationError

from tunesmith.bot.messages.message import Message, say


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
