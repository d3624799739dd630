"""Inputs of blocks: which there are, their state as Slack writes it, and what a person chose."""

from collections.abc import Iterator
from typing import Any

from tunesmith.local.workspace.errors import ControlError
from tunesmith.local.workspace.records import Json, is_array, is_object

# type of element → (key in state.values, key of its initial value)
_TEXT = ("value", "initial_value")
_OPTION = ("selected_option", "initial_option")
_OPTIONS = ("selected_options", "initial_options")
STATE_KEYS = {
    "plain_text_input": _TEXT,
    "email_text_input": _TEXT,
    "url_text_input": _TEXT,
    "number_input": _TEXT,
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": _OPTION,
    "external_select": _OPTION,
    "radio_buttons": _OPTION,
    "checkboxes": _OPTIONS,
    "multi_static_select": _OPTIONS,
    "multi_external_select": _OPTIONS,
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "file_input": ("files", ""),
}
# What a person can use but what holds no value.
PRESSED = {"button", "icon_button", "overflow", "feedback_buttons", "workflow_button"}
INTERACTIVE = PRESSED | set(STATE_KEYS)
_LISTS = {key for key, _ in STATE_KEYS.values() if key.endswith("s")}


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every interactive element with the block that holds it, in order of appearance."""
    for block in blocks:
        inner: list[Any] = [block.get("accessory"), block.get("element")]
        inner += block.get("elements") or []
        inner += block.get("actions") or []
        for element in inner:
            if is_object(element) and element.get("action_id"):
                yield block, element
        yield from elements(block.get("child_blocks") or [])
        if block["type"] == "carousel":
            yield from elements(block["elements"])


def identities(blocks: list[Json]) -> set[tuple[str, str]]:
    """`(block_id, action_id)` of every element."""
    return {(block["block_id"], element["action_id"]) for block, element in elements(blocks)}


def state_values(blocks: list[Json], filled: Json) -> Json:
    """Slack's `state.values`: `{block_id: {action_id: state}}` of everything that holds a value."""
    out: Json = {}
    for block, element in elements(blocks):
        if element["type"] in STATE_KEYS:
            stored = filled.get(block["block_id"], {}).get(element["action_id"])
            state = stored or initial(element)
            out.setdefault(block["block_id"], {})[element["action_id"]] = state
    return out


def initial(element: Json) -> Json:
    """The state of an element nobody touched."""
    key, initial_key = STATE_KEYS[element["type"]]
    value = element.get(initial_key)
    return {"type": element["type"], key: [] if value is None and key in _LISTS else value}


def is_empty(state: Json) -> bool:
    """Whether a state holds no value."""
    key, _ = STATE_KEYS[state["type"]]
    return state.get(key) in (None, "", [])


def chosen(element: Json, value: Any) -> Json:
    """The state after a person gave `value`: text, date, id, an option's value, or a list of them.

    Raises ControlError `invalid_value`.
    """
    key, _ = STATE_KEYS[element["type"]]
    kind = element["type"]
    if value is None or value == "":
        return {"type": kind, key: [] if key in _LISTS else None}
    if key == "selected_option":
        return {"type": kind, key: find_option(element, value)}
    if key == "selected_options":
        return {"type": kind, key: [find_option(element, one) for one in _as_list(value)]}
    if key in _LISTS:
        return {"type": kind, key: [str(one) for one in _as_list(value)]}
    if key == "selected_date_time":
        return {"type": kind, key: _seconds(element, value)}
    return {"type": kind, key: value if is_object(value) else str(value)}


def find_option(element: Json, value: Any) -> Json:
    """The option with this value. Raises ControlError `invalid_value`."""
    options: list[Json] = list(element.get("options") or [])
    groups: list[Json] = element.get("option_groups") or []
    for group in groups:
        options += group["options"]
    for option in options:
        if option.get("value") == str(value):
            return option
    raise ControlError("invalid_value", f"{element['action_id']} has no option {value!r}")


def _seconds(element: Json, value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise ControlError("invalid_value", f"{element['action_id']} takes seconds") from None


def _as_list(value: Any) -> list[Any]:
    return value if is_array(value) else [value]
