"""What Slack sends, as far as it is used (docs.slack.dev/reference). Unknown fields are passed
over, so that a field which Slack adds breaks nothing.
"""

import re
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from tunesmith.bot.errors import UserError
from tunesmith.bot.messages import say
from tunesmith.handlers.slack.thread import Where


class UnreadableError(Exception):
    """What came is not what Slack documents; names the fields, never what is in them."""


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore")

    @field_validator("*", mode="before")
    @classmethod
    def _is_unicode(cls, value: Any) -> Any:
        """Without NUL and halves of surrogate pairs, which no database takes."""
        if isinstance(value, str):
            return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
        return value

    @classmethod
    def read(cls, body: object) -> Self:
        """What came, as this. Raises UnreadableError."""
        try:
            return cls.model_validate(body)
        except ValidationError as error:
            found = error.errors(include_input=False, include_context=False, include_url=False)
            wrong = sorted({".".join(map(str, one["loc"])) for one in found})
            raise UnreadableError(f"No {cls.__name__}: {', '.join(wrong)}") from None


_FOLDERS = re.compile(r"[/\\]")
# Controls, line and paragraph separators, and marks, embeddings and isolates of text direction.
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]"
)
_MOST_NAME = 200
_MOST_DIGITS = 9

C = TypeVar("C", bound=BaseModel)


def carried(model: type[C], text: str) -> C:
    """What a button or a form of ours carries.

    Raises UserError where it can't be read: an earlier version may have written it.
    """
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        raise UserError(say("common.control_unreadable")) from error


class SlackFile(_Wire):
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


class _Metadata(_Wire):
    event_type: str = ""
    event_payload: dict[str, Any] = Field(default_factory=dict[str, Any])


class _Block(_Wire):
    type: str = ""
    block_id: str = ""


class SlackMessage(_Wire):
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
    blocks: list[_Block] | None = None

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


class RemovalEvent(_Wire):
    """A `file_deleted` event, which tells no more than the id; or a `message` event that tells what
    a message was before it was deleted (docs.slack.dev/reference/events).
    """

    file_id: str | None = None
    channel: str | None = None
    previous_message: SlackMessage | None = None


class _EventHead(_Wire):
    type: str


class _ViewHead(_Wire):
    type: str
    callback_id: str = ""
    private_metadata: str = ""


class _ResponseUrl(_Wire):
    response_url: str


_Named = str | dict[str, Any] | None
_Part = dict[str, Any] | None


class Envelope(_Wire):
    """What any body is: the parts that Bolt looks into before a listener reads the body."""

    type: str | None = None
    team: _Named = None
    enterprise: _Named = None
    user: _Named = None
    channel: _Named = None
    event: _EventHead = _EventHead(type="")
    view: _ViewHead | None = None
    message: _Part = None
    authorizations: list[dict[str, Any]] | None = None
    actions: Annotated[list[dict[str, Any]] | None, Field(min_length=1)] = None
    response_url: str | None = None
    response_urls: list[_ResponseUrl] = Field(default_factory=list[_ResponseUrl])

    @property
    def all_response_urls(self) -> list[str]:
        """Where an answer may be asked to go."""
        one = [] if self.response_url is None else [self.response_url]
        return one + [more.response_url for more in self.response_urls]


class _Authorization(_Wire):
    user_id: str | None = None
    is_bot: bool = False


class EventBody(_Wire):
    """The envelope of an event."""

    event_id: str
    team_id: str = ""
    context_team_id: str | None = None
    event_time: float = 0.0
    event: dict[str, Any]
    authorizations: list[_Authorization] = Field(default_factory=list[_Authorization])

    @property
    def bot(self) -> str | None:
        """The bot's own id as a user, where Slack tells it."""
        return next((one.user_id for one in self.authorizations if one.is_bot), None)

    @property
    def workspace(self) -> str:
        """The workspace that the bot is installed in. `team_id` may be another organisation's in a
        shared channel.
        """
        return self.context_team_id or self.team_id


class HomeEvent(_Wire):
    """`app_home_opened`; `channel` is that of the direct messages with this person."""

    user: str
    tab: str = ""
    channel: str | None = None


class CommandBody(_Wire):
    """A slash command."""

    command: str
    text: str = ""
    team_id: str
    channel_id: str
    user_id: str
    trigger_id: str
    response_url: str | None = None


class _Id(_Wire):
    id: str


class _Option(_Wire):
    value: str


class _Action(_Wire):
    action_id: str
    value: str = ""
    selected_option: _Option | None = None
    action_ts: str = ""

    @field_validator("value", mode="before")
    @classmethod
    def _is_text(cls, value: Any) -> Any:
        """An input that was emptied has no value."""
        return "" if value is None else value


class _Container(_Wire):
    channel_id: str | None = None
    message_ts: str | None = None
    thread_ts: str | None = None
    is_ephemeral: bool = False
    view_id: str | None = None


class _Input(_Wire):
    value: str | None = None
    selected_option: _Option | None = None
    selected_options: list[_Option] = Field(default_factory=list[_Option])
    selected_conversation: str | None = None

    @property
    def text(self) -> str | None:
        """What was typed or chosen, or None where it was left empty."""
        chosen = self.selected_option.value if self.selected_option else self.value
        return (chosen or self.selected_conversation or "").strip() or None


class _State(_Wire):
    values: dict[str, dict[str, _Input]] = Field(default_factory=dict[str, dict[str, _Input]])

    def choices(self, block_id: str) -> list[str]:
        """What was ticked in that block."""
        elements = self.values.get(block_id, {}).values()
        return [option.value for element in elements for option in element.selected_options]

    @property
    def inputs(self) -> dict[str, str | None]:
        """What was typed or chosen in each input, by its `action_id`."""
        return {
            action_id: element.text
            for block in self.values.values()
            for action_id, element in block.items()
        }


class FormView(_Wire):
    """A modal as it stands; each version of it has a `hash` of its own."""

    id: str
    type: str = "modal"
    hash: str = ""
    blocks: list[_Block] = Field(default_factory=list[_Block])
    app_installed_team_id: str | None = None
    private_metadata: str = ""
    state: _State = Field(default_factory=_State)


class ActionBody(_Wire):
    """A pressed button, or another element that was used; `state` is what this person chose in the
    rest of the message, `view` the form or tab that it stands in.
    """

    team: _Id
    user: _Id
    channel: _Id | None = None
    container: _Container = Field(default_factory=_Container)
    trigger_id: str
    actions: list[_Action]
    state: _State = Field(default_factory=_State)
    view: FormView | None = None
    response_url: str | None = None

    @property
    def value(self) -> str:
        """What the button carries, or the option that was chosen."""
        chosen = self.actions[0].selected_option
        return chosen.value if chosen else self.actions[0].value

    @property
    def modal(self) -> str | None:
        """The modal in which it was pressed, if it was one."""
        is_modal = self.view is not None and self.view.type == "modal"
        return self.container.view_id if is_modal else None

    @property
    def where(self) -> Where:
        """Where it was pressed; nowhere, if that is no message."""
        return Where(self.team.id, self.channel.id if self.channel else "")

    def where_opened(self, channel: str) -> Where:
        """Where its form was opened, as `SubmissionBody.where` tells it."""
        installed = self.view.app_installed_team_id if self.view else None
        return Where(installed or self.team.id, channel)


class SubmissionBody(_Wire):
    """A submitted modal."""

    team: _Id
    user: _Id
    view: FormView

    def where(self, channel: str) -> Where:
        """Where the form was opened, which the form itself carries.

        Somebody of another organisation in a shared channel sends it with that one's `team`.
        """
        return Where(self.view.app_installed_team_id or self.team.id, channel)

    @property
    def first_input(self) -> str:
        """The first block that takes input: what is wrong with the whole form is said there."""
        return next((one.block_id for one in self.view.blocks if one.type == "input"), "")

    def number(self, block_id: str) -> int | None:
        """The whole number in that block, or None where it was left empty.

        Raises UserError where it is none: Slack's own form takes nothing else.
        """
        typed = self.input(block_id)
        if typed is not None and not (typed.isdecimal() and len(typed) <= _MOST_DIGITS):
            raise UserError(say("common.control_unreadable"))
        return int(typed) if typed else None

    def input(self, block_id: str) -> str | None:
        """What was typed or chosen in that input block, or None where it was left empty."""
        elements = self.view.state.values.get(block_id, {}).values()
        return next((element.text for element in elements), None)

    def written(self, block_id: str) -> str:
        """What was typed or chosen in that input block, with all its white space."""
        elements = self.view.state.values.get(block_id, {}).values()
        chosen = (
            (one.selected_option and one.selected_option.value, one.value) for one in elements
        )
        return next((option or typed or "" for option, typed in chosen), "")


class ShortcutBody(_Wire):
    """A message shortcut."""

    team: _Id
    user: _Id
    channel: _Id
    trigger_id: str
    message: SlackMessage
