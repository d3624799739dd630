"""What a model is asked, and what comes back: the same for every provider."""

import math
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, NamedTuple

from tunesmith.bot.providers.labels import Alternatives, probabilities

ChatMessage = Mapping[str, Any]
"""One message of a chat, as OpenAI's reference has it."""


class WhyNot(StrEnum):
    """Why a question got no answer: the `code` of the ProviderError."""

    CONTEXT_OVERFLOW = "context_overflow"
    CONTENT_FILTER = "content_filter"
    MODEL_NOT_FOUND = "model_not_found"
    MODEL_LOADING = "model_loading"


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question as it goes to a model.

    A model that was trained on prompts and completions gets `text` to continue (OpenAI's
    endpoint "Completions") and no `messages`. `most_tokens` is the limit of the answer, None for
    the model's own. `temperature` is None where the model's own is meant. With `top_logprobs` the
    reply tells so many of the likeliest tokens for each that it chose, and with `labels`, a
    classification's classes, how likely each of them is.

    The `earlier` messages before the last one are the conversation so far; `left_out` messages of
    it are not among them, because the model's context has no room for them.
    """

    messages: tuple[ChatMessage, ...] = ()
    text: str | None = None
    tools: tuple[Mapping[str, Any], ...] = ()
    stop: tuple[str, ...] = ()
    most_tokens: int | None = None
    temperature: float | None = 0
    top_logprobs: int | None = None
    response_format: Mapping[str, Any] | None = None
    labels: tuple[str, ...] = ()
    earlier: int = 0
    left_out: int = 0

    def shorter(self) -> "Prompt | None":
        """The same without the older half of the conversation; None where there is none."""
        if not self.earlier:
            return None
        cut = 2 * math.ceil(self.earlier / 4)  # a question goes with its answer
        first = len(self.messages) - 1 - self.earlier
        return replace(
            self,
            messages=self.messages[:first] + self.messages[first + cut :],
            earlier=self.earlier - cut,
            left_out=self.left_out + cut,
        )


@dataclass(frozen=True, slots=True)
class Usage:
    """The tokens of a question and its answer, as the provider counts them.

    `cached` is how many of `input` it had read before, None where it does not tell.
    """

    input: int
    output: int
    cached: int | None = None


@dataclass(slots=True)
class ToolCall:
    """A tool that the model wants to be called; `arguments` is JSON as it wrote it."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class CallPart:
    """A part of the tool call number `index`: each text goes behind what came of it before."""

    index: int
    id: str = ""
    name: str = ""
    arguments: str = ""


class Piece(NamedTuple):
    """A piece of a streamed answer; the last ones carry `finish_reason` and `usage`.

    `alternatives` are the likeliest tokens at the place of each that it consists of. It is
    `refused` where the text is the model's refusal, which OpenAI's protocol sends beside an answer.
    """

    text: str = ""
    finish_reason: str | None = None
    usage: Usage | None = None
    calls: Sequence[CallPart] = ()
    alternatives: Sequence[Alternatives] = ()
    refused: bool = False


class Reply:
    """A model's answer while it comes: iterate over its pieces.

    After the last one it has `finish_reason`, the provider's word for why the answer ended
    (`stop`, `length`, `content_filter`, `tool_calls`, `refusal`, ...), and `usage`, where the
    provider tells it, `tool_calls`, and `labels`: how likely each of the prompt's labels is (0 to
    1), without those of which that is not known. `prompt` is what was asked in the end.
    """

    def __init__(self, pieces: AsyncIterator[Piece], prompt: Prompt) -> None:
        self.prompt = prompt
        self._pieces = pieces
        self._numbers: dict[int, int] = {}
        self._alternatives: list[Alternatives] = []
        self.finish_reason: str | None = None
        self.usage: Usage | None = None
        self.tool_calls: list[ToolCall] = []

    @property
    def labels(self) -> dict[str, float]:
        """How likely each label is, the likeliest first."""
        return probabilities(self.prompt.labels, self._alternatives)

    async def __aiter__(self) -> AsyncIterator[str]:
        """The pieces, as they come."""
        refused, written = False, ""
        async for piece in self._pieces:
            refused = refused or piece.refused
            ended = "refusal" if refused else piece.finish_reason
            self.finish_reason = ended if piece.finish_reason else self.finish_reason
            self.usage = piece.usage or self.usage
            self._alternatives.extend(piece.alternatives)
            for part in piece.calls:
                self._add(part)
            if piece.text:
                written += piece.text
                yield piece.text
        if self.finish_reason == "length" and written.strip() in self.prompt.labels:
            self.finish_reason = "stop"  # no more than a label was asked for

    def _add(self, part: CallPart) -> None:
        number = self._numbers.get(part.index)
        call = None if number is None else self.tool_calls[number]
        # Some servers send id and name again with every part, some give all calls one index.
        if call is None or (part.id and call.id and part.id != call.id):
            self._numbers[part.index] = len(self.tool_calls)
            call = ToolCall("", "", "")
            self.tool_calls.append(call)
        call.id = call.id or part.id
        call.name = call.name or part.name
        call.arguments += part.arguments
