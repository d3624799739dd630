"""The chunks of a streamed answer, read leniently: chat and plain completions of any server.

Seen besides OpenAI's own: null for lists and deltas, content in parts (Mistral), chunks without
choices that carry what a content filter found (Azure), the id and name of a tool call again with
every part, usage in a chunk of its own or with the last choice, "" for no `finish_reason` yet, NUL
where a model of bytes says so (llama.cpp).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeVar, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic import WrapValidator as Wrap

from tunesmith.bot.providers.asking import CallPart, Piece, Usage
from tunesmith.bot.providers.labels import Alternatives
from tunesmith.bot.providers.remote import or_none

_HALF = re.compile(r"[\ud800-\udbff]\Z")

T = TypeVar("T")


def readable(text: str) -> str:
    """A text without what no database takes: halves of surrogate pairs, which JSON can name, and
    NUL become U+FFFD.
    """
    paired = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return paired.replace("\0", "\ufffd")


class Halves:
    """A text that comes in pieces, of which one may end within a pair of surrogates."""

    def __init__(self) -> None:
        self._held = ""

    def add(self, piece: str, *, last: bool = False) -> str:
        """What can be read now; half a pair waits for the next piece, unless this is the last."""
        text = self._held + piece
        whole = text if last or not _HALF.search(text) else text[:-1]
        self._held = text[len(whole) :]
        return readable(whole)


def _joined(value: object) -> object:
    """A text, also out of parts of content."""
    if isinstance(value, list):
        parts = cast("list[object]", value)
        texts = [
            cast("dict[str, Any]", part).get("text") for part in parts if isinstance(part, dict)
        ]
        return "".join(text for text in texts if isinstance(text, str))
    return value


def _readable(value: object) -> object:
    return readable(value) if isinstance(value, str) else value


def _objects(value: object) -> list[object]:
    rows = cast("list[object]", value) if isinstance(value, list) else []
    return [row for row in rows if isinstance(row, dict)]


def _object(value: object) -> object:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


_Piece = Annotated[Annotated[str | None, BeforeValidator(_joined)], Wrap(or_none)]
"""A piece of a text; it may end within a pair of surrogates: `Halves` reads it."""
_Text = Annotated[Annotated[str | None, BeforeValidator(_readable)], Wrap(or_none)]
_Count = Annotated[int | None, Wrap(or_none)]


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Function(_Lenient):
    name: _Text = None
    arguments: _Piece = None


class _Call(_Lenient):
    index: _Count = None
    id: _Text = None
    function: Annotated[_Function, BeforeValidator(_object)] = _Function()


class _Delta(_Lenient):
    content: _Piece = None
    refusal: _Piece = None
    tool_calls: Annotated[list[_Call], BeforeValidator(_objects)] = []
    function_call: Annotated[_Function | None, Wrap(or_none)] = None


class _Token(_Lenient):
    token: str
    logprob: float


class _Place(_Token):
    top_logprobs: Annotated[list[_Token], BeforeValidator(_objects)] = []


class _Logprobs(_Lenient):
    """Of a chat (`content`), or of a plain completion (the lists side by side)."""

    content: Annotated[list[_Place] | None, Wrap(or_none)] = None
    tokens: Annotated[list[str] | None, Wrap(or_none)] = None
    top_logprobs: Annotated[list[dict[str, float] | None] | None, Wrap(or_none)] = None


class _Choice(_Lenient):
    delta: Annotated[_Delta, BeforeValidator(_object)] = _Delta()
    text: _Piece = None
    finish_reason: _Text = None
    logprobs: Annotated[_Logprobs | None, Wrap(or_none)] = None


class _Details(_Lenient):
    cached_tokens: _Count = None


class _Usage(_Lenient):
    prompt_tokens: int
    completion_tokens: int
    prompt_tokens_details: Annotated[_Details | None, Wrap(or_none)] = None


class _Chunk(_Lenient):
    choices: Annotated[list[_Choice], BeforeValidator(_objects)] = []
    usage: Annotated[_Usage | None, Wrap(or_none)] = None


def piece_of(chunk: object) -> Piece:
    """What a chunk brings; texts are for `Halves`. Raises ValidationError where it is no object."""
    read = _Chunk.model_validate(chunk)
    usage = _usage(read.usage) if read.usage else None
    if not read.choices:
        return Piece(usage=usage)
    choice = read.choices[0]
    delta = choice.delta
    calls = [_part(call, number) for number, call in enumerate(delta.tool_calls)]
    if delta.function_call:  # the older form of the same
        calls.append(_part(_Call(function=delta.function_call), 0))
    return Piece(
        text=(delta.content or "") + (delta.refusal or "") + (choice.text or ""),
        finish_reason=choice.finish_reason or None,
        refused=bool(delta.refusal),
        usage=usage,
        calls=calls,
        alternatives=_alternatives(choice.logprobs) if choice.logprobs else (),
    )


def _usage(told: _Usage) -> Usage:
    details = told.prompt_tokens_details
    return Usage(told.prompt_tokens, told.completion_tokens, details and details.cached_tokens)


def _part(call: _Call, number: int) -> CallPart:
    index = number if call.index is None else call.index
    about = call.function
    return CallPart(index, call.id or "", about.name or "", about.arguments or "")


def _alternatives(told: _Logprobs) -> Sequence[Alternatives]:
    if told.content is not None:
        return [_of_chat(place) for place in told.content]
    tops: list[Mapping[str, float] | None] = list(told.top_logprobs or [])
    pairs = zip(told.tokens or [], tops, strict=False)
    return [Alternatives(token, top or {}) for token, top in pairs]


def _of_chat(place: _Place) -> Alternatives:
    top = {place.token: place.logprob}
    for each in place.top_logprobs:
        top.setdefault(each.token, each.logprob)
    return Alternatives(place.token, top)
