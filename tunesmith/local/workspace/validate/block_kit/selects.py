"""Selects, checkboxes and radio buttons.

https://docs.slack.dev/reference/block-kit/block-elements
"""

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from tunesmith.local.workspace.validate.block_kit.holders import Confirmed, Picker
from tunesmith.local.workspace.validate.block_kit.objects import (
    ConversationFilter,
    Option,
    OptionGroup,
    Part,
    PlainOption,
)


class _Choices(Confirmed):
    """Base of the elements with a short list of options: at most ten."""

    options: list[Option] = Field(min_length=1, max_length=10)


class Checkboxes(_Choices):
    """Any of a few."""

    type: Literal["checkboxes"]
    initial_options: list[Option] | None = Field(None, min_length=1)

    @model_validator(mode="after")
    def _initial_is_offered(self) -> "Checkboxes":
        _check_offered(self.options, self.initial_options or [])
        return self


class RadioButtons(_Choices):
    """One of a few."""

    type: Literal["radio_buttons"]
    initial_option: Option | None = None

    @model_validator(mode="after")
    def _initial_is_offered(self) -> "RadioButtons":
        _check_offered(self.options, [self.initial_option] if self.initial_option else [])
        return self


class _Static(Picker):
    options: list[PlainOption] | None = Field(None, min_length=1, max_length=100)
    option_groups: list[OptionGroup] | None = Field(None, min_length=1, max_length=100)

    def _check_options(self, initial: list[PlainOption]) -> None:
        if (self.options is None) == (self.option_groups is None):
            raise PydanticCustomError(
                "needs_options", "must define either `options` or `option_groups`"
            )
        offered = list(self.options or [])
        for group in self.option_groups or []:
            offered += group.options
        _check_offered(offered, initial)


class StaticSelect(_Static):
    """One of a list."""

    type: Literal["static_select"]
    initial_option: PlainOption | None = None

    @model_validator(mode="after")
    def _options_fit(self) -> "StaticSelect":
        self._check_options([self.initial_option] if self.initial_option else [])
        return self


class _Many(Part):
    max_selected_items: int | None = Field(None, ge=1)


class MultiStaticSelect(_Static, _Many):
    """Any of a list."""

    type: Literal["multi_static_select"]
    initial_options: list[PlainOption] | None = Field(None, min_length=1)

    @model_validator(mode="after")
    def _options_fit(self) -> "MultiStaticSelect":
        self._check_options(self.initial_options or [])
        return self


class ExternalSelect(Picker):
    """One of what the app looks up."""

    type: Literal["external_select"]
    initial_option: PlainOption | None = None
    min_query_length: int | None = None


class MultiExternalSelect(Picker, _Many):
    """Any of what the app looks up."""

    type: Literal["multi_external_select"]
    initial_options: list[PlainOption] | None = None
    min_query_length: int | None = None


class UsersSelect(Picker):
    """A person."""

    type: Literal["users_select"]
    initial_user: str | None = None


class MultiUsersSelect(Picker, _Many):
    """People."""

    type: Literal["multi_users_select"]
    initial_users: list[str] | None = None


class ChannelsSelect(Picker):
    """A public channel."""

    type: Literal["channels_select"]
    initial_channel: str | None = None
    response_url_enabled: bool | None = None


class MultiChannelsSelect(Picker, _Many):
    """Public channels."""

    type: Literal["multi_channels_select"]
    initial_channels: list[str] | None = None


class ConversationsSelect(Picker):
    """A conversation."""

    type: Literal["conversations_select"]
    initial_conversation: str | None = None
    default_to_current_conversation: bool | None = None
    response_url_enabled: bool | None = None
    filter: ConversationFilter | None = None


class MultiConversationsSelect(Picker, _Many):
    """Conversations."""

    type: Literal["multi_conversations_select"]
    initial_conversations: list[str] | None = None
    default_to_current_conversation: bool | None = None
    filter: ConversationFilter | None = None


Select: TypeAlias = (
    StaticSelect
    | ExternalSelect
    | UsersSelect
    | ConversationsSelect
    | ChannelsSelect
    | MultiStaticSelect
    | MultiExternalSelect
    | MultiUsersSelect
    | MultiConversationsSelect
    | MultiChannelsSelect
)


def _check_offered(offered: Sequence[Part], initial: Sequence[Part]) -> None:
    known: list[Any] = [option.model_dump() for option in offered]
    if any(option.model_dump() not in known for option in initial):
        raise PydanticCustomError(
            "initial_unknown", "initial option does not exactly match any provided options"
        )
