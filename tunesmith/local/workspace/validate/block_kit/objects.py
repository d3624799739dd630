"""Composition objects. https://docs.slack.dev/reference/block-kit/composition-objects"""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError


class Part(BaseModel):
    """Base of every piece: unknown properties are refused and nothing is converted."""

    model_config = ConfigDict(extra="forbid", strict=True)


class PlainText(Part):
    """Text without markup."""

    type: Literal["plain_text"]
    text: str = Field(min_length=1, max_length=3000)
    emoji: bool | None = None


class Mrkdwn(Part):
    """Text with Slack's markup."""

    type: Literal["mrkdwn"]
    text: str = Field(min_length=1, max_length=3000)
    verbatim: bool | None = None


Text: TypeAlias = Annotated[PlainText | Mrkdwn, Field(discriminator="type")]
Id: TypeAlias = Annotated[str, Field(max_length=255)]
Url: TypeAlias = Annotated[str, Field(min_length=1, max_length=3000)]


def up_to(most: int) -> AfterValidator:
    """Limits the characters of a text object."""

    def check(value: Any) -> Any:
        if value is not None and len(value.text) > most:
            raise PydanticCustomError("text_too_long", "too long", {"max_length": most})
        return value

    return AfterValidator(check)


Label75: TypeAlias = Annotated[PlainText, up_to(75)]
Placeholder: TypeAlias = Annotated[PlainText, up_to(150)]


class Option(Part):
    """One choice of checkboxes or radio buttons.

    https://docs.slack.dev/reference/block-kit/composition-objects/option-object
    """

    text: Annotated[Text, up_to(75)]
    value: str = Field(max_length=150)
    description: Annotated[Text, up_to(75)] | None = None


class PlainOption(Part):
    """One choice of a select, without markup."""

    text: Label75
    value: str = Field(max_length=150)
    description: Label75 | None = None


class MenuOption(PlainOption):
    """One choice of an overflow menu, which may open a page."""

    url: Url | None = None


class OptionGroup(Part):
    """Choices under a heading."""

    label: Label75
    options: list[PlainOption] = Field(min_length=1, max_length=100)


class Confirm(Part):
    """A question before an action."""

    title: Annotated[PlainText, up_to(100)]
    text: Annotated[Text, up_to(300)]
    confirm: Annotated[PlainText, up_to(30)]
    deny: Annotated[PlainText, up_to(30)]
    style: Literal["primary", "danger"] | None = None


class DispatchConfig(Part):
    """When an input tells of what is typed."""

    trigger_actions_on: list[Literal["on_enter_pressed", "on_character_entered"]] = Field(
        min_length=1
    )


class ConversationFilter(Part):
    """Which conversations a select offers."""

    include: list[Literal["im", "mpim", "private", "public"]] | None = None
    exclude_external_shared_channels: bool | None = None
    exclude_bot_users: bool | None = None


class SlackFile(Part):
    """A picture that lies in Slack."""

    id: str | None = None
    url: Url | None = None


class SlackIcon(Part):
    """One of Slack's own icons."""

    type: Literal["icon"] | None = None
    name: str


class Workflow(Part):
    """What a workflow button starts."""

    trigger: dict[str, Any]
