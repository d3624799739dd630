"""One example, taken apart into its texts and the outline that they fill."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

import orjson

from tunesmith.bot.datasets import chat_tokens, formats
from tunesmith.bot.datasets.checks import chat, images
from tunesmith.bot.datasets.findings import JsonObject, Path
from tunesmith.bot.datasets.formats import Format

# More messages than this are taken apart one by one.
_MOST_PLAIN_MESSAGES = 64
_role_of, _content_of = itemgetter("role"), itemgetter("content")


class Spot(NamedTuple):
    """Where a text stands, who says it, and whether the model learns it."""

    path: Path
    role: str
    answer: bool


@dataclass(slots=True, eq=False)
class Outline:
    """An example without its texts; those as plain as most share theirs.

    `spots` are those of its texts: first the `said` ones, then what only costs tokens (names,
    declared tools). `frame` is the tokens around all texts, `beside` what else tells it from others
    (tools and images). Not `known` is what has the keys of no format and is taken for the file's.

    The other fields are indices into the texts. `spoken` is what user and assistant say, in which
    examples differ; `given` is what many share. The answer begins at `first_answer`.
    """

    kind: Format
    spots: Sequence[Spot]
    said: int
    frame: int = 0
    beside: bytes = b""
    messages: int = 0
    images: int = 0
    known: bool = True
    spoken: list[int] = field(init=False)
    given: list[int] = field(init=False)
    systems: list[int] = field(init=False)
    questions: list[int] = field(init=False)
    answers: list[int] = field(init=False)
    first_answer: int = field(init=False)

    def __post_init__(self) -> None:
        """Sort the texts by who says them."""
        roles = [spot.role for spot in self.spots]
        self.spoken = [index for index, role in enumerate(roles) if role in formats.SPOKEN]
        self.given = [index for index, role in enumerate(roles) if role not in formats.SPOKEN]
        self.systems = [index for index in self.given if roles[index] == "system"]
        self.questions = [index for index in self.spoken if roles[index] == "user"]
        self.answers = [index for index, spot in enumerate(self.spots) if spot.answer]
        # The answer is the last text that is learnt and all after it; in a preference example,
        # both outputs.
        learnt = self.answers[: 1 if self.kind is Format.PREFERENCE else None]
        self.first_answer = learnt[-1] if learnt else self.said


@dataclass(slots=True)
class Example:
    """An example at a line (from 0 in its block) that starts at a byte of its file."""

    outline: Outline
    texts: list[str]
    line: int = 0
    start: int = 0


def read_plain(line: bytes, keys: int) -> Example | None:
    """The chat example on a line, where it is as plain as most and nothing is wrong with it.

    None where there is anything but messages of a known role and a text each, in an order that
    nothing is said about, or where the line writes other than their `keys`.
    """
    # All in C where nothing is wrong: str.strip refuses what is no text.
    try:
        value = orjson.loads(line)
        messages: list[JsonObject] = value["messages"]
        if len(value) != 1 or len(messages) > _MOST_PLAIN_MESSAGES or keys != 2 * len(messages) + 1:
            return None
        outline = _plain_outline(tuple(map(_role_of, messages)))
        texts = list(map(_content_of, messages))
        if outline is None or not all(map(str.strip, texts)):
            return None
        return Example(outline, texts) if sum(map(len, messages)) == 2 * len(texts) else None
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None


@lru_cache(maxsize=4096)
def _plain_outline(roles: tuple[str, ...]) -> Outline | None:
    if not formats.PLAIN_ROLES.issuperset(roles) or chat.order_problems(roles):
        return None
    spots = [
        Spot(("messages", index, "content"), role, role == "assistant")
        for index, role in enumerate(roles)
    ]
    frame = chat_tokens.PER_EXAMPLE + chat_tokens.PER_MESSAGE * len(roles)
    return Outline(Format.CHAT, spots, len(roles), frame, messages=len(roles))


def take(value: JsonObject, kind: Format, *, known: bool = True) -> Example:
    """Any example."""
    said = formats.texts(value, kind)
    spots = [Spot(text.path, text.role, text.answer) for text in said]
    texts = [text.text for text in said]
    if kind is Format.PAIRS:
        return Example(Outline(kind, spots, len(said), known=known), texts)
    messages = formats.messages(value, kind)
    frame = chat_tokens.PER_EXAMPLE + chat_tokens.PER_MESSAGE * len(messages)
    beside = b""
    if tools := formats.declared_tools(value, kind):
        fixed, described = chat_tokens.tool_texts(tools)
        frame += fixed
        spots += [Spot(("tools",), "", answer=False)] * len(described)
        texts += described
        beside += orjson.dumps(tools, option=orjson.OPT_SORT_KEYS)
    pictures = 0
    for index, message in enumerate(messages):
        if isinstance(name := message.get("name"), str):
            frame += chat_tokens.PER_NAME
            spots.append(Spot(("messages", index, "name"), "", answer=False))
            texts.append(name)
        for image in images.parts(message):
            pictures += 1
            frame += chat_tokens.image_tokens(image)
            beside += images.image_url(image)[0].encode()
    outline = Outline(kind, spots, len(said), frame, beside, len(messages), pictures, known)
    return Example(outline, texts)
