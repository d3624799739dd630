"""Training files: JSON lines to sequences of tokens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Protocol

from pydantic import BaseModel, Field

from tunesmith.local.trainer.engines.process import JobError
from tunesmith.local.trainer.engines.rows import json_lines, validated
from tunesmith.local.trainer.messages import RichMessage

from .template import Template, TemplateError, Tokens


class _ChatRow(BaseModel):
    messages: Annotated[list[RichMessage], Field(min_length=1)]
    tools: list[dict[str, object]] | None = None


class _CompletionRow(BaseModel):
    prompt: str
    completion: str


class _PreferenceRow(BaseModel):
    input: _ChatRow
    preferred_output: Annotated[list[RichMessage], Field(min_length=1, max_length=1)]
    non_preferred_output: Annotated[list[RichMessage], Field(min_length=1, max_length=1)]


@dataclass(frozen=True, slots=True)
class Item:
    """What is measured as one: a sequence to learn, or the preferred answer and the other one.

    `row` counts the file's examples from 0.
    """

    row: int
    sequences: tuple[Tokens, ...]

    def __len__(self) -> int:
        """The number of tokens."""
        return sum(map(len, self.sequences))


@dataclass(slots=True)
class Examples:
    """A file's examples: the items and the line (from 1) of each; what was left out is counted."""

    items: list[list[Item]]
    lines: list[int]
    cut: int = 0
    left_out: int = 0

    @property
    def tokens(self) -> int:
        """The tokens of one epoch."""
        return sum(len(item) for items in self.items for item in items)


class _Sequences(Protocol):
    def __call__(self, number: int, row: dict[str, object]) -> list[tuple[Tokens, ...]]: ...


def read_supervised(path: Path, code: str, template: Template, context: int) -> Examples:
    """The chats and completions of a file. Raises JobError with this code."""

    def sequences(number: int, row: dict[str, object]) -> list[tuple[Tokens, ...]]:
        if "prompt" in row:
            one = validated(_CompletionRow, row, number, code)
            return [(template.completion(one.prompt, one.completion),)]
        chat = validated(_ChatRow, row, number, code)
        learnt = [message.role == "assistant" and message.weight == 1 for message in chat.messages]
        return [(tokens,) for tokens in template.chat(chat.messages, chat.tools, learnt)]

    return _read(path, code, context, sequences)


def read_preferences(path: Path, code: str, template: Template, context: int) -> Examples:
    """The preferences of a file. Raises JobError with this code."""

    def sequences(number: int, row: dict[str, object]) -> list[tuple[Tokens, ...]]:
        pair = validated(_PreferenceRow, row, number, code)

        def answered(answer: Sequence[RichMessage]) -> Tokens:
            messages = [*pair.input.messages, *answer]
            learnt = [False] * len(pair.input.messages) + [True]
            return template.chat(messages, pair.input.tools, learnt)[-1]

        return [(answered(pair.preferred_output), answered(pair.non_preferred_output))]

    return _read(path, code, context, sequences)


def _read(path: Path, code: str, context: int, sequences: _Sequences) -> Examples:
    found = Examples([], [])
    for number, row in json_lines(path, code):
        try:
            whole = sequences(number, row)
        except TemplateError as error:
            raise JobError(code, f"Line {number}: {error}") from error
        found.cut += any(len(one) > context for some in whole for one in some)
        items = list(_items(len(found.items), whole, context))
        if items:
            found.items.append(items)
            found.lines.append(number)
        else:
            found.left_out += 1
    return found


def _items(row: int, whole: list[tuple[Tokens, ...]], context: int) -> Iterator[Item]:
    """Those of which something is learnt within the context."""
    for sequences in whole:
        within = tuple(one.cut(context) for one in sequences)
        # The first token has none before it to be told from.
        if all(any(one.learnt[1:]) for one in within):
            yield Item(row, within)
