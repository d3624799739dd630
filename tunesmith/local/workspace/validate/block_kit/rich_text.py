"""Rich text. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block"""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from tunesmith.local.workspace.validate.block_kit.objects import Id, Part


class Style(Part):
    """How a run of text looks."""

    bold: bool | None = None
    italic: bool | None = None
    strike: bool | None = None
    code: bool | None = None
    underline: bool | None = None
    highlight: bool | None = None
    client_highlight: bool | None = None
    unlink: bool | None = None


class _Leaf(Part):
    style: Style | None = None


class TextRun(_Leaf):
    """Text."""

    type: Literal["text"]
    text: str = Field(min_length=1)


class Link(_Leaf):
    """A link."""

    type: Literal["link"]
    url: str
    text: str | None = None
    unsafe: bool | None = None


class UserMention(_Leaf):
    """A person."""

    type: Literal["user"]
    user_id: str


class GroupMention(_Leaf):
    """A user group."""

    type: Literal["usergroup"]
    usergroup_id: str


class TeamMention(_Leaf):
    """A workspace."""

    type: Literal["team"]
    team_id: str


class ChannelMention(_Leaf):
    """A channel."""

    type: Literal["channel"]
    channel_id: str


class Emoji(_Leaf):
    """An emoji by name."""

    type: Literal["emoji"]
    name: str
    unicode: str | None = None
    skin_tone: int | None = None


class Broadcast(_Leaf):
    """@here, @channel or @everyone."""

    type: Literal["broadcast"]
    range: Literal["here", "channel", "everyone"]


class Color(_Leaf):
    """A colour swatch."""

    type: Literal["color"]
    value: str


class Date(_Leaf):
    """A date in the reader's time zone."""

    type: Literal["date"]
    timestamp: int
    format: str
    url: str | None = None
    fallback: str | None = None


Leaf: TypeAlias = Annotated[
    TextRun
    | Link
    | UserMention
    | GroupMention
    | TeamMention
    | ChannelMention
    | Emoji
    | Broadcast
    | Color
    | Date,
    Field(discriminator="type"),
]


class Section(Part):
    """A paragraph."""

    type: Literal["rich_text_section"]
    elements: list[Leaf]


class List(Part):
    """A bulleted or numbered list."""

    type: Literal["rich_text_list"]
    style: Literal["bullet", "ordered"]
    elements: list[Section]
    indent: int | None = None
    offset: int | None = None
    border: int | None = None


class Preformatted(Part):
    """A code block."""

    type: Literal["rich_text_preformatted"]
    elements: list[Leaf]
    border: int | None = None
    language: str | None = None


class Quote(Part):
    """A quotation."""

    type: Literal["rich_text_quote"]
    elements: list[Leaf]
    border: int | None = None


Container: TypeAlias = Annotated[Section | List | Preformatted | Quote, Field(discriminator="type")]


class RichText(Part):
    """Formatted text, as a block or as a table cell."""

    type: Literal["rich_text"]
    block_id: Id | None = None
    elements: list[Container]
