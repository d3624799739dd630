"""Block elements, and which block may hold which.

https://docs.slack.dev/reference/block-kit/block-elements
"""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from tunesmith.local.workspace.validate.block_kit.holders import (
    Confirmed,
    Interactive,
    Picker,
    WithPlaceholder,
)
from tunesmith.local.workspace.validate.block_kit.objects import (
    Confirm,
    DispatchConfig,
    Label75,
    MenuOption,
    Part,
    PlainText,
    SlackFile,
    Url,
    Workflow,
)
from tunesmith.local.workspace.validate.block_kit.rich_text import RichText
from tunesmith.local.workspace.validate.block_kit.selects import Checkboxes, RadioButtons, Select


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
    options: list[MenuOption] = Field(min_length=1, max_length=5)
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


class DatePicker(Picker):
    """A date."""

    type: Literal["datepicker"]
    initial_date: str | None = Field(None, pattern=r"^\d{4}-\d\d-\d\d$")


class TimePicker(Picker):
    """A time of day."""

    type: Literal["timepicker"]
    initial_time: str | None = Field(None, pattern=r"^\d\d:\d\d$")
    timezone: str | None = None


class DatetimePicker(Confirmed):
    """A date with a time of day, in seconds since the epoch."""

    type: Literal["datetimepicker"]
    initial_date_time: int | None = Field(None, ge=10**9, lt=10**10)


class _Typed(WithPlaceholder):
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


_AnyPlace: TypeAlias = Select | Checkboxes | RadioButtons | DatePicker | TimePicker

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
