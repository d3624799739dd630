"""Block elements, and which block may hold which.

https://docs.slack.dev/reference/block-kit/block-elements
"""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from tunesmith.local.workspace.validate.block_kit.objects import (
    Confirm,
    ConversationFilter,
    DispatchConfig,
    Id,
    Label75,
    Option,
    OptionGroup,
    Part,
    Placeholder,
    PlainText,
    SlackFile,
    Url,
    Workflow,
)
from tunesmith.local.workspace.validate.block_kit.rich_text import RichText


class Interactive(Part):
    """Base of everything a person can use."""

    action_id: Id | None = None


class Button(Interactive):
    """A button."""

    type: Literal["button"]
    text: Label75
    url: Url | None = None
    value: str | None = Field(None, max_length=2000)
    style: Literal["primary", "danger"] | None = None
    confirm: Confirm | None = None
    accessibility_label: str | None = Field(None, max_length=75)
    agent_prompt: str | None = Field(None, max_length=4000)


class IconButton(Interactive):
    """A small button below a message."""

    type: Literal["icon_button"]
    icon: Literal["trash"]
    text: PlainText
    value: str | None = Field(None, max_length=2000)
    accessibility_label: str | None = Field(None, max_length=75)
    visible_to_user_ids: list[str] | None = Field(None, max_length=10)
    confirm: Confirm | None = None


class FeedbackButton(Part):
    """One half of the feedback buttons."""

    text: Label75
    value: str = Field(max_length=2000)
    accessibility_label: str | None = Field(None, max_length=75)


class FeedbackButtons(Interactive):
    """Thumbs up and down."""

    type: Literal["feedback_buttons"]
    positive_button: FeedbackButton
    negative_button: FeedbackButton


class WorkflowButton(Interactive):
    """Starts a workflow."""

    type: Literal["workflow_button"]
    text: Label75
    workflow: Workflow
    style: Literal["primary", "danger"] | None = None
    accessibility_label: str | None = Field(None, max_length=75)


class Overflow(Interactive):
    """A menu behind three dots."""

    type: Literal["overflow"]
    options: list[Option] = Field(min_length=1, max_length=5)
    confirm: Confirm | None = None


class Image(Part):
    """A small picture beside text."""

    type: Literal["image"]
    alt_text: str = Field(max_length=2000)
    image_url: Url | None = None
    slack_file: SlackFile | None = None

    @model_validator(mode="after")
    def _has_one_source(self) -> "Image":
        if (self.image_url is None) == (self.slack_file is None):
            raise PydanticCustomError(
                "needs_source", "must define either `image_url` or `slack_file`"
            )
        return self


class Holder(Interactive):
    """Base of everything that holds a value."""

    focus_on_load: bool | None = None


class _Confirmed(Holder):
    confirm: Confirm | None = None


class _WithPlaceholder(Holder):
    placeholder: Placeholder | None = None


class _Picker(_Confirmed, _WithPlaceholder):
    pass


class DatePicker(_Picker):
    """A date."""

    type: Literal["datepicker"]
    initial_date: str | None = Field(None, pattern=r"^\d{4}-\d\d-\d\d$")


class TimePicker(_Picker):
    """A time of day."""

    type: Literal["timepicker"]
    initial_time: str | None = Field(None, pattern=r"^\d\d:\d\d$")
    timezone: str | None = None


class DatetimePicker(_Confirmed):
    """A date with a time of day, in seconds since the epoch."""

    type: Literal["datetimepicker"]
    initial_date_time: int | None = Field(None, ge=10**9, lt=10**10)


class _Typed(_WithPlaceholder):
    dispatch_action_config: DispatchConfig | None = None


class PlainTextInput(_Typed):
    """Typed text."""

    type: Literal["plain_text_input"]
    initial_value: str | None = None
    multiline: bool | None = None
    min_length: int | None = Field(None, ge=0, le=3000)
    max_length: int | None = Field(None, ge=1, le=3000)


class EmailInput(_Typed):
    """An email address."""

    type: Literal["email_text_input"]
    initial_value: str | None = None


class UrlInput(_Typed):
    """A URL."""

    type: Literal["url_text_input"]
    initial_value: str | None = None


class NumberInput(_Typed):
    """A number; limits and values are strings."""

    type: Literal["number_input"]
    is_decimal_allowed: bool
    initial_value: str | None = None
    min_value: str | None = None
    max_value: str | None = None


class RichTextInput(_Typed):
    """Formatted text."""

    type: Literal["rich_text_input"]
    initial_value: RichText | None = None


class FileInput(Interactive):
    """Files, at most ten of 10 MB; in modals only."""

    type: Literal["file_input"]
    filetypes: list[str] | None = Field(None, min_length=1)
    max_files: int | None = Field(None, ge=1, le=10)


class _Choices(_Confirmed):
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


class _Static(_Picker):
    options: list[Option] | None = Field(None, min_length=1, max_length=100)
    option_groups: list[OptionGroup] | None = Field(None, min_length=1, max_length=100)

    def _check_options(self, initial: list[Option]) -> None:
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
    initial_option: Option | None = None

    @model_validator(mode="after")
    def _options_fit(self) -> "StaticSelect":
        self._check_options([self.initial_option] if self.initial_option else [])
        return self


class _Many(Part):
    max_selected_items: int | None = Field(None, ge=1)


class MultiStaticSelect(_Static, _Many):
    """Any of a list."""

    type: Literal["multi_static_select"]
    initial_options: list[Option] | None = Field(None, min_length=1)

    @model_validator(mode="after")
    def _options_fit(self) -> "MultiStaticSelect":
        self._check_options(self.initial_options or [])
        return self


class ExternalSelect(_Picker):
    """One of what the app looks up."""

    type: Literal["external_select"]
    initial_option: Option | None = None
    min_query_length: int | None = None


class MultiExternalSelect(_Picker, _Many):
    """Any of what the app looks up."""

    type: Literal["multi_external_select"]
    initial_options: list[Option] | None = None
    min_query_length: int | None = None


class UsersSelect(_Picker):
    """A person."""

    type: Literal["users_select"]
    initial_user: str | None = None


class MultiUsersSelect(_Picker, _Many):
    """People."""

    type: Literal["multi_users_select"]
    initial_users: list[str] | None = None


class ChannelsSelect(_Picker):
    """A public channel."""

    type: Literal["channels_select"]
    initial_channel: str | None = None
    response_url_enabled: bool | None = None


class MultiChannelsSelect(_Picker, _Many):
    """Public channels."""

    type: Literal["multi_channels_select"]
    initial_channels: list[str] | None = None


class ConversationsSelect(_Picker):
    """A conversation."""

    type: Literal["conversations_select"]
    initial_conversation: str | None = None
    default_to_current_conversation: bool | None = None
    response_url_enabled: bool | None = None
    filter: ConversationFilter | None = None


class MultiConversationsSelect(_Picker, _Many):
    """Conversations."""

    type: Literal["multi_conversations_select"]
    initial_conversations: list[str] | None = None
    default_to_current_conversation: bool | None = None
    filter: ConversationFilter | None = None


_Select: TypeAlias = (
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
_AnyPlace: TypeAlias = _Select | Checkboxes | RadioButtons | DatePicker | TimePicker

InActions: TypeAlias = Annotated[
    _AnyPlace | Button | Overflow | DatetimePicker | WorkflowButton | RichTextInput,
    Field(discriminator="type"),
]
InSection: TypeAlias = Annotated[
    _AnyPlace | Button | Overflow | Image | WorkflowButton, Field(discriminator="type")
]
InInput: TypeAlias = Annotated[
    _AnyPlace
    | DatetimePicker
    | PlainTextInput
    | EmailInput
    | UrlInput
    | NumberInput
    | RichTextInput
    | FileInput,
    Field(discriminator="type"),
]
InContextActions: TypeAlias = Annotated[FeedbackButtons | IconButton, Field(discriminator="type")]


def _check_offered(offered: list[Option], initial: list[Option]) -> None:
    known: list[Any] = [option.model_dump() for option in offered]
    if any(option.model_dump() not in known for option in initial):
        raise PydanticCustomError(
            "initial_unknown", "initial option does not exactly match any provided options"
        )
