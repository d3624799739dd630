"""Pydantic's findings in OpenAI's words and codes."""

from collections.abc import Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tunesmith.local.trainer.api.errors import ApiError

_SENTENCES: Mapping[str, tuple[str, str]] = {
    "missing": ("missing_required_parameter", "Missing required parameter: '{param}'."),
    "extra_forbidden": ("unknown_parameter", "Unknown parameter: '{param}'."),
    "literal_error": (
        "invalid_value",
        "Invalid '{param}': {value!r}. Supported values are: {expected}.",
    ),
    "enum": (
        "invalid_value",
        "Invalid '{param}': {value!r}. Supported values are: {expected}.",
    ),
    "string_too_long": (
        "string_above_max_length",
        "Invalid '{param}': string too long. Expected a string with maximum length {max_length}.",
    ),
    "string_too_short": (
        "string_below_min_length",
        "Invalid '{param}': string too short. Expected a string with minimum length {min_length}.",
    ),
    "too_long": (
        "array_above_max_length",
        "Invalid '{param}': too many entries. At most {max_length} are supported here, but got"
        " {actual_length}.",
    ),
    "too_many_properties": (
        "object_above_max_properties",
        "Invalid '{param}': too many properties. At most {max_length} are supported here.",
    ),
    "too_short": (
        "empty_array",
        "Invalid '{param}': too few entries. Expected at least {min_length}, but got"
        " {actual_length}.",
    ),
}
_LIMITS = {
    "ge": ("below", "min", ">="),
    "gt": ("below", "min", ">"),
    "le": ("above", "max", "<="),
    "lt": ("above", "max", "<"),
}
_WANTED = {
    "bool_type": "a boolean",
    "dict_type": "an object",
    "float_type": "a decimal",
    "int_type": "an integer",
    "list_type": "an array",
    "model_type": "an object",
    "string_type": "a string",
}
_GOT: Mapping[type[object], str] = {
    bool: "a boolean",
    dict: "an object",
    float: "a decimal",
    int: "an integer",
    list: "an array",
    str: "a string",
    type(None): "null",
    object: "something else",
}


def from_validation(error: ValidationError, within: str = "") -> ApiError:
    """The refusal; of several findings, the one that says most.

    `within` is the place in the body of what was validated.
    """
    found = error.errors(include_url=False)
    if found[0]["type"] == "json_invalid":
        return ApiError(400, "We could not parse the JSON body of your request.")
    param = _param(found[0])
    # A value that fits no branch of a union is reported once a branch: a broken limit says more
    # than a wrong type, and both more than `expected "auto"`.
    details = min(
        (details for details in found if _param(details) == param),
        key=lambda details: (details["type"] == "literal_error", details["type"] in _WANTED),
    )
    if within and param:
        param = f"{within}.{param}"
    code, message = _code_and_sentence(details, param or "body")
    return ApiError(400, message, param=param, code=code)


def _param(details: ErrorDetails) -> str | None:
    """`messages[0].content` from pydantic's location, without its labels of union branches."""
    param = ""
    for part in details["loc"]:
        if isinstance(part, int):
            param += f"[{part}]"
        elif part.isidentifier() and part not in ("bool", "float", "int", "str"):
            param += f".{part}" if param else part
    return param or None


def _code_and_sentence(details: ErrorDetails, param: str) -> tuple[str, str]:
    kind, value = details["type"], details["input"]
    context = details.get("ctx", {})
    if kind == "too_long" and context.get("field_type") == "Dictionary":
        kind = "too_many_properties"
    if kind in _SENTENCES:
        code, sentence = _SENTENCES[kind]
        return code, sentence.format(param=param, value=value, **context)
    if wanted := _WANTED.get(kind):
        got = next(name for kind, name in _GOT.items() if isinstance(value, kind))
        return (
            "invalid_type",
            f"Invalid type for '{param}': expected {wanted}, but got {got} instead.",
        )
    for limit, bound in context.items():
        if limit in _LIMITS:
            side, end, sign = _LIMITS[limit]
            number = "integer" if isinstance(bound, int) else "decimal"
            return f"{number}_{side}_{end}_value", (
                f"Invalid '{param}': {number} {side} {end}imum value."
                f" Expected a value {sign} {bound}, but got {value} instead."
            )
    return "invalid_value", f"Invalid '{param}': {details['msg']}."
