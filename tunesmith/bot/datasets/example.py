"""One example, taken apart: its texts, what surrounds them, and when it is the same as another."""

import hashlib
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson

from tunesmith.bot.datasets import chat_tokens, formats
from tunesmith.bot.datasets.checks import images
from tunesmith.bot.datasets.findings import JsonObject
from tunesmith.bot.datasets.formats import Format, Text


@dataclass(slots=True)
class Example:
    """An example at a line (from 0 in its block) that starts at a byte of its file.

    `extra` are texts that only cost tokens (names, declared tools), `frame` is the tokens around
    all texts, `beside` what else tells it from others (tools and images). Not `known` is what has
    the keys of no format and is taken for the file's.
    """

    kind: Format
    texts: list[Text]
    frame: int = 0
    extra: list[Text] = field(default_factory=list[Text])
    beside: bytes = b""
    messages: int = 0
    images: int = 0
    known: bool = True
    line: int = 0
    start: int = 0


class Identity(NamedTuple):
    """Two examples with equal `prompt` ask the same; with equal `answer` too, they are the same.

    Both are 64-bit hashes, the same in every process.
    """

    prompt: int
    answer: int


def take_plain(texts: list[Text]) -> Example:
    """A chat example that is nothing but these texts, one for each message."""
    count = len(texts)
    frame = chat_tokens.PER_EXAMPLE + chat_tokens.PER_MESSAGE * count
    return Example(Format.CHAT, texts, frame, messages=count)


def take(value: JsonObject, kind: Format, *, known: bool = True) -> Example:
    """Any example."""
    example = Example(kind, formats.texts(value, kind), known=known)
    if kind is Format.PAIRS:
        return example
    messages = formats.messages(value, kind)
    example.messages = len(messages)
    example.frame = chat_tokens.PER_EXAMPLE + chat_tokens.PER_MESSAGE * len(messages)
    if tools := formats.declared_tools(value, kind):
        fixed, described = chat_tokens.tool_texts(tools)
        example.frame += fixed
        example.extra += [Text(("tools",), "", text, answer=False) for text in described]
        example.beside += orjson.dumps(tools, option=orjson.OPT_SORT_KEYS)
    for index, message in enumerate(messages):
        if isinstance(name := message.get("name"), str):
            example.frame += chat_tokens.PER_NAME
            example.extra.append(Text(("messages", index, "name"), "", name, answer=False))
        for image in images.parts(message):
            example.images += 1
            example.frame += chat_tokens.image_tokens(image)
            example.beside += images.image_url(image)[0].encode()
    return example


def identify(example: Example) -> Identity:
    """Hash what an example asks, and what it answers.

    The answer is the last text that is learnt and all after it (in a preference example, both
    outputs); roles, texts, tools and images count, ids, names and weights do not.
    """
    texts, first = example.texts, _first_answer(example)
    said = [text.text.encode() for text in texts]
    roles = [text.role.encode() for text in texts]
    digest = hashlib.sha256(b"\x1e".join([example.beside, *roles[:first], *said[:first]]))
    asked = digest.digest()
    digest.update(b"\x1e".join([b"\x1d", *roles[first:], *said[first:]]))
    answered = digest.digest()
    if not any(text.text for text in texts[:first] if text.role != "system"):
        asked = answered  # no question: the answer says what it is
    return Identity(int.from_bytes(asked[:8]), int.from_bytes(answered[:8]))


def _first_answer(example: Example) -> int:
    """The index of the text with which the answer begins."""
    answers = [index for index, text in enumerate(example.texts) if text.answer]
    if not answers:
        return len(example.texts)
    return answers[0] if example.kind is Format.PREFERENCE else answers[-1]
