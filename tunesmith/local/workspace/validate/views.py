"""Checks the views an app sends."""

from typing import Any

from tunesmith.local.workspace.errors import SlackError
from tunesmith.local.workspace.records import Json
from tunesmith.local.workspace.validate.blocks import with_block_ids


def checked_view(view: Any, kind: str) -> Json:
    """The view with block_ids. Raises SlackError `invalid_arguments` and others."""
    if not isinstance(view, dict):
        raise SlackError.with_messages("invalid_arguments", ["missing required field: view"])
    return {**view, "blocks": with_block_ids(view.get("blocks") or [])}
