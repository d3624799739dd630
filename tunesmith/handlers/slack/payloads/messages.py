"""Files, messages, and the events that tell of them."""

import re
from typing import Any

from pydantic import Field, field_validator

from tunesmith.handlers.slack.payloads.wire import Wire

_FOLDERS = re.compile(r"[/\\]")
# Controls, line and paragraph separators, and marks, embeddings and isolates of text direction.
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]"
)
_MOST_NAME = 200


class SlackFile(Wire):
    """A file in a message, or `files.info`'s answer. In Slack Connect only the id is filled in."""

    id: str
    name: str | None = None
    size: int = 0
    url_private_download: str | None = None
    file_access: str | None = None
    mode: str | None = None  # `tombstone` where it was deleted

    @field_validator("name")
    @classmethod
    def _can_be_shown(cls, name: str | None) -> str | None:
        """Without folders, line breaks and characters that turn the text around them; not longer
        than a name may be. The ending stays.
        """
        if name is None:
            return None
        last = _UNSEEN.sub("_", _FOLDERS.split(name)[-1]) or "_"
        half = _MOST_NAME // 2
        return last if len(last) <= _MOST_NAME else f"{last[: half - 1]}…{last[-half:]}"


class _Metadata(Wire):
    event_type: str = ""
    event_payload: dict[str, Any] = Field(default_factory=dict[str, Any])


class Block(Wire):
    """A block, as far as it tells which one it is."""

    type: str = ""
    block_id: str = ""


class SlackMessage(Wire):
    """A message as `conversations.*` gives it."""

    ts: str
    thread_ts: str | None = None
    latest_reply: str | None = None
    subtype: str | None = None
    user: str | None = None
    bot_id: str | None = None
    text: str = ""
    metadata: _Metadata = Field(default_factory=_Metadata)
    files: list[SlackFile] = Field(default_factory=list[SlackFile])
    blocks: list[Block] | None = None

    @property
    def key(self) -> str | None:
        """Our own key, where the message is ours."""
        return self.metadata.event_payload.get("key")


class MessageEvent(Wire):
    """`message` and `app_mention` events."""

    type: str
    subtype: str | None = None
    channel: str
    channel_type: str | None = None
    ts: str
    thread_ts: str | None = None
    user: str | None = None
    bot_id: str | None = None
    text: str = ""
    files: list[SlackFile] = Field(default_factory=list[SlackFile])


class RemovalEvent(Wire):
    """A `file_deleted` event, which tells no more than the id; or a `message` event that tells what
    a message was before it was deleted (docs.slack.dev/reference/events).
    """

    file_id: str | None = None
    channel: str | None = None
    previous_message: SlackMessage | None = None
