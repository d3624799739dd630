"""One block of a file, checked and counted: the work that helper processes share."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tunesmith.bot.datasets import formats, masking, reading, similarity, tokens
from tunesmith.bot.datasets.checking import check_example, check_line, find_passages
from tunesmith.bot.datasets.example import Example, read_plain, to_example
from tunesmith.bot.datasets.example_batch import ExampleBatch, Identities
from tunesmith.bot.datasets.example_view import ExampleView
from tunesmith.bot.datasets.file_statistics import QUESTIONS, FileStatistics
from tunesmith.bot.datasets.findings import Collector, RawFinding
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.json_line import keys_in_text, read_line
from tunesmith.bot.datasets.key_index import BAND, PROMPT, Records, make_records
from tunesmith.bot.datasets.pair_style import PairStyle
from tunesmith.bot.messages import Value

# Of a text, so much is looked at to say what it is like.
_LOOKED_AT = 300


@dataclass(frozen=True, slots=True)
class Settings:
    """What every block of a file is checked for. `format` is that of most examples."""

    path: Path
    format: Format
    encoding: str
    style: PairStyle | None = None


@dataclass(slots=True)
class BlockResult:
    """What one block of `size` bytes says; lines count from 0.

    `findings` is bounded, `counts` (by code) exact. `prompts` holds a record for each different
    example: key and answer are its identity. `bands` holds its similarity bands, as
    `similarity.bands` gives them.
    """

    size: int
    statistics: FileStatistics
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
    found, statistics = Collector(), FileStatistics()
    batch = ExampleBatch(_read(settings, block, statistics, found))
    _describe(batch.examples, statistics)
    _count(batch, settings.encoding, statistics)
    _search(batch, found)
    identities = batch.identities()
    first = _find_repeated(batch.examples, identities, found)
    prompts = make_records(
        PROMPT,
        key=identities.prompts[first],
        line=[batch.examples[index].line for index in first],
        answer=identities.answers[first],
    )
    bands = _bands(batch, identities, first)
    return BlockResult(block.length, statistics, found.findings, found.counts, prompts, bands)


def key_block(settings: Settings, block: reading.Block) -> BlockKeys:
    """Only the keys of a block's lines."""
    statistics = FileStatistics()
    batch = ExampleBatch(_read(settings, block, statistics, Collector()))
    identities = batch.identities()
    prompts = np.zeros(statistics.lines, np.uint64)
    prompts[[each.line for each in batch.examples]] = identities.prompts
    first = _find_repeated(batch.examples, identities, Collector())
    return BlockKeys(prompts, _bands(batch, identities, first))


def _read(
    settings: Settings, block: reading.Block, statistics: FileStatistics, found: Collector
) -> list[Example]:
    """Check each line by itself; gives the examples."""
    if block.too_long:
        found.go_to(0)
        code = reading.long_line_holds(settings.path, block)
        found.add(code, limit=reading.MAX_LINE_BYTES)
        statistics.lines = 1
        return []
    examples: list[Example] = []
    start = block.offset
    data = reading.read_block(settings.path, block)
    split = data.split(b"\n")
    statistics.lines = len(split)
    if b"\r" in data:
        statistics.crlf_lines = data.count(b"\r\n") + data.endswith(b"\r")
    is_chat = settings.format is Format.CHAT
    for number, (line, keys) in enumerate(zip(split, keys_in_text(data, split), strict=True)):
        taken = read_plain(line, keys) if is_chat else None
        if taken is None:
            found.go_to(number)
            taken = _read_example(line, keys, settings, found, first=start == 0)
        if taken is not None:
            taken.line, taken.start = number, start
            examples.append(taken)
        start += len(line) + 1
    return examples


def _read_example(
    line: bytes, keys: int, settings: Settings, found: Collector, *, first: bool
) -> Example | None:
    """Check the example on a line; None where there is none to be read."""
    read = read_line(line, written=keys, first=first)
    check_line(read, found)
    value = read.example
    if value is None:
        return None
    kind = formats.recognise(value, settings.format)
    taken = to_example(value, kind or settings.format, known=kind is not None)
    kind = taken.layout.kind
    check_example(ExampleView(value, kind, settings.style), found)
    return taken


def _describe(examples: Sequence[Example], statistics: FileStatistics) -> None:
    """Add to the statistics what examples have."""
    statistics.examples = len(examples)
    first_lines = {each.layout: each.line for each in reversed(examples)}
    for layout, count in Counter(each.layout for each in examples).items():
        if layout.known:
            statistics.formats.setdefault(layout.kind, first_lines[layout])
        if layout.kind is not Format.PAIRS:
            statistics.messages[layout.messages] += count
        statistics.with_images += count * (layout.images > 0)
    systems = Counter(_first(each.texts, each.layout.systems) for each in examples)
    statistics.without_system = systems.pop("", 0)
    for text, count in systems.items():
        statistics.count_system(text, count)
    questions = [_first(each.texts, each.layout.questions) for each in examples]
    statistics.without_prompt = questions.count("")
    statistics.questions = [
        text[:_LOOKED_AT] for text in islice(filter(None, questions), QUESTIONS)
    ]
    _describe_answers(
        [_first(each.texts, each.layout.answers[-1:]) for each in examples], statistics
    )


def _describe_answers(answers: Sequence[str], statistics: FileStatistics) -> None:
    statistics.upper_case = sum(text[:_LOOKED_AT].isupper() for text in answers)
    short = Counter(text.strip() for text in answers if len(text) <= _LOOKED_AT)
    statistics.unlabelled = len(answers) - short.total()
    for text, count in short.items():
        statistics.count_label(text, count)


def _first(texts: Sequence[str], indices: Sequence[int]) -> str:
    """The first of these texts that is not empty."""
    for index in indices:
        if texts[index]:
            return texts[index]
    return ""


def _count(batch: ExampleBatch, encoding: str, statistics: FileStatistics) -> None:
    counted = tokens.count(batch.texts, encoding, lambda: batch.buffer.data)
    counts = np.array(counted, np.int64)
    examples = len(batch.examples)
    totals = np.bincount(batch.owners, counts, examples).astype(np.int64) + batch.frame_tokens
    learnt = counts * batch.is_answer
    answers = np.bincount(batch.owners, learnt, examples).astype(np.int64)
    statistics.tokens.update(totals.tolist())
    statistics.answer_tokens.update(answers.tolist())


def _search(batch: ExampleBatch, found: Collector) -> None:
    """Look for secrets, personal data and broken text."""
    buffer = batch.buffer
    for passage in find_passages(buffer):
        index = buffer.text_at(passage.start)
        found.go_to(batch.examples[int(batch.owners[index])].line)
        shown = buffer.data[passage.start : passage.end].decode(errors="replace")
        if passage.private:
            shown = masking.masked(shown)
        values: dict[str, Value] = {} if passage.what is None else {"what": passage.what}
        found.add(passage.code, batch.text_field(index).path, shown, other=None, **values)


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


def _bands(batch: ExampleBatch, identities: Identities, first: Sequence[int]) -> Records:
    """The records by which nearly equal examples of the file find each other."""
    found = similarity.bands(batch.buffer, batch.first_spoken)
    is_first = np.zeros(len(batch.examples), np.bool_)
    is_first[first] = True
    kept = is_first[found.examples]
    examples = found.examples[kept]
    lines_of = np.array([each.line for each in batch.examples], np.uint32)
    starts = np.array([each.start for each in batch.examples], np.uint64)
    places = similarity.places(starts, identities.prompts)
    return make_records(
        BAND,
        key=found.keys[kept].ravel(),
        line=np.repeat(lines_of[examples], similarity.BANDS),
        place=np.repeat(places[examples], similarity.BANDS),
        size=np.repeat(found.sizes[kept], similarity.BANDS),
        sketch=np.repeat(found.sketches[kept], similarity.BANDS, axis=0),
    )
