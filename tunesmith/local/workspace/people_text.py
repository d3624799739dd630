"""What people type, as Slack passes it on: escaped, with mentions as ids.

https://docs.slack.dev/messaging/formatting-message-text#escaping
"""

import re

from tunesmith.local.workspace.workspace import Workspace

_REFERENCE = re.compile(r"(<(?:[@#!][^<>\s|]+|https?://[^<>|\s]+)(?:\|[^<>]*)?>)")


def escape(text: str) -> str:
    """`&`, `<` and `>` as entities, except in ready-made references like `<@U0ALICE>`."""
    parts = _REFERENCE.split(text)
    return "".join(part if index % 2 else _escape(part) for index, part in enumerate(parts))


def with_mentions(ws: Workspace, text: str) -> str:
    """Escaped text in which `@name` of anyone here became a mention."""
    names = {user.name: user.id for user in ws.state.users.values()}
    pattern = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    mention = re.compile(rf"(?<![\w<@])@({pattern})\b", re.IGNORECASE)
    return mention.sub(lambda found: f"<@{names[found[1].lower()]}>", escape(text))


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
