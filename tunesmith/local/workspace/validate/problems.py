"""Says what is wrong with blocks and views in Slack's own words and pointers."""

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tunesmith.local.workspace.records import is_array, is_object

# Wording as seen in Slack's answers to real apps.
_WORDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "string_too_long": lambda ctx: f"must be less than {ctx['max_length'] + 1} characters",
    "text_too_long": lambda ctx: f"must be less than {ctx['max_length'] + 1} characters",
    "string_too_short": lambda ctx: f"must be more than {ctx['min_length'] - 1} characters",
    "too_long": lambda ctx: f"no more than {ctx['max_length']} items allowed",
    "too_short": lambda ctx: f"must provide at least {ctx['min_length']} items",
    "union_tag_invalid": lambda ctx: f"unsupported type: {ctx['tag']}",
    "union_tag_not_found": lambda _: "missing required field: type",
    "literal_error": lambda _: "must be a valid enum value",
    "string_type": lambda _: "must be a string",
    "int_type": lambda _: "must be an integer",
    "float_type": lambda _: "must be a number",
    "bool_type": lambda _: "must be a boolean",
    "list_type": lambda _: "must be an array",
    "model_type": lambda _: "must be an object",
    "model_attributes_type": lambda _: "must be an object",
}


def describe(error: ValidationError, document: Any, root: str) -> list[str]:
    """One message a problem, `what is wrong [json-pointer:/where]`, below the pointer `root`."""
    return [_describe(one, document, root) for one in error.errors()]


def _describe(problem: ErrorDetails, document: Any, root: str) -> str:
    kind = problem["type"]
    location = list(problem["loc"])
    if kind in ("missing", "extra_forbidden"):
        name = location.pop()
        what = "missing required field" if kind == "missing" else "invalid additional property"
        return f"{what}: {name} [json-pointer:{root}{_pointer(location, document)}]"
    words = _WORDS.get(kind, lambda _: problem["msg"])(problem.get("ctx", {}))
    suffix = {"text_too_long": "/text", "union_tag_invalid": "/type"}.get(kind, "")
    return f"{words} [json-pointer:{root}{_pointer(location, document)}{suffix}]"


def _pointer(location: list[int | str], document: Any) -> str:
    """The place in the document: pydantic's location without the tags of its unions."""
    out = ""
    for part in location:
        if is_array(document) and isinstance(part, int):
            document = document[part] if part < len(document) else None
        elif is_object(document) and part in document:
            document = document[part]
        else:
            continue
        out += f"/{part}"
    return out
