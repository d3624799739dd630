"""What Slack sends, as far as it is used (docs.slack.dev/reference). Unknown fields are passed
over, so that a field which Slack adds breaks nothing.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore")


class SlackFile(_Wire):
    """A file in a message, or `files.info`'s answer. In Slack Connect only the id is filled in."""

    id: str
    name: str | None = None
    size: int = 0
    url_private_download: str | None = None
    file_access: str | None = None


class _Metadata(_Wire):
    event_type: str = ""
    event_payload: dict[str, Any] = Field(default_factory=dict[str, Any])


class SlackMessage(_Wire):
    """A message as `conversations.*` gives it."""

    ts: str
    thread_ts: str | None = None
    user: str | None = None
    bot_id: str | None = None
    text: str = ""
    metadata: _Metadata = Field(default_factory=_Metadata)
    files: list[SlackFile] = Field(default_factory=list[SlackFile])

    @property
    def key(self) -> str | None:
        """Our own key, where the message is ours."""
        return self.metadata.event_payload.get("key")


class MessageEvent(_Wire):
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


class EventBody(_Wire):
    """The envelope of an event."""

    event_id: str
    team_id: str = ""
    event: dict[str, Any]


class CommandBody(_Wire):
    """A slash command."""

    command: str
    text: str = ""
    team_id: str
    channel_id: str
    user_id: str
    trigger_id: str


class _Id(_Wire):
    id: str


class _Action(_Wire):
    action_id: str
    value: str = ""


class _Container(_Wire):
    channel_id: str | None = None
    message_ts: str | None = None
    thread_ts: str | None = None


class _Option(_Wire):
    value: str


class _Input(_Wire):
    value: str | None = None
    selected_option: _Option | None = None
    selected_options: list[_Option] = Field(default_factory=list[_Option])


class _State(_Wire):
    values: dict[str, dict[str, _Input]] = Field(default_factory=dict[str, dict[str, _Input]])

    def choices(self, block_id: str) -> list[str]:
        """What was ticked in that block."""
        elements = self.values.get(block_id, {}).values()
        return [option.value for element in elements for option in element.selected_options]


class ActionBody(_Wire):
    """A pressed button; `state` is what this person chose in the rest of the message."""

    team: _Id
    user: _Id
    channel: _Id | None = None
    container: _Container = Field(default_factory=_Container)
    trigger_id: str
    actions: list[_Action]
    state: _State = Field(default_factory=_State)

    @property
    def value(self) -> str:
        """What the button carries."""
        return self.actions[0].value


class _View(_Wire):
    id: str
    private_metadata: str = ""
    state: _State = Field(default_factory=_State)


class SubmissionBody(_Wire):
    """A submitted modal."""

    team: _Id
    user: _Id
    view: _View

    def input(self, block_id: str) -> str | None:
        """What was typed or chosen in that input block, or None where it was left empty."""
        for element in self.view.state.values.get(block_id, {}).values():
            chosen = element.selected_option.value if element.selected_option else element.value
            return chosen.strip() or None if chosen else None
        return None


class ShortcutBody(_Wire):
    """A message shortcut."""

    team: _Id
    user: _Id
    channel: _Id
    trigger_id: str
    message: SlackMessage
