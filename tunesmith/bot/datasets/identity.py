"""When two examples are the same, and when they ask the same."""

import hashlib
from typing import NamedTuple

import orjson

from tunesmith.bot.datasets.findings import JsonObject
from tunesmith.bot.datasets.formats import Format, Text, declared_tools, is_plain, messages


class Identity(NamedTuple):
    """Two examples with equal `prompt` ask the same; with equal `answer` too, they are the same.

    Both are 64-bit hashes, the same in every process.
    """

    prompt: int
    answer: int


def identify(example: JsonObject, kind: Format, texts: list[Text]) -> Identity:
    """Hash what an example asks, and what it answers.

    The answer is the last text that is learnt and all after it (in a preference example, both
    outputs); roles, texts, tools and images count, ids and weights do not.
    """
    first = _first_answer(texts, kind)
    asked = [text[1:3] for text in texts[:first]]
    answer = _hash([text[1:3] for text in texts[first:]], b"")
    beside = _beside_texts(example, kind)
    if not any(text for role, text in asked if role != "system"):
        beside += answer.to_bytes(8)  # no question: the answer says what it is
    return Identity(_hash(asked, beside), answer)


def _hash(texts: list[tuple[str, str]], beside: bytes) -> int:
    spoken = "\x1e".join([part for text in texts for part in text]).encode()
    return int.from_bytes(hashlib.sha256(spoken + beside).digest()[:8])


def _first_answer(texts: list[Text], kind: Format) -> int:
    """The index of the text with which the answer begins."""
    answers = [index for index, text in enumerate(texts) if text.answer]
    if not answers:
        return len(texts)
    return answers[0] if kind is Format.PREFERENCE else answers[-1]


def _beside_texts(example: JsonObject, kind: Format) -> bytes:
    """Tools and images, where an example has any."""
    if is_plain(example, kind):
        return b""
    rest = orjson.dumps(declared_tools(example, kind), option=orjson.OPT_SORT_KEYS)
    for message in messages(example, kind):
        if isinstance(content := message.get("content"), list):
            rest += orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    return rest
