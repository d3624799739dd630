"""What people do: buttons, forms and shortcuts."""

from typing import Any

from pydantic import Field, field_validator

from tunesmith.bot.errors import UserError
from tunesmith.bot.messages import say
from tunesmith.handlers.slack.payloads.messages import Block, SlackMessage
from tunesmith.handlers.slack.payloads.wire import Wire
from tunesmith.handlers.slack.thread import Where

_MOST_DIGITS = 9


class _Id(Wire):
    id: str


class _Option(Wire):
    value: str


class _Action(Wire):
    action_id: str
    value: str = ""
    selected_option: _Option | None = None
    action_ts: str = ""

    @field_validator("value", mode="before")
    @classmethod
    def _is_text(cls, value: Any) -> Any:
        """An input that was emptied has no value."""
        return "" if value is None else value


class _Container(Wire):
    channel_id: str | None = None
    message_ts: str | None = None
    thread_ts: str | None = None
    is_ephemeral: bool = False
    view_id: str | None = None


class _Input(Wire):
    value: str | None = None
    selected_option: _Option | None = None
    selected_options: list[_Option] = Field(default_factory=list[_Option])
    selected_conversation: str | None = None

    @property
    def text(self) -> str | None:
        """What was typed or chosen, or None where it was left empty."""
        chosen = self.selected_option.value if self.selected_option else self.value
        return (chosen or self.selected_conversation or "").strip() or None


class _State(Wire):
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


class FormView(Wire):
    """A modal as it stands; each version of it has a `hash` of its own."""

    id: str
    type: str = "modal"
    hash: str = ""
    blocks: list[Block] = Field(default_factory=list[Block])
    app_installed_team_id: str | None = None
    private_metadata: str = ""
    state: _State = Field(default_factory=_State)


class ActionBody(Wire):
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


class SubmissionBody(Wire):
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


class ShortcutBody(Wire):
    """A message shortcut."""

    team: _Id
    user: _Id
    channel: _Id
    trigger_id: str
    message: SlackMessage
