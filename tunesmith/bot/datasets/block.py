"""One block of a file, checked and counted: the work that helper processes share."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tunesmith.bot.datasets import formats, reading, tokens
from tunesmith.bot.datasets.checks import chat, lines, pairs, preference, reinforcement
from tunesmith.bot.datasets.findings import Collector, Hit, JsonObject
from tunesmith.bot.datasets.formats import Format

_CHECKS = {
    Format.CHAT: chat.check,
    Format.PAIRS: pairs.check,
    Format.PREFERENCE: preference.check,
    Format.REINFORCEMENT: reinforcement.check,
}
# The cookbook's count for chat ("How to count tokens with tiktoken"): 3 for each example, 3 for
# each message, 1 for a name; each role is one token.
_PER_EXAMPLE = 3
_PER_MESSAGE = 3 + 1
_PER_NAME = 1
# What is kept of a system prompt, to name the most common one.
_MAX_SYSTEM_PROMPTS = 1_000


@dataclass(frozen=True, slots=True)
class Settings:
    """What every block of a file is checked for. `format` is that of the file's first example."""

    path: Path
    format: Format
    encoding: str


@dataclass(slots=True)
class BlockResult:
    """What one block, or several merged, say. Lines count from 0 in a block, from 1 in a file.

    The histograms map a number (of tokens, of messages) to how many examples have it.
    """

    lines: int = 0
    examples: int = 0
    hits: list[Hit] = field(default_factory=list[Hit])
    formats: dict[Format, int] = field(default_factory=dict[Format, int])
    tokens: Counter[int] = field(default_factory=Counter[int])
    answer_tokens: Counter[int] = field(default_factory=Counter[int])
    messages: Counter[int] = field(default_factory=Counter[int])
    systems: Counter[str] = field(default_factory=Counter[str])
    without_system: int = 0
    questions: list[str] = field(default_factory=list[str])


def check_block(settings: Settings, block: reading.Block) -> BlockResult:
    """Check and count the examples of a block."""
    result = BlockResult()
    found = Collector(hits=result.hits)
    if block.too_long:
        found.line = 0
        found.add(reading.long_line_holds(settings.path, block), limit=reading.MAX_LINE_BYTES >> 20)
        result.lines = 1
        return result
    texts: list[str] = []
    shapes: list[_Shape] = []
    for number, line in enumerate(reading.lines(settings.path, block)):
        found.line = number
        result.lines += 1
        if block.offset == 0 and number == 0 and line.startswith(reading.BOM):
            found.add("byte_order_mark")
            line = line.removeprefix(reading.BOM)  # noqa: PLW2901
        example = lines.read(line, found)
        if example is not None:
            kind = formats.recognise(example)
            if kind is not None:
                result.formats.setdefault(kind, number)
            kind = kind or settings.format
            result.examples += 1
            _CHECKS[kind](example, found)
            shapes.append(_read_texts(example, kind, texts, result))
    _count(texts, shapes, settings.encoding, result)
    return result


@dataclass(slots=True)
class _Shape:
    """Where an example's texts stand in the block's list, and its tokens that are no text."""

    start: int
    end: int
    answers: list[int]
    overhead: int


def _read_texts(example: JsonObject, kind: Format, texts: list[str], result: BlockResult) -> _Shape:
    start = len(texts)
    answers: list[int] = []
    system = question = ""
    for text in formats.texts(example, kind):
        if text.answer:
            answers.append(len(texts))
        elif text.role == "system":
            system = system or text.text
        elif text.role == "user":
            question = question or text.text
        texts.append(text.text)
    if system:
        if len(result.systems) < _MAX_SYSTEM_PROMPTS or system in result.systems:
            result.systems[system] += 1
    else:
        result.without_system += 1
    if question and len(result.questions) < 3:
        result.questions.append(question[:300])
    overhead = 0
    if kind is not Format.PAIRS:
        messages = list(formats.messages(example, kind))
        result.messages[len(messages)] += 1
        overhead = _PER_EXAMPLE + _PER_MESSAGE * len(messages)
        for message in messages:
            if len(message) > 2 and isinstance(name := message.get("name"), str):
                texts.append(name)
                overhead += _PER_NAME
    return _Shape(start, len(texts), answers, overhead)


def _count(texts: list[str], shapes: list[_Shape], encoding: str, result: BlockResult) -> None:
    counts = tokens.count(texts, encoding)
    for shape in shapes:
        result.tokens[shape.overhead + sum(counts[shape.start : shape.end])] += 1
        result.answer_tokens[sum(counts[index] for index in shape.answers)] += 1
