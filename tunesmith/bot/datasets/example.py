"""One example as its texts and its layout: where the texts stand and what else it holds."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

import orjson
import stringzilla

from tunesmith.bot.datasets import chat_tokens, formats, images
from tunesmith.bot.datasets.checking import order_problems
from tunesmith.bot.datasets.dialogue import dialogue
from tunesmith.bot.datasets.findings import JsonObject, Path
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.json_line import JsonLine

# Examples with more messages are not plain.
_MAX_PLAIN_MESSAGES = 64
_role_of, _content_of = itemgetter("role"), itemgetter("content")
# One digit more than every JSON reader keeps; all digits are found at once as zeros.
_LONG_NUMBER = b"0" * 16
_TO_ZERO = bytes(48 if 48 <= byte < 58 else 32 for byte in range(256))
# Nobody reads the letters behind it.
_DATA_URL = re.compile(r"(?i)data:[^,\s]*;base64,(?=\S*\Z)")
# They say how to answer; they ask nothing.
_GUIDES = frozenset({"system", "developer"})


class TextField(NamedTuple):
    """Where a text stands, who says it, and whether a model reads and learns it."""

    path: Path
    role: str
    counted: bool
    answer: bool


class Place(NamedTuple):
    """Where a message stands in a conversation: `key` of its role and place, and if it asks."""

    key: int
    asks: bool


@dataclass(slots=True, eq=False)
class Layout:
    """An example without its texts; plain chat examples with the same roles share one.

    `fields` are those of its texts. `frame_tokens` are the tokens around those that are counted.
    `places` are those of the messages before the last answer, `turns` says how many messages stand
    before each answer that is learnt, `tools` is a hash of what is declared. `known` is false where
    an example has the keys of no format and is read in the file's.

    The attributes after it are indices into the texts. `spoken` is what user and assistant say, in
    which examples differ; `given` is what else a model reads, which many examples share; `unread`
    the rest.
    """

    kind: Format
    fields: Sequence[TextField]
    places: Sequence[Place]
    turns: Sequence[int]
    frame_tokens: int = 0
    tools: int = 0
    messages: int = 0
    images: int = 0
    known: bool = True
    spoken: list[int] = field(init=False)
    given: list[int] = field(init=False)
    unread: list[int] = field(init=False)
    systems: list[int] = field(init=False)
    questions: list[int] = field(init=False)
    answers: list[int] = field(init=False)

    def __post_init__(self) -> None:
        """Sort the texts by who says them."""
        fields = list(enumerate(self.fields))
        self.spoken = [i for i, one in fields if one.counted and one.role in formats.SPOKEN]
        self.given = [i for i, one in fields if one.counted and one.role not in formats.SPOKEN]
        self.unread = [i for i, one in fields if not one.counted]
        self.systems = [i for i in self.given if self.fields[i].role == "system"]
        self.questions = [i for i in self.spoken if self.fields[i].role == "user"]
        self.answers = [i for i, one in fields if one.answer]


@dataclass(slots=True)
class Example:
    """An example at a line (from 0 in its block) that starts at a byte of its file.

    `identity` is the same for equal examples only. `texts` are those of its layout's fields,
    `asked` what each message before the last answer says, `answers` those of its turns, `rejected`
    the worse ones (preference, KTO), `declared` the tools as the model reads them.
    """

    layout: Layout
    identity: int
    texts: list[str]
    asked: list[str]
    answers: list[str]
    rejected: Sequence[str] = ()
    declared: Sequence[str] = ()
    line: int = 0
    start: int = 0


def read_plain(line: bytes, keys: int) -> Example | None:
    """The chat example on a line, where it is plain and nothing is wrong with it.

    None where there is anything but messages of a known role and a text each, in an order that
    nothing is said about, or where the line writes other than their `keys`. The example is the one
    that `to_example` gives.
    """
    # All in C where nothing is wrong: str.strip refuses what is no text.
    try:
        value = orjson.loads(line)
        messages: list[JsonObject] = value["messages"]
        if len(value) != 1 or len(messages) > _MAX_PLAIN_MESSAGES or keys != 2 * len(messages) + 1:
            return None
        layout = _plain_layout(tuple(map(_role_of, messages)))
        texts = list(map(_content_of, messages))
        if layout is None or not all(map(str.strip, texts)):
            return None
        if sum(map(len, messages)) != 2 * len(texts):
            return None
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
    turns = layout.turns
    answers = [texts[turn] for turn in turns]
    return Example(layout, _hash_of(value), texts, texts[: turns[-1]], answers)


@lru_cache(maxsize=4096)
def _plain_layout(roles: tuple[str, ...]) -> Layout | None:
    if not formats.PLAIN_ROLES.issuperset(roles) or order_problems(roles):
        return None
    fields = [
        TextField(("messages", index, "content"), role, counted=True, answer=role == "assistant")
        for index, role in enumerate(roles)
    ]
    turns = [index for index, role in enumerate(roles) if role == "assistant"]
    frame_tokens = chat_tokens.PER_EXAMPLE + chat_tokens.PER_MESSAGE * len(roles)
    places = _places(roles[: turns[-1]])
    return Layout(Format.CHAT, fields, places, turns, frame_tokens, messages=len(roles))


def to_example(value: JsonObject, kind: Format, identity: int, *, known: bool = True) -> Example:
    """Any example, from its JSON; `identity` is that of its line."""
    found = formats.texts(value, kind)
    fields = [TextField(text.path, text.role, text.counted, text.answer) for text in found]
    texts = [text.text if text.counted else _searchable(text.text) for text in found]
    said = dialogue(value, kind)
    messages = formats.messages(value, kind)
    frame_tokens, declared, pictures = 0, list[str](), 0
    if kind not in (Format.PAIRS, Format.TEXT):
        frame_tokens, declared = chat_tokens.tool_texts(formats.declared_tools(value, kind))
        frame_tokens += chat_tokens.PER_EXAMPLE
    for message in messages:
        frame_tokens += chat_tokens.PER_MESSAGE
        frame_tokens += chat_tokens.PER_NAME * isinstance(message.get("name"), str)
        for image in images.parts(message):
            pictures += 1
            frame_tokens += chat_tokens.image_tokens(image)
    layout = Layout(
        kind,
        fields,
        _places(said.roles),
        [turn.before for turn in said.turns],
        frame_tokens,
        tools=stringzilla.hash(said.tools) if said.tools else 0,
        messages=len(messages),
        images=pictures,
        known=known,
    )
    answers = [turn.answer for turn in said.turns]
    rejected = [turn.rejected for turn in said.turns] if said.turns[-1].rejected else ()
    return Example(layout, identity, texts, said.asked, answers, rejected, declared)


def identify(line: JsonLine) -> int:
    """A number that two lines share where their JSON is equal, in whatever order of keys.

    Numbers of many digits are compared digit by digit, and what is no JSON byte by byte.
    """
    raw = line.raw
    try:
        if line.refusal is not None:
            return stringzilla.hash(raw.strip())
        if stringzilla.find(stringzilla.translate(raw, _TO_ZERO), _LONG_NUMBER) < 0:
            return _hash_of(line.value)
        exact = json.loads(raw, parse_int=_digits, parse_float=_digits)
        return _hash_of(exact)
    except (RecursionError, orjson.JSONEncodeError):  # nested deeper than it is written
        return stringzilla.hash(raw.strip())


def _hash_of(value: object) -> int:
    return stringzilla.hash(orjson.dumps(value, option=orjson.OPT_SORT_KEYS))


def _digits(number: str) -> dict[str, str]:
    return {"number": number}


def _searchable(text: str) -> str:
    """The text without the letters of a file that it holds."""
    head = _DATA_URL.match(text)
    return head[0] if head else text


@lru_cache(maxsize=4096)
def _places(roles: tuple[str, ...]) -> list[Place]:
    return [
        Place(stringzilla.hash(f"{index} {role}"), role not in _GUIDES)
        for index, role in enumerate(roles)
    ]
