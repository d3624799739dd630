"""One example as its texts and its layout: where the texts stand and what else it holds."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

import orjson

from tunesmith.bot.datasets import chat_tokens, formats, images
from tunesmith.bot.datasets.checking import order_problems
from tunesmith.bot.datasets.findings import JsonObject, Path
from tunesmith.bot.datasets.formats import Format

# Examples with more messages are not plain.
_MAX_PLAIN_MESSAGES = 64
_role_of, _content_of = itemgetter("role"), itemgetter("content")


class TextField(NamedTuple):
    """Where a text stands, who says it, and whether the model learns it."""

    path: Path
    role: str
    answer: bool


@dataclass(slots=True, eq=False)
class Layout:
    """An example without its texts; plain chat examples with the same roles share one.

    `fields` are those of its texts: first the `said_count` texts of messages, then what only costs
    tokens (names, declared tools). `frame_tokens` are the tokens around all texts; `other_content`
    holds the tools and images, by which examples differ too. `known` is false where an example has
    the keys of no format and is read in the file's.

    The attributes after it are indices into the texts. `spoken` is what user and assistant say, in
    which examples differ; `given` is all else, which many examples share. The answer begins at
    `first_answer`.
    """

    kind: Format
    fields: Sequence[TextField]
    said_count: int
    frame_tokens: int = 0
    other_content: bytes = b""
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
        roles = [text_field.role for text_field in self.fields]
        self.spoken = [index for index, role in enumerate(roles) if role in formats.SPOKEN]
        self.given = [index for index, role in enumerate(roles) if role not in formats.SPOKEN]
        self.systems = [index for index in self.given if roles[index] == "system"]
        self.questions = [index for index in self.spoken if roles[index] == "user"]
        self.answers = [index for index, text_field in enumerate(self.fields) if text_field.answer]
        # The answer is the last text that is learnt and all after it; in a preference example,
        # both outputs.
        learnt = self.answers[: 1 if self.kind is Format.PREFERENCE else None]
        self.first_answer = learnt[-1] if learnt else self.said_count


@dataclass(slots=True)
class Example:
    """An example at a line (from 0 in its block) that starts at a byte of its file."""

    layout: Layout
    texts: list[str]
    line: int = 0
    start: int = 0


def read_plain(line: bytes, keys: int) -> Example | None:
    """The chat example on a line, where it is plain and nothing is wrong with it.

    None where there is anything but messages of a known role and a text each, in an order that
    nothing is said about, or where the line writes other than their `keys`.
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
        return Example(layout, texts) if sum(map(len, messages)) == 2 * len(texts) else None
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None


@lru_cache(maxsize=4096)
def _plain_layout(roles: tuple[str, ...]) -> Layout | None:
    if not formats.PLAIN_ROLES.issuperset(roles) or order_problems(roles):
        return None
    fields = [
        TextField(("messages", index, "content"), role, role == "assistant")
        for index, role in enumerate(roles)
    ]
    frame_tokens = chat_tokens.PER_EXAMPLE + chat_tokens.PER_MESSAGE * len(roles)
    return Layout(Format.CHAT, fields, len(roles), frame_tokens, messages=len(roles))


def to_example(value: JsonObject, kind: Format, *, known: bool = True) -> Example:
    """Any example, from its JSON."""
    said = formats.texts(value, kind)
    fields = [TextField(text.path, text.role, text.answer) for text in said]
    texts = [text.text for text in said]
    if kind is Format.PAIRS:
        return Example(Layout(kind, fields, len(said), known=known), texts)
    messages = formats.messages(value, kind)
    frame_tokens = chat_tokens.PER_EXAMPLE + chat_tokens.PER_MESSAGE * len(messages)
    other_content = b""
    if tools := formats.declared_tools(value, kind):
        fixed, described = chat_tokens.tool_texts(tools)
        frame_tokens += fixed
        fields += [TextField(("tools",), "", answer=False)] * len(described)
        texts += described
        other_content += orjson.dumps(tools, option=orjson.OPT_SORT_KEYS)
    pictures = 0
    for index, message in enumerate(messages):
        if isinstance(name := message.get("name"), str):
            frame_tokens += chat_tokens.PER_NAME
            fields.append(TextField(("messages", index, "name"), "", answer=False))
            texts.append(name)
        for image in images.parts(message):
            pictures += 1
            frame_tokens += chat_tokens.image_tokens(image)
            other_content += images.image_url(image)[0].encode()
    layout = Layout(
        kind, fields, len(said), frame_tokens, other_content, len(messages), pictures, known
    )
    return Example(layout, texts)
