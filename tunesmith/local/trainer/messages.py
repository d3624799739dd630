"""The messages of chats, in training files and in prompts."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, TypeAdapter, field_validator, model_validator


class TextPart(BaseModel):
    """A part of a message's content."""

    type: Literal["text"]
    text: str


class ChatMessage(BaseModel):
    """A message of text.

    `weight` 0 keeps an assistant message out of the loss. Text parts are joined; other kinds of
    content, and tool calls, are refused: an engine that cannot learn them must not seem to.
    """

    role: Literal["system", "developer", "user", "assistant"]
    content: str
    weight: Literal[0, 1] = 1
    tool_calls: None = None

    @field_validator("content", mode="before")
    @classmethod
    def _join_text_parts(cls, content: object) -> object:
        if isinstance(content, list):
            return "".join(part.text for part in _PARTS.validate_python(content))
        return content


_PARTS: TypeAdapter[list[TextPart]] = TypeAdapter(list[TextPart])


class Image(BaseModel):
    """Where a picture is: on the web, or in the address itself."""

    url: Annotated[str, Field(pattern=r"^(https?://|data:image/)")]


class ImagePart(BaseModel):
    """A picture in a user's message."""

    type: Literal["image_url"]
    image_url: Image


class Function(BaseModel):
    """What an assistant calls; `arguments` is JSON."""

    name: str
    arguments: str


class ToolCall(BaseModel):
    """A call in an assistant's message."""

    id: str
    type: Literal["function"]
    function: Function


class RichMessage(BaseModel):
    """A message for engines that learn tool calls or pictures; which of them it holds is told.

    OpenAI's rules: tool calls are an assistant's, their results a tool's, pictures a user's.
    """

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[TextPart | ImagePart] | None = None
    weight: Literal[0, 1] = 1
    tool_calls: Annotated[list[ToolCall], Field(min_length=1)] | None = None
    tool_call_id: str | None = None

    @model_validator(mode="after")
    def _whose(self) -> "RichMessage":
        if self.tool_calls and self.role != "assistant":
            raise ValueError("only an assistant calls tools")
        if (self.tool_call_id is not None) != (self.role == "tool"):
            raise ValueError("a tool's message, and no other, has a tool_call_id")
        if self.content is None and not self.tool_calls:
            raise ValueError("a message without tool calls has content")
        if self.has_images and self.role != "user":
            raise ValueError("only a user shows pictures")
        return self

    @property
    def has_tools(self) -> bool:
        """Is it part of a call?"""
        return self.role == "tool" or bool(self.tool_calls)

    @property
    def has_images(self) -> bool:
        """Does it show a picture?"""
        return isinstance(self.content, list) and any(
            isinstance(part, ImagePart) for part in self.content
        )

    @property
    def text(self) -> str:
        """The text of its content."""
        if isinstance(self.content, list):
            return "".join(part.text for part in self.content if isinstance(part, TextPart))
        return self.content or ""
