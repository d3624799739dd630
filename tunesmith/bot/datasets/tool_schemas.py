"""The JSON Schemas by which tools declare their arguments."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import orjson

from tunesmith.bot.datasets.findings import JsonObject, Path, quoted_names
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.messages import Message, say

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError, Validator

_LISTED = 3
# Each file has few schemas, on every line again.
_KEPT = 512
# A pattern of a schema that takes more steps is given up: it is a stranger's.
_BACKTRACK_LIMIT = 10_000


class Flaw(NamedTuple):
    """Why a schema is none: where in it, and the keyword of the meta-schema that it breaks."""

    path: Path
    keyword: str


def flaw(schema: JsonObject) -> Flaw | None:
    """What is wrong with a schema, if anything."""
    found = _compiled(orjson.dumps(schema))
    return found if isinstance(found, Flaw) else None


def violations(schema: JsonObject, arguments: JsonObject) -> Iterator["ValidationError"]:
    """Where arguments do not fit a schema: the first few places, none where it is no schema.

    The quickest way to tell that they fit; nothing is fetched from anywhere.
    """
    validator = _compiled(orjson.dumps(schema))
    if not isinstance(validator, Flaw) and not validator.is_valid(arguments):
        yield from islice(validator.iter_errors(arguments), _LISTED)


def problem(error: "ValidationError") -> Message:
    """Where a value does not fit a schema, and how."""
    field = quoted(".".join(map(str, error.instance_path)))
    match error.kind.as_dict():
        case {"types": [*types]}:
            return say("finding.argument.type", field=field, types=list(map(str, types)))
        case {"options": [*options]}:
            choices = [orjson.dumps(option).decode() for option in options]
            return say("finding.argument.enum", field=field, choices=quoted_names(choices))
        case {"property": str(key)}:
            return say("finding.argument.required", field=field, key=quoted(key))
        case _:
            return say("finding.argument.keyword", field=field, keyword=error.kind.name)


@lru_cache(maxsize=_KEPT)
def _compiled(schema: bytes) -> "Validator | Flaw":
    from jsonschema_rs import (  # noqa: PLC0415 - only files with tools pay for it
        FancyRegexOptions,
        ValidationError,
        validator_for,
    )

    patterns = FancyRegexOptions(backtrack_limit=_BACKTRACK_LIMIT)
    try:
        return validator_for(schema.decode(), offline=True, pattern_options=patterns)
    except ValidationError as error:
        return Flaw(tuple(error.instance_path), error.kind.name)
    except ValueError:  # nested deeper than it follows
        return Flaw((), "$schema")
