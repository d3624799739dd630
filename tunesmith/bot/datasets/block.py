"""One block of a file, checked and counted: the work that helper processes share."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice
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
from tunesmith.bot.datasets.contents import Contents, Identities
from tunesmith.bot.datasets.example import Example, read_plain, take
from tunesmith.bot.datasets.findings import Collector, RawFinding
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.key_index import BAND, PROMPT, Records, make_records
from tunesmith.bot.datasets.tally import QUESTIONS, Tally
from tunesmith.bot.messages import Value

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

    `findings` is bounded, `counts` (by code) exact. `prompts` holds a record for each different
    example: key and answer are its identity. `bands` holds its similarity bands, as
    `similarity.bands` gives them.
    """

    size: int
    tally: Tally
    findings: list[RawFinding]
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
    contents = Contents(_read(settings, block, tally, found))
    _describe(contents.examples, tally)
    _count(contents, settings.encoding, tally)
    _search(contents, found)
    identities = contents.identities()
    first = _find_repeated(contents.examples, identities, found)
    prompts = make_records(
        PROMPT,
        key=identities.prompts[first],
        line=[contents.examples[index].line for index in first],
        answer=identities.answers[first],
    )
    bands = _bands(contents, identities, first)
    return BlockResult(block.length, tally, found.findings, found.counts, prompts, bands)


def key_block(settings: Settings, block: reading.Block) -> BlockKeys:
    """Only the keys of a block's lines."""
    tally = Tally()
    contents = Contents(_read(settings, block, tally, Collector()))
    identities = contents.identities()
    prompts = np.zeros(tally.lines, np.uint64)
    prompts[[each.line for each in contents.examples]] = identities.prompts
    first = _find_repeated(contents.examples, identities, Collector())
    return BlockKeys(prompts, _bands(contents, identities, first))


def _read(
    settings: Settings, block: reading.Block, tally: Tally, found: Collector
) -> list[Example]:
    """Check each line by itself; gives the examples."""
    if block.too_long:
        found.go_to(0)
        code = reading.long_line_holds(settings.path, block)
        found.add(code, limit=reading.MAX_LINE_BYTES)
        tally.lines = 1
        return []
    examples: list[Example] = []
    start = block.offset
    data = reading.read_block(settings.path, block)
    split = data.split(b"\n")
    tally.lines = len(split)
    if b"\r" in data:
        tally.crlf_lines = data.count(b"\r\n") + data.endswith(b"\r")
    is_chat = settings.format is Format.CHAT
    for number, (line, keys) in enumerate(zip(split, lines.keys_in_text(data, split), strict=True)):
        taken = read_plain(line, keys) if is_chat else None
        if taken is None:
            found.go_to(number)
            taken = _take(line, keys, settings, found, first=start == 0)
        if taken is not None:
            taken.line, taken.start = number, start
            examples.append(taken)
        start += len(line) + 1
    return examples


def _take(
    line: bytes, keys: int, settings: Settings, found: Collector, *, first: bool
) -> Example | None:
    """Check an example by itself, and take it apart; None where there is none to be read."""
    value = lines.read(line, found, first=first)
    written = None if value is None else lines.keys_in(value, found)
    if value is None or written is None:
        return None
    if keys != written:
        lines.check_keys(line, found)
    kind = formats.recognise(value, settings.format)
    taken = take(value, kind or settings.format, known=kind is not None)
    kind = taken.outline.kind
    _CHECKS[kind](value, found)
    if kind is Format.PAIRS and settings.style is not None:
        pair_style.check(value, settings.style, found)
    return taken


def _describe(examples: Sequence[Example], tally: Tally) -> None:
    """Tell the tally what examples say about their file."""
    tally.examples = len(examples)
    first_lines = {each.outline: each.line for each in reversed(examples)}
    for outline, count in Counter(each.outline for each in examples).items():
        if outline.known:
            tally.formats.setdefault(outline.kind, first_lines[outline])
        if outline.kind is not Format.PAIRS:
            tally.messages[outline.messages] += count
        tally.with_images += count * (outline.images > 0)
    systems = Counter(_first(each.texts, each.outline.systems) for each in examples)
    tally.without_system = systems.pop("", 0)
    for text, count in systems.items():
        tally.see_system(text, count)
    questions = [_first(each.texts, each.outline.questions) for each in examples]
    tally.without_prompt = questions.count("")
    tally.questions = [text[:_LOOKED_AT] for text in islice(filter(None, questions), QUESTIONS)]
    _describe_answers([_first(each.texts, each.outline.answers[-1:]) for each in examples], tally)


def _describe_answers(answers: Sequence[str], tally: Tally) -> None:
    tally.upper_case = sum(text[:_LOOKED_AT].isupper() for text in answers)
    short = Counter(text.strip() for text in answers if len(text) <= _LOOKED_AT)
    tally.unlabelled = len(answers) - short.total()
    for text, count in short.items():
        tally.see_label(text, count)


def _first(texts: Sequence[str], indices: Sequence[int]) -> str:
    """The first of these texts that is not empty."""
    for index in indices:
        if texts[index]:
            return texts[index]
    return ""


def _count(contents: Contents, encoding: str, tally: Tally) -> None:
    counted = tokens.count(contents.texts, encoding, lambda: contents.buffer.data)
    counts = np.array(counted, np.int64)
    examples = len(contents.examples)
    totals = np.bincount(contents.owners, counts, examples).astype(np.int64) + contents.frames
    learnt = counts * contents.is_answer
    answers = np.bincount(contents.owners, learnt, examples).astype(np.int64)
    tally.tokens.update(totals.tolist())
    tally.answer_tokens.update(answers.tolist())


def _search(contents: Contents, found: Collector) -> None:
    """Look for secrets, personal data and broken text."""
    buffer = contents.buffer
    for passage in chain(secrets.find(buffer), personal.find(buffer), texts.find(buffer)):
        index = buffer.text_at(passage.start)
        found.go_to(contents.examples[int(contents.owners[index])].line)
        shown = buffer.data[passage.start : passage.end].decode(errors="replace")
        if passage.private:
            shown = masking.masked(shown)
        values: dict[str, Value] = {} if passage.what is None else {"what": passage.what}
        found.add(passage.code, contents.spot(index).path, shown, other=None, **values)


def _find_repeated(
    examples: Sequence[Example], identities: Identities, found: Collector
) -> list[int]:
    """The first examples of each identity, by index; says which others repeat them."""
    first: dict[tuple[int, int], int] = {}
    both = zip(identities.prompts.tolist(), identities.answers.tolist(), strict=True)
    for index, identity in enumerate(both):
        before = first.setdefault(identity, index)
        if before != index:
            found.go_to(examples[index].line)
            found.add("exact_duplicate", other=examples[before].line)
    return list(first.values())


def _bands(contents: Contents, identities: Identities, first: Sequence[int]) -> Records:
    """The records by which nearly equal examples of the file find each other."""
    found = similarity.bands(contents.buffer, contents.first_spoken)
    is_first = np.zeros(len(contents.examples), np.bool_)
    is_first[first] = True
    kept = is_first[found.examples]
    examples = found.examples[kept]
    lines_of = np.array([each.line for each in contents.examples], np.uint32)
    starts = np.array([each.start for each in contents.examples], np.uint64)
    places = similarity.places(starts, identities.prompts)
    return make_records(
        BAND,
        key=found.keys[kept].ravel(),
        line=np.repeat(lines_of[examples], similarity.BANDS),
        place=np.repeat(places[examples], similarity.BANDS),
        size=np.repeat(found.sizes[kept], similarity.BANDS),
        sketch=np.repeat(found.sketches[kept], similarity.BANDS, axis=0),
    )
