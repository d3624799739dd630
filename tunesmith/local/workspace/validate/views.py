"""Checks the views an app sends."""

from typing import Any, Literal

import orjson
from pydantic import ValidationError

from tunesmith.local.workspace.errors import SlackError
from tunesmith.local.workspace.records import Json, is_object
from tunesmith.local.workspace.validate import problems
from tunesmith.local.workspace.validate.block_kit.views import Home, Modal
from tunesmith.local.workspace.validate.blocks import rule_problems, walk, with_ids

_MAX_BYTES = 250_000


def checked_view(view: Any, kind: Literal["modal", "home"]) -> Json:
    """The view with generated ids.

    Raises SlackError `invalid_arguments` with Slack's explanations, or `view_too_large`.
    """
    if not is_object(view):
        raise SlackError.with_messages("invalid_arguments", ["missing required field: view"])
    if len(orjson.dumps(view)) > _MAX_BYTES:
        raise SlackError("view_too_large")
    found = _problems(view, kind)
    if found:
        raise SlackError.with_messages("invalid_arguments", found)
    return {**view, "blocks": with_ids(view["blocks"])}


def _problems(view: Json, kind: Literal["modal", "home"]) -> list[str]:
    if view.get("type") != kind:
        return [f"must be `{kind}` [json-pointer:/view/type]"]
    model = Modal if kind == "modal" else Home
    try:
        model.model_validate(view)
    except ValidationError as error:
        return problems.describe(error, view, "/view")
    found = rule_problems(view["blocks"], kind, "/view/blocks")
    if kind == "modal" and not view.get("submit"):
        found += [
            f"must define `submit` to use an `input` block in modals [json-pointer:{pointer}/input]"
            for pointer, block in walk(view["blocks"], "/view/blocks")
            if block["type"] == "input"
        ]
    return found
