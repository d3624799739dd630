"""One block of a file, checked and counted: the work that helper processes share."""

from collections import Counter
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tunesmith.bot.datasets import formats, masking, reading, similarity, tokens
from tunesmith.bot.datasets.checks import (
    chat,
    lines,
    pair_style,
    pairs,
    personal,
    preference,
    reinforcement,
    secrets,
    texts,
)
from tunesmith.bot.datasets.example import Example, Identity, identify, take, take_plain
from tunesmith.bot.datasets.findings import Collector, Hit, JsonObject
from tunesmith.bot.datasets.formats import Format, Text
from tunesmith.bot.datasets.key_index import BAND, PROMPT, Records, make_records
from tunesmith.bot.datasets.tally import QUESTIONS, Tally
from tunesmith.bot.datasets.text_buffer import TextBuffer

# Of a text, so much is looked at to say what it is like.
_LOOKED_AT = 300

_CHECKS = {
    Format.CHAT: chat.check,
    Format.PAIRS: pairs.check,
    Format.PREFERENCE: preference.check,
    Format.REINFORCEMENT: reinforcement.check,
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What every block of a file is checked for. `format` is that of most examples."""

    path: Path
    format: Format
    encoding: str
    style: pair_style.PairStyle | None = None


@dataclass(slots=True)
class BlockResult:
    """What one block of `size` bytes says; lines count from 0.

    `hits` is bounded, `counts` (by code) exact. `prompts` holds a record for each different
    example: key and value are its Identity. `bands` holds its similarity bands, as
    `similarity.bands` gives them.
    """

    size: int
    tally: Tally
    hits: list[Hit]
    counts: Counter[str]
    prompts: Records
    bands: Records


@dataclass(slots=True)
class BlockKeys:
    """What each line of a block asks (0 for lines without an example), and what looks alike."""

    prompts: NDArray[np.uint64]
    bands: Records


def check_block(settings: Settings, block: reading.Block) -> BlockResult:
    """Check and count the examples of a block."""
    found, tally = Collector(), Tally()
    examples = _read(settings, block, tally, found)
    contents = _Contents(examples)
    _count(contents, settings.encoding, tally)
    buffer = TextBuffer([text.text for text in contents.texts])
    _search(contents, buffer, found)
    identities = _find_repeated(examples, found)
    prompts = make_records(
        PROMPT,
        key=[identity.prompt for identity in identities],
        line=[each.line for each in identities.values()],
        answer=[identity.answer for identity in identities],
    )
    bands = _bands(contents, buffer, identities)
    return BlockResult(block.length, tally, found.hits, found.counts, prompts, bands)


def key_block(settings: Settings, block: reading.Block) -> BlockKeys:
    """Only the keys of a block's lines."""
    tally = Tally()
    examples = _read(settings, block, tally, Collector())
    contents = _Contents(examples)
    buffer = TextBuffer([text.text for text in contents.texts])
    prompts = np.zeros(tally.lines, np.uint64)
    for each in examples:
        prompts[each.line] = identify(each).prompt
    return BlockKeys(prompts, _bands(contents, buffer, _find_repeated(examples, Collector())))


def _read(
    settings: Settings, block: reading.Block, tally: Tally, found: Collector
) -> list[Example]:
    """Check each line by itself; gives the examples."""
    if block.too_long:
        found.go_to(0)
        code = reading.long_line_holds(settings.path, block)
        found.add(code, limit=reading.MAX_LINE_BYTES >> 20)
        tally.lines = 1
        return []
    examples: list[Example] = []
    start = block.offset
    data = reading.read_block(settings.path, block)
    split = data.split(b"\n")
    tally.lines = len(split)
    tally.crlf_lines = data.count(b"\r\n") + data.endswith(b"\r")
    for number, (line, keys) in enumerate(zip(split, lines.keys_in_text(data), strict=True)):
        found.go_to(number)
        value = lines.read(line, found, first=start == 0)
        if value is not None:
            taken = _take(value, line, keys, settings, found)
            if taken is not None:
                taken.line, taken.start = number, start
                examples.append(taken)
                _describe(taken, tally)
        start += len(line) + 1
    return examples


def _take(
    value: JsonObject, line: bytes, keys: int, settings: Settings, found: Collector
) -> Example | None:
    """Check an example by itself, and take it apart; None where that goes too deep."""
    plain = formats.plain_texts(value) if settings.format is Format.CHAT else None
    if plain is not None:
        if keys != 2 * len(plain) + 1:
            lines.check_keys(line, found)
        chat.check_order([text.role for text in plain], found)
        return take_plain(plain)
    written = lines.keys_in(value, found)
    if written is None:
        return None
    if keys != written:
        lines.check_keys(line, found)
    kind = formats.recognise(value, settings.format)
    taken = take(value, kind or settings.format, known=kind is not None)
    _CHECKS[taken.kind](value, found)
    if taken.kind is Format.PAIRS and settings.style is not None:
        pair_style.check(value, settings.style, found)
    return taken


def _describe(taken: Example, tally: Tally) -> None:
    """Tell the tally what an example says about its file."""
    system = question = answer = ""
    for text in taken.texts:
        if text.answer:
            answer = text.text
        elif text.role == "user":
            question = question or text.text
        elif text.role == "system":
            system = system or text.text
    tally.examples += 1
    if taken.known:
        tally.formats.setdefault(taken.kind, taken.line)
    if taken.kind is not Format.PAIRS:
        tally.messages[taken.messages] += 1
    if system:
        tally.see_system(system)
    else:
        tally.without_system += 1
    tally.see_label(answer if len(answer) > _LOOKED_AT else answer.strip())
    tally.upper_case += answer[:_LOOKED_AT].isupper()
    tally.without_prompt += not question
    tally.with_images += taken.images > 0
    if question and len(tally.questions) < QUESTIONS:
        tally.questions.append(question[:_LOOKED_AT])


class _Contents:
    """All texts of a block's examples, and in `owners` the index of the example of each.

    First, in order, the `spoken` ones, what user and assistant say, in which examples differ; then
    what many share: system and tool messages, names, declared tools.
    """

    def __init__(self, examples: list[Example]) -> None:
        self.examples = examples
        self.texts: list[Text] = []
        self.owners: list[int] = []
        given: list[tuple[int, Text]] = []
        for owner, each in enumerate(examples):
            for text in each.texts:
                if text.role in formats.SPOKEN:
                    self.texts.append(text)
                    self.owners.append(owner)
                else:
                    given.append((owner, text))
            given += [(owner, text) for text in each.extra]
        self.spoken = len(self.texts)
        self.texts += [text for _, text in given]
        self.owners += [owner for owner, _ in given]


def _count(contents: _Contents, encoding: str, tally: Tally) -> None:
    counts = np.array(tokens.count([text.text for text in contents.texts], encoding), np.int64)
    frames = np.array([each.frame for each in contents.examples], np.int64)
    is_answer = np.array([text.answer for text in contents.texts], np.bool_)
    totals = np.bincount(contents.owners, counts, len(frames)).astype(np.int64) + frames
    answers = np.bincount(contents.owners, counts * is_answer, len(frames)).astype(np.int64)
    tally.tokens.update(totals.tolist())
    tally.answer_tokens.update(answers.tolist())


def _search(contents: _Contents, buffer: TextBuffer, found: Collector) -> None:
    """Look for secrets, personal data and broken text."""
    for passage in chain(secrets.find(buffer), personal.find(buffer), texts.find(buffer)):
        index = buffer.text_at(passage.start)
        found.go_to(contents.examples[contents.owners[index]].line)
        shown = buffer.data[passage.start : passage.end].decode(errors="replace")
        if passage.private:
            shown = masking.masked(shown)
        found.add(passage.code, contents.texts[index].path, shown, what=passage.what)


def _find_repeated(examples: list[Example], found: Collector) -> dict[Identity, Example]:
    """The first example of each identity; says which others repeat it."""
    first: dict[Identity, Example] = {}
    for each in examples:
        before = first.setdefault(identify(each), each)
        if before is not each:
            found.go_to(each.line)
            found.add("exact_duplicate", other=before.line)
    return first


def _bands(contents: _Contents, buffer: TextBuffer, identities: dict[Identity, Example]) -> Records:
    """The records by which nearly equal examples of the file find each other."""
    owners = contents.owners[: contents.spoken]
    first_text = np.searchsorted(owners, np.arange(len(contents.examples) + 1))
    found = similarity.bands(buffer, first_text)
    prompts = {each.line: identity.prompt for identity, each in identities.items()}
    kept: list[int] = []
    lines_of: list[int] = []
    places: list[int] = []
    for index, owner in enumerate(map(int, found.examples)):
        each = contents.examples[owner]
        if each.line in prompts:
            kept.append(index)
            lines_of.append(each.line)
            places.append(similarity.place(each.start, prompts[each.line]))
    return make_records(
        BAND,
        key=found.keys[kept].ravel(),
        line=np.repeat(np.array(lines_of, np.uint32), similarity.BANDS),
        place=np.repeat(np.array(places, np.uint64), similarity.BANDS),
        size=np.repeat(found.sizes[kept], similarity.BANDS),
        sketch=np.repeat(found.sketches[kept], similarity.BANDS, axis=0),
    )
