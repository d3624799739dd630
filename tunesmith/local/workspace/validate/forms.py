"""What Slack's client checks before the app sees a form."""

import re

from tunesmith.local.workspace import inputs
from tunesmith.local.workspace.records import Json

_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_URL = re.compile(r"^[a-z][a-z0-9+.-]*://\S+$", re.IGNORECASE)


def form_errors(blocks: list[Json], values: Json) -> Json:
    """`{block_id: message}` of the inputs that cannot be submitted as they are."""
    errors: Json = {}
    for block, element in inputs.elements(blocks):
        if block["type"] != "input":
            continue
        state = values.get(block["block_id"], {}).get(element["action_id"])
        if state is None:
            continue
        if inputs.is_empty(state):
            if not block.get("optional"):
                errors[block["block_id"]] = "Please complete this required field."
            continue
        problem = _problem(element, state)
        if problem:
            errors[block["block_id"]] = problem
    return errors


def _problem(element: Json, state: Json) -> str | None:
    value = state.get("value")
    match element["type"]:
        case "plain_text_input":
            return _length_problem(element, str(value))
        case "number_input":
            return _number_problem(element, str(value))
        case "email_text_input" if not _EMAIL.match(str(value)):
            return "Please enter a valid email address."
        case "url_text_input" if not _URL.match(str(value)):
            return "Please enter a valid URL."
        case _:
            return _count_problem(element, state)


def _length_problem(element: Json, text: str) -> str | None:
    if len(text) < element.get("min_length", 0):
        return f"Please enter at least {element['min_length']} characters."
    if len(text) > element.get("max_length", 3000):
        return f"Please enter at most {element.get('max_length', 3000)} characters."
    return None


def _number_problem(element: Json, text: str) -> str | None:
    try:
        number = float(text) if element.get("is_decimal_allowed") else int(text)
    except ValueError:
        return "Please enter a valid number."
    low, high = element.get("min_value"), element.get("max_value")
    if low is not None and number < float(low):
        return f"Please enter a number of at least {low}."
    if high is not None and number > float(high):
        return f"Please enter a number of at most {high}."
    return None


def _count_problem(element: Json, state: Json) -> str | None:
    key, _ = inputs.STATE_KEYS[element["type"]]
    limit = element.get("max_selected_items")
    if limit is not None and len(state.get(key) or []) > limit:
        return f"Please choose at most {limit}."
    return None
