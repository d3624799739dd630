"""Scopes of the bot token. https://docs.slack.dev/reference/scopes"""

from tunesmith.local.workspace.errors import SlackError
from tunesmith.local.workspace.workspace import Workspace


def require_scope(ws: Workspace, *any_of: str) -> None:
    """Raises SlackError `missing_scope` where the app has none of these scopes."""
    granted = ws.manifest.scopes
    if not set(any_of) & set(granted):
        raise SlackError("missing_scope", needed=any_of[0], provided=",".join(granted))
