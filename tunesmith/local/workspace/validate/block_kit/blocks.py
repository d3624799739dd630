"""The blocks themselves. https://docs.slack.dev/reference/block-kit/blocks"""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from tunesmith.local.workspace.validate.block_kit.charts import DataVisualization
from tunesmith.local.workspace.validate.block_kit.elements import (
    Button,
    IconButton,
    Image,
    InActions,
    InContextActions,
    InInput,
    InSection,
)
from tunesmith.local.workspace.validate.block_kit.objects import (
    Id,
    Mrkdwn,
    Part,
    PlainText,
    SlackIcon,
    Text,
    Url,
    up_to,
)
from tunesmith.local.workspace.validate.block_kit.rich_text import RichText


class _Block(Part):
    block_id: Id | None = None


class Section(_Block):
    """Text, with fields or one element beside it."""

    type: Literal["section"]
    text: Text | None = None
    fields: list[Annotated[Text, up_to(2000)]] | None = Field(None, min_length=1, max_length=10)
    accessory: InSection | None = None
    expand: bool | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "Section":
        if self.text is None and self.fields is None:
            raise PydanticCustomError("empty", "must define either `text` or `fields`")
        return self


class Header(_Block):
    """A heading."""

    type: Literal["header"]
    text: Annotated[PlainText, up_to(150)]
    level: int | None = Field(None, ge=1, le=4)


class Divider(_Block):
    """A line."""

    type: Literal["divider"]


class ImageBlock(Image, _Block):
    """A picture."""

    title: Annotated[PlainText, up_to(2000)] | None = None


class Actions(_Block):
    """Buttons, selects and the like in a row."""

    type: Literal["actions"]
    elements: list[InActions] = Field(min_length=1, max_length=25)


class Context(_Block):
    """Small print."""

    type: Literal["context"]
    elements: list[Annotated[PlainText | Mrkdwn | Image, Field(discriminator="type")]] = Field(
        min_length=1, max_length=10
    )


class ContextActions(_Block):
    """Feedback and icon buttons."""

    type: Literal["context_actions"]
    elements: list[InContextActions] = Field(min_length=1, max_length=5)


class Input(_Block):
    """A labelled input."""

    type: Literal["input"]
    label: Annotated[PlainText, up_to(2000)]
    element: InInput
    dispatch_action: bool | None = None
    hint: Annotated[PlainText, up_to(2000)] | None = None
    optional: bool | None = None


class Video(_Block):
    """An embedded video."""

    type: Literal["video"]
    alt_text: str
    title: Annotated[PlainText, up_to(200)]
    thumbnail_url: Url
    video_url: Url
    author_name: str | None = Field(None, max_length=50)
    description: PlainText | None = None
    provider_icon_url: Url | None = None
    provider_name: str | None = None
    title_url: Url | None = None


class Markdown(_Block):
    """Standard markdown."""

    type: Literal["markdown"]
    text: str = Field(min_length=1, max_length=12_000)


class RawText(Part):
    """A table cell of plain text."""

    type: Literal["raw_text"]
    text: str = Field(min_length=1)


class RawNumber(Part):
    """A table cell that sorts as a number."""

    type: Literal["raw_number"]
    value: float
    text: str | None = None


class ActionCell(Part):
    """A data table cell that holds a button."""

    type: Literal["action"]
    element: Button


_Cell: TypeAlias = Annotated[RawText | RawNumber | RichText, Field(discriminator="type")]
_DataCell: TypeAlias = Annotated[
    RawText | RawNumber | RichText | ActionCell, Field(discriminator="type")
]


class ColumnSetting(Part):
    """How a column of a table is set."""

    align: Literal["left", "center", "right"] | None = None
    is_wrapped: bool | None = None


class Table(_Block):
    """A simple table."""

    type: Literal["table"]
    rows: list[Annotated[list[_Cell], Field(min_length=1, max_length=20)]] = Field(
        min_length=1, max_length=100
    )
    column_settings: list[ColumnSetting | None] | None = Field(None, max_length=20)


class DataTable(_Block):
    """A table with pages, sorting and filters; the first row is its header."""

    type: Literal["data_table"]
    caption: str = Field(min_length=1)
    rows: list[Annotated[list[_DataCell], Field(min_length=1, max_length=20)]] = Field(
        min_length=2, max_length=201
    )
    page_size: int | None = Field(None, ge=1, le=100)
    row_header_column_index: int | None = Field(None, ge=0)

    @model_validator(mode="after")
    def _is_regular(self) -> "DataTable":
        if len({len(row) for row in self.rows}) > 1:
            raise PydanticCustomError("row_length", "rows must all have the same number of cells")
        if any(isinstance(cell, RichText) for cell in self.rows[0]):
            raise PydanticCustomError("header_cell", "header cells must not be rich_text")
        return self


class TaskCard(_Block):
    """One task an app works on."""

    type: Literal["task_card"]
    task_id: str
    title: str
    status: Literal["pending", "in_progress", "complete", "error"] | None = None
    details: RichText | None = None
    output: RichText | None = None
    sources: list[dict[str, Any]] | None = None


class Plan(_Block):
    """Several tasks under a title."""

    type: Literal["plan"]
    title: str
    tasks: list[TaskCard] | None = None


class Alert(_Block):
    """A notice; in modals only."""

    type: Literal["alert"]
    text: Annotated[Text, up_to(200)]
    level: Literal["default", "info", "warning", "error", "success"] | None = None


class Card(_Block):
    """A card with a picture, text and up to two buttons."""

    type: Literal["card"]
    hero_image: Image | None = None
    icon: Image | None = None
    slack_icon: SlackIcon | None = None
    title: Annotated[Text, up_to(150)] | None = None
    subtitle: Annotated[Text, up_to(150)] | None = None
    body: Annotated[Text, up_to(200)] | None = None
    actions: list[Annotated[Button | IconButton, Field(discriminator="type")]] | None = Field(
        None, min_length=1, max_length=2
    )

    @model_validator(mode="after")
    def _says_something(self) -> "Card":
        if not (self.hero_image or self.title or self.actions or self.body):
            raise PydanticCustomError(
                "empty", "must define one of `hero_image`, `title`, `actions` or `body`"
            )
        return self


class Carousel(_Block):
    """Cards side by side."""

    type: Literal["carousel"]
    elements: list[Card] = Field(min_length=1, max_length=10)


ChildBlock: TypeAlias = Annotated[
    Actions
    | Context
    | Divider
    | Header
    | ImageBlock
    | Input
    | RichText
    | Section
    | Table
    | DataTable
    | DataVisualization
    | Video,
    Field(discriminator="type"),
]


class Container(_Block):
    """Blocks grouped under a title; containers cannot be nested."""

    type: Literal["container"]
    child_blocks: list[ChildBlock] = Field(min_length=1, max_length=10)
    title: Annotated[PlainText, up_to(150)] | None = None
    rich_text_title: RichText | None = None
    subtitle: Annotated[Text, up_to(150)] | None = None
    width: Literal["narrow", "standard", "wide", "full"] | None = None
    icon: Image | None = None
    is_collapsible: bool | None = None
    default_collapsed: bool | None = None
    has_header_divider: bool | None = None

    @model_validator(mode="after")
    def _has_title(self) -> "Container":
        if self.title is None and self.rich_text_title is None:
            raise PydanticCustomError("empty", "must define `title` or `rich_text_title`")
        return self


Block: TypeAlias = Annotated[
    Actions
    | Alert
    | Card
    | Carousel
    | Container
    | Context
    | ContextActions
    | DataTable
    | DataVisualization
    | Divider
    | Header
    | ImageBlock
    | Input
    | Markdown
    | Plan
    | RichText
    | Section
    | Table
    | TaskCard
    | Video,
    Field(discriminator="type"),
]
