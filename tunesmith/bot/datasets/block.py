"""One block of a file, checked and counted: the work that helper processes share."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tunesmith.bot.datasets import (
    chat_tokens,
    formats,
    masking,
    reading,
    similarity,
    tokens,
)
from tunesmith.bot.datasets.checks import (
    chat,
    images,
    lines,
    pair_style,
    pairs,
    personal,
    preference,
    reinforcement,
    secrets,
    texts,
)
from tunesmith.bot.datasets.findings import Collector, Hit, JsonObject
from tunesmith.bot.datasets.formats import Format, Text
from tunesmith.bot.datasets.identity import Identity, identify
from tunesmith.bot.datasets.key_index import Records, make_records
from tunesmith.bot.datasets.tally import QUESTIONS, Tally
from tunesmith.bot.datasets.text_buffer import TextBuffer

_CHECKS = {
    Format.CHAT: chat.check,
    Format.PAIRS: pairs.check,
    Format.PREFERENCE: preference.check,
    Format.REINFORCEMENT: reinforcement.check,
}
_QUESTION_LENGTH = 300


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
    example: key and value are its Identity. `bands` holds its similarity bands: value is where
    its line starts in the file.
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


@dataclass(slots=True)
class _Contents:
    """The examples of a block, and all their texts.

    `spoken` is what user and assistant say, in which one example differs from another; `given` is
    what many share: system and tool messages, names, declared tools.
    """

    lines: list[int] = field(default_factory=list[int])
    starts: list[int] = field(default_factory=list[int])
    overheads: list[int] = field(default_factory=list[int])
    identities: list[Identity] = field(default_factory=list[Identity])
    is_first: list[bool] = field(default_factory=list[bool])
    spoken: list[Text] = field(default_factory=list[Text])
    spoken_owners: list[int] = field(default_factory=list[int])
    given: list[Text] = field(default_factory=list[Text])
    given_owners: list[int] = field(default_factory=list[int])

    def texts(self) -> list[Text]:
        """All texts, the spoken ones first."""
        return self.spoken + self.given

    def owners(self) -> list[int]:
        """The example of each text."""
        return self.spoken_owners + self.given_owners


def check_block(settings: Settings, block: reading.Block) -> BlockResult:
    """Check and count the examples of a block."""
    found, tally, contents = Collector(), Tally(), _Contents()
    if block.too_long:
        found.go_to(0)
        code = reading.long_line_holds(settings.path, block)
        found.add(code, limit=reading.MAX_LINE_BYTES >> 20)
        tally.lines = 1
    else:
        _read(settings, block, contents, tally, found)
    buffer = TextBuffer([text.text for text in contents.texts()])
    _count(contents, buffer, settings.encoding, tally)
    _search(contents, buffer, found)
    prompts, bands = _records(contents, buffer)
    return BlockResult(block.length, tally, found.hits, found.counts, prompts, bands)


def key_block(settings: Settings, block: reading.Block) -> BlockKeys:
    """Only the keys of a block's lines."""
    tally, contents = Tally(), _Contents()
    if not block.too_long:
        _read(settings, block, contents, tally, Collector())
    buffer = TextBuffer([text.text for text in contents.texts()])
    prompts = np.zeros(max(tally.lines, 1), np.uint64)
    prompts[contents.lines] = [identity.prompt for identity in contents.identities]
    return BlockKeys(prompts, _records(contents, buffer)[1])


def _read(
    settings: Settings,
    block: reading.Block,
    contents: _Contents,
    tally: Tally,
    found: Collector,
) -> None:
    start = block.offset
    first_lines: dict[Identity, int] = {}
    data = reading.read_block(settings.path, block)
    for number, (line, keys) in enumerate(
        zip(data.split(b"\n"), lines.keys_in_text(data), strict=True)
    ):
        found.go_to(number)
        tally.lines += 1
        tally.crlf_lines += line.endswith(b"\r")
        example = lines.read(line, found, keys, first=start == 0)
        if example is not None:
            kind = formats.recognise(example, settings.format)
            if kind is not None:
                tally.formats.setdefault(kind, number)
            kind = kind or settings.format
            _CHECKS[kind](example, found)
            if kind is Format.PAIRS and settings.style is not None:
                pair_style.check(example, settings.style, found)
            identity = _take_in(example, kind, contents, tally)
            first = first_lines.setdefault(identity, number)
            if first != number:
                found.add("exact_duplicate", other=first)
            contents.identities.append(identity)
            contents.is_first.append(first == number)
            contents.lines.append(number)
            contents.starts.append(start)
        start += len(line) + 1


def _take_in(example: JsonObject, kind: Format, contents: _Contents, tally: Tally) -> Identity:
    """Add an example to the block's contents and to its tally."""
    owner = len(contents.overheads)
    own = formats.texts(example, kind)
    spoken = [text for text in own if text.role in formats.SPOKEN]
    contents.spoken += spoken
    contents.spoken_owners += [owner] * len(spoken)
    if len(spoken) < len(own):
        given = [text for text in own if text.role not in formats.SPOKEN]
        contents.given += given
        contents.given_owners += [owner] * len(given)
    _describe(own, tally)
    plain = formats.is_plain(example, kind)
    contents.overheads.append(
        _plain_frame(own, kind, tally) if plain else _frame(example, kind, contents, tally)
    )
    return identify(example, kind, own)


def _describe(own: list[Text], tally: Tally) -> None:
    """Tell the tally what an example's texts say about the file."""
    system = question = answer = ""
    for text in own:
        if text.answer:
            answer = text.text
        elif text.role == "user":
            question = question or text.text
        elif text.role == "system":
            system = system or text.text
    tally.examples += 1
    if system:
        tally.see_system(system)
    else:
        tally.without_system += 1
    tally.see_label(answer.strip() if len(answer) < _QUESTION_LENGTH else answer)
    tally.upper_case += answer.isupper()
    if not question:
        tally.without_prompt += 1
    elif len(tally.questions) < QUESTIONS:
        tally.questions.append(question[:_QUESTION_LENGTH])


def _plain_frame(own: list[Text], kind: Format, tally: Tally) -> int:
    """The tokens around an example's texts where each message is one text."""
    if kind is Format.PAIRS:
        return 0
    tally.messages[len(own)] += 1
    return chat_tokens.PER_EXAMPLE + chat_tokens.PER_MESSAGE * len(own)


def _frame(example: JsonObject, kind: Format, contents: _Contents, tally: Tally) -> int:
    """The tokens around an example's texts; names and tools go to the texts to be counted."""
    owner = len(contents.overheads)
    messages = formats.messages(example, kind)
    tally.messages[len(messages)] += 1
    fixed = chat_tokens.PER_EXAMPLE + chat_tokens.PER_MESSAGE * len(messages)
    extra: list[Text] = []
    if tools := formats.declared_tools(example, kind):
        more, described = chat_tokens.tool_texts(tools)
        fixed += more
        extra += [Text(("tools",), "", text, answer=False) for text in described]
    with_images = False
    for index, message in enumerate(messages):
        if isinstance(name := message.get("name"), str):
            extra.append(Text(("messages", index, "name"), "", name, answer=False))
            fixed += chat_tokens.PER_NAME
        for image in images.parts(message):
            with_images = True
            fixed += chat_tokens.image_tokens(image)
    tally.with_images += with_images
    contents.given += extra
    contents.given_owners += [owner] * len(extra)
    return fixed


def _count(contents: _Contents, buffer: TextBuffer, encoding: str, tally: Tally) -> None:
    texts, owners, size = contents.texts(), contents.owners(), len(contents.overheads)
    counts = np.array(tokens.count([text.text for text in texts], encoding, buffer.data), np.int64)
    totals = np.bincount(owners, counts, size).astype(np.int64) + contents.overheads
    answers = np.bincount(owners, counts * [text.answer for text in texts], size).astype(np.int64)
    tally.tokens.update(totals.tolist())
    tally.answer_tokens.update(answers.tolist())


def _search(contents: _Contents, buffer: TextBuffer, found: Collector) -> None:
    """Look for secrets, personal data and broken text."""
    owned, owners = contents.texts(), contents.owners()
    for passage in chain(secrets.find(buffer), personal.find(buffer), texts.find(buffer)):
        index = buffer.text_at(passage.start)
        found.go_to(contents.lines[owners[index]])
        shown = buffer.data[passage.start : passage.end].decode(errors="replace")
        if passage.private:
            shown = masking.masked(shown)
        found.add(passage.code, owned[index].path, shown, what=passage.what)


def _records(contents: _Contents, buffer: TextBuffer) -> tuple[Records, Records]:
    """The records by which examples of different blocks find each other."""
    kept = np.flatnonzero(contents.is_first)
    identities = [contents.identities[index] for index in kept]
    line_numbers = np.array(contents.lines, np.uint32)
    prompts = make_records(
        [identity.prompt for identity in identities],
        line_numbers[kept],
        [identity.answer for identity in identities],
    )
    first_text = np.searchsorted(contents.spoken_owners, np.arange(len(contents.lines) + 1))
    chosen, keys = similarity.bands(buffer, first_text)
    is_kept = np.isin(chosen, kept)
    chosen, keys = chosen[is_kept], keys[is_kept]
    places = [
        similarity.place(contents.starts[index], contents.identities[index].prompt)
        for index in map(int, chosen)
    ]
    bands = make_records(
        keys.ravel(),
        np.repeat(line_numbers[chosen], similarity.BANDS),
        np.repeat(np.array(places, np.uint64), similarity.BANDS),
    )
    return prompts, bands
