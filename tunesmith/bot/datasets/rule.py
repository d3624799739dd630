"""What a rule is: a code, what it is worth, how it is found and, where that is sure, fixed.

Each rule is a value in a module of its own below `checks` (`rules` finds them), of the class that
says what it looks at. Its words stand in the catalogues: `finding.message.CODE`,
`finding.hint.CODE` and, where it is fixed, `finding.fixed.CODE`. A check gives its findings to a
`Collector` under the rule's code.

`bad` and `good` are the smallest samples of what the rule finds and of what it does not. Rules
without samples need a whole file to show what they find.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tunesmith.bot.datasets.fields import CONVERSATIONS
from tunesmith.bot.datasets.findings import Collector, JsonObject, Severity
from tunesmith.bot.datasets.formats import Format

if TYPE_CHECKING:
    from tunesmith.bot.datasets.example_view import Call, ExampleView, MessageView, PartView, Takes
    from tunesmith.bot.datasets.json_line import JsonLine
    from tunesmith.bot.datasets.text_buffer import Passage, TextBuffer
    from tunesmith.bot.datasets.whole_file import WholeFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What all rules have; a rule of this class itself is found while a file is read or compared.

    `severity` is what the rule is worth to everyone. `fixed_by_writing` tells that a fixed file is
    without it by the way it is written: its name, its container. `on_request` tells that the fix
    takes away what may be meant, so that it is only applied where the rule is named.
    """

    code: str
    severity: Severity
    fixed_by_writing: bool = False
    on_request: bool = False

    @property
    def fixable(self) -> bool:
        """Whether the fixed file may be without it."""
        return self.fixed_by_writing or self.on_request or getattr(self, "fix", None) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRule(Rule):
    """A rule on a line: its bytes, and what JSON makes of them.

    `fix` changes the line's `raw` and `marked`; it tells whether there was anything to change.
    """

    check: Callable[["JsonLine", Collector], None]
    fix: Callable[["JsonLine"], bool] | None = None
    bad: bytes
    good: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleRule(Rule):
    """A rule on an example as a whole, in the formats it is for.

    `fix` changes the example's value; it tells whether there was anything to change.
    """

    formats: frozenset[Format]
    check: Callable[["ExampleView", Collector], None]
    fix: Callable[["ExampleView"], bool] | None = None
    bad: JsonObject
    good: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRule(Rule):
    """A rule on an example by what the provider takes; not run where no provider is asked."""

    check: Callable[["ExampleView", "Takes", Collector], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesRule(Rule):
    """A rule on the order of roles in a chat example.

    `check` gives the index of each message that stands wrong, None for the example as a whole. It
    is called once for all examples with the same roles.
    """

    check: Callable[[tuple[str, ...]], Iterable[int | None]]
    bad: tuple[str, ...]
    good: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRule(Rule):
    """A rule on one message, in every format that has messages.

    `key` is the key that a message must have for the rule to look at it; None: every message.
    `fix` changes the message; it tells whether there was anything to change.
    """

    key: str | None = None
    formats: frozenset[Format] = CONVERSATIONS
    check: Callable[["MessageView", Collector], None]
    fix: Callable[["MessageView"], bool] | None = None
    bad: JsonObject
    good: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRule(Rule):
    """A rule on one part of a message's content; the samples are messages."""

    check: Callable[["PartView", Collector], None]
    bad: JsonObject | None = None
    good: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRule(Rule):
    """A rule on one call of a function; the samples are examples.

    `fix` changes the called function; it tells whether there was anything to change.
    """

    check: Callable[["Call", Collector], None]
    fix: Callable[["Call"], bool] | None = None
    bad: JsonObject
    good: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRule(Rule):
    """A rule on the texts of many examples at once."""

    find: Callable[["TextBuffer"], Iterator["Passage"]]
    fix: Callable[[str], str] | None = None
    bad: str
    good: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRule(Rule):
    """A rule on the file as a whole, by what its lines together say; `fix` changes each line."""

    check: Callable[["WholeFile", Collector], None]
    fix: Callable[["JsonLine"], bool] | None = None
