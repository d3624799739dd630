"""Whether an answer is the JSON that it should be."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import orjson

from tunesmith.bot.datasets.findings import Json, quoted_names
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.datasets.tool_schemas import problem, violations
from tunesmith.bot.messages import Message, say
from tunesmith.bot.sql.fences import fenced_blocks

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError


def json_problems(answer: str, schema: dict[str, Any]) -> list[Message]:
    """Where an answer does not fit a JSON Schema: the first few places, none where it fits.

    It may stand in a code fence, alone.
    """
    try:
        value = _read(answer)
    except orjson.JSONDecodeError:
        return [say("check.not_json")]
    if not isinstance(value, dict):
        return [say("check.no_object")]
    return list(_told(violations(schema, value)))


def _read(answer: str) -> Json:
    blocks = list(fenced_blocks(answer))
    fenced = len(blocks) == 1 and answer.strip().startswith("```")
    return orjson.loads(blocks[0].body if fenced else answer)


def _told(errors: Iterator["ValidationError"]) -> Iterator[Message]:
    """A key of the answer itself is told without the answer's name: it has none."""
    for error in errors:
        match error.kind.as_dict():
            case {"property": str(key)} if not error.instance_path:
                yield say("check.lacks", key=quoted(key))
            case {"unexpected": [*keys]}:
                yield say("check.unexpected", keys=quoted_names([str(key) for key in keys]))
            case _:
                yield problem(error)
