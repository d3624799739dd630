"""One block of a file, checked and counted: the work that helper processes share."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tunesmith.bot.datasets import formats, masking, reading, similarity, tokens
from tunesmith.bot.datasets.checking import check_example, check_line, find_passages
from tunesmith.bot.datasets.example import Example, identify, read_plain, to_example
from tunesmith.bot.datasets.example_batch import ExampleBatch
from tunesmith.bot.datasets.example_view import ExampleView, Takes
from tunesmith.bot.datasets.file_statistics import QUESTIONS, FileStatistics
from tunesmith.bot.datasets.findings import Collector, JsonObject, RawFinding
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.json_line import keys_in_text, read_line
from tunesmith.bot.datasets.key_index import BAND, QUESTION, Records, make_records
from tunesmith.bot.datasets.pair_style import PairStyle
from tunesmith.bot.messages import Value, say

# Of a text, so much is looked at to say what it is like.
_LOOKED_AT = 300
_MOST_MESSAGES = 65_535


class Context(NamedTuple):
    """The most tokens of an example that a base model is trained on; more are cut off its end."""

    model: str
    tokens: int


@dataclass(frozen=True, slots=True)
class Settings:
    """What every block of a file is checked for.

    `format` is that of most examples; `recognised` is false where none of the first examples has
    the keys of a format; `keys` are theirs then. `takes` is what the provider takes in examples,
    None where no provider is asked; `context` is how long they may be. `tools` are what most of the
    first examples declare.
    """

    path: Path
    format: Format
    encoding: str
    style: PairStyle | None = None
    recognised: bool = True
    keys: tuple[str, ...] = ()
    takes: Takes | None = None
    context: Context | None = None
    tools: list[JsonObject] = field(default_factory=list[JsonObject])


@dataclass(slots=True)
class BlockResult:
    """What one block of `size` bytes says; lines count from 0.

    `findings` is bounded, `counts` (by code) exact. `questions` holds a record for each turn of
    each different example, `bands` its similarity bands, as `similarity.bands` gives them.
    """

    size: int
    statistics: FileStatistics
    findings: list[RawFinding]
    counts: Counter[str]
    questions: Records
    bands: Records


@dataclass(slots=True)
class BlockKeys:
    """What opens each line of a block (0 for lines without an example), and what looks alike."""

    openings: NDArray[np.uint64]
    bands: Records


def check_block(settings: Settings, block: reading.Block) -> BlockResult:
    """Check and count the examples of a block."""
    found, statistics = Collector(), FileStatistics()
    batch = ExampleBatch(_read(settings, block, statistics, found))
    _describe(batch.examples, statistics)
    _count(batch, settings, statistics, found)
    _search(batch, found)
    turns = batch.turns
    answers = np.unique(turns.answers[turns.answers != 0])
    statistics.note_hashes(np.unique(turns.questions[turns.opens]).tolist(), answers.tolist())
    is_first = _find_repeated(batch, found)
    questions, bands = _questions(batch, is_first), _bands(batch, is_first)
    return BlockResult(block.length, statistics, found.findings, found.counts, questions, bands)


def key_block(settings: Settings, block: reading.Block) -> BlockKeys:
    """Only the keys of a block's lines."""
    statistics = FileStatistics()
    batch = ExampleBatch(_read(settings, block, statistics, Collector()))
    openings = np.zeros(statistics.lines, np.uint64)
    openings[batch.lines] = batch.turns.questions[batch.openings]
    return BlockKeys(openings, _bands(batch, _find_repeated(batch, Collector())))


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
    taken = to_example(value, kind or settings.format, identify(read), known=kind is not None)
    if kind is not None and kind is not settings.format:
        found.add("mixed_formats", format=kind, most=settings.format)
    if kind is not None or settings.recognised:
        view = ExampleView(value, taken.layout.kind, settings.style, settings.takes)
        check_example(view, found)
    return taken


def _describe(examples: Sequence[Example], statistics: FileStatistics) -> None:
    """Add to the statistics what examples have."""
    statistics.examples = len(examples)
    first_lines = {each.layout: each.line for each in reversed(examples)}
    for layout, count in Counter(each.layout for each in examples).items():
        if layout.known:
            statistics.formats.setdefault(layout.kind, first_lines[layout])
        if layout.kind not in (Format.PAIRS, Format.TEXT):
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


def _count(
    batch: ExampleBatch, settings: Settings, statistics: FileStatistics, found: Collector
) -> None:
    texts = batch.texts[: batch.counted] + batch.declared
    owners = np.concatenate((batch.owners[: batch.counted], batch.declared_owners))
    counted = tokens.count(texts, settings.encoding, lambda: batch.utf8)
    counts = np.array(counted, np.int64)
    examples = len(batch.examples)
    totals = np.bincount(owners, counts, examples).astype(np.int64) + batch.frame_tokens
    learnt = counts[: batch.counted] * batch.is_answer[: batch.counted]
    answers = np.bincount(batch.owners[: batch.counted], learnt, examples).astype(np.int64)
    statistics.tokens.update(totals.tolist())
    statistics.answer_tokens.update(answers.tolist())
    if settings.context is not None:
        _find_too_long(batch, totals, settings.context, found)


def _find_too_long(
    batch: ExampleBatch, totals: NDArray[np.int64], context: Context, found: Collector
) -> None:
    for index in np.flatnonzero(totals > context.tokens).tolist():
        found.go_to(batch.examples[index].line)
        count = int(totals[index])
        lost = say("finding.value.tokens", count=count - context.tokens)
        found.add(
            "examples_truncated",
            count=count,
            limit=context.tokens,
            model=context.model,
            lost=lost,
        )


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


def _find_repeated(batch: ExampleBatch, found: Collector) -> NDArray[np.bool_]:
    """Which examples are not equal to an earlier one; says of the others which they repeat."""
    _, first, which = np.unique(batch.identities, return_index=True, return_inverse=True)
    before = first[which]
    is_first = before == np.arange(len(before))
    for index in np.flatnonzero(~is_first).tolist():
        found.go_to(batch.examples[index].line)
        found.add("exact_duplicate", other=batch.examples[int(before[index])].line)
    return is_first


def _questions(batch: ExampleBatch, is_first: NDArray[np.bool_]) -> Records:
    """The records by which examples of the file that ask the same find each other."""
    turns = batch.turns.only(is_first[batch.turns.examples])
    return make_records(
        QUESTION,
        key=turns.questions,
        line=batch.lines[turns.examples],
        message=np.minimum(turns.messages, _MOST_MESSAGES),
        opens=turns.opens,
        identity=batch.identities[turns.examples],
        answer=turns.answers,
        rejected=turns.rejected,
    )


def _bands(batch: ExampleBatch, is_first: NDArray[np.bool_]) -> Records:
    """The records by which nearly equal examples of the file find each other."""
    found = similarity.bands(batch.buffer, batch.first_spoken)
    kept = is_first[found.examples]
    examples = found.examples[kept]
    openings = batch.openings[examples]
    columns = {
        "start": np.array([each.start for each in batch.examples], np.uint64)[examples],
        "line": batch.lines[examples],
        "size": found.sizes[kept],
        "question": batch.turns.questions[openings] & np.uint64(0xFFFFFFFF),
        "answer": batch.turns.answers[openings] & np.uint64(0xFFFF),
        "text": batch.spoken_hashes()[examples] & np.uint64(0xFFFF),
        "sketch": found.sketches[kept],
    }
    repeated = {name: np.repeat(column, similarity.BANDS, 0) for name, column in columns.items()}
    return make_records(BAND, key=found.keys[kept].ravel(), **repeated)
