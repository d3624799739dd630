"""An example as rules look at it: its messages, their calls, the tools it declares."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from tunesmith.bot.datasets import formats, images
from tunesmith.bot.datasets.findings import Json, JsonObject, Path
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.datasets.pair_style import PairStyle
from tunesmith.bot.datasets.tool_calls import Call, Exchange, Tool, calls_of, tools_of
from tunesmith.bot.messages import Message, say


@dataclass(slots=True)
class MessageView:
    """One message of an example; `role` is "" where it has none."""

    message: JsonObject
    path: Path
    role: str
    kind: Format

    @property
    def calls(self) -> bool:
        """Whether the assistant calls a function here, so that no text is due."""
        message = self.message
        called = message.get("tool_calls") or message.get("function_call")
        return bool(called) and self.role == "assistant"


@dataclass(eq=False)
class PartView:
    """One part of a message's content."""

    part: Json
    path: Path
    role: Json

    @cached_property
    def url(self) -> str | None:
        """The address of an image part; "" where it has none, None for other parts."""
        if isinstance(self.part, dict) and self.part.get("type") == "image_url":
            return images.image_url(self.part)[0]
        return None

    @cached_property
    def image(self) -> images.Image | None:
        """What the head of an image in a data URL says; None where it is none."""
        return images.read_head(self.url) if self.url else None


class Takes(NamedTuple):
    """What a provider takes in examples: `title` is its name for people.

    `roles` are those of messages, None for those of OpenAI's reference; system, user and assistant
    are always among them.
    """

    title: str | Message
    roles: tuple[str, ...] | None
    tools: bool


class ExampleView:
    """An example of a format; `style` is that of the pairs of its file.

    `takes` is what the provider takes, None where no provider is asked. `lists` are its lists of
    messages, each with its path; `messages` are all that are objects.
    """

    def __init__(
        self,
        value: JsonObject,
        kind: Format,
        style: PairStyle | None = None,
        takes: Takes | None = None,
    ) -> None:
        self.value = value
        self.kind = kind
        self.style = style
        self.takes = takes
        self.holder, self.holder_path = _holder(value, kind)
        self.lists = _lists(value, kind, self.holder, self.holder_path)
        self.messages = [
            MessageView(message, (*path, index), role if isinstance(role, str) else "", kind)
            for path, found in self.lists
            for index, message in enumerate(found)
            if isinstance(message, dict)
            for role in (message.get("role"),)
        ]

    @property
    def roles(self) -> tuple[str, ...]:
        """The role of each element of the first list; "" where it has none."""
        return roles_of(self.lists[0][1]) if self.lists else ()

    @cached_property
    def tools(self) -> list[Tool]:
        """The tools that the example declares."""
        return tools_of(self.holder, self.holder_path)

    @cached_property
    def calls(self) -> list[Call]:
        """Every call of a function."""
        declared = {tool.name: tool.parameters for tool in self.tools if tool.name is not None}
        return [
            call for each in self.messages for call in calls_of(each.message, each.path, declared)
        ]

    @cached_property
    def exchanges(self) -> list[Exchange]:
        """How calls and answers go together in each list."""
        return [Exchange(path, found) for path, found in self.lists]

    @cached_property
    def pair_keys(self) -> dict[str, str]:
        """The keys of a pair by their lower case."""
        return {key.lower(): key for key in self.value}


def roles_of(messages: list[Json]) -> tuple[str, ...]:
    """The role of each message; "" where it has none."""
    return tuple(
        role if isinstance(message, dict) and isinstance(role := message.get("role"), str) else ""
        for message in messages
    )


def role_name(role: str) -> str | Message:
    """A role as `roles_of` gives it, for a finding."""
    return quoted(role) if role else say("finding.value.no_role")


def _holder(value: JsonObject, kind: Format) -> tuple[JsonObject, Path]:
    """What declares tools, and holds the messages that ask."""
    if kind is not Format.PREFERENCE:
        return value, ()
    given = value.get("input")
    return (given, ("input",)) if isinstance(given, dict) else ({}, ("input",))


def _lists(
    value: JsonObject, kind: Format, holder: JsonObject, path: Path
) -> list[tuple[Path, list[Json]]]:
    if kind in (Format.PAIRS, Format.TEXT):
        return []
    found = [((*path, "messages"), holder.get("messages"))]
    if kind is Format.PREFERENCE:
        found += [((side,), value.get(side)) for side in formats.OUTPUTS]
    return [(at, each) for at, each in found if isinstance(each, list) and each]
