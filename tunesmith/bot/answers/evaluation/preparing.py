"""What an evaluation asks, made ready from the files: rows, better prompts with examples, tokens.

`prepare` reads files and compares texts: it belongs into a worker process.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from tunesmith.bot.answers.evaluation.rows import KnownRow, KnownRows, read_rows, texts_in
from tunesmith.bot.answers.metrics.few_shot import FewShot
from tunesmith.bot.answers.metrics.score import Facts, facts_of
from tunesmith.bot.answers.prompt import Trained, build
from tunesmith.bot.datasets import chat_tokens, images, tokens
from tunesmith.bot.ddl.store import load_schema
from tunesmith.bot.providers.asking import Prompt

MOST_ROWS = 500
"""Rows asked in one evaluation."""


class Shots(BaseModel):
    """What the base model gets in front of a row: a better system prompt, and examples from the
    training file, none of which is a row that is scored.
    """

    model_config = ConfigDict(frozen=True)

    system: str
    examples: list[tuple[str, str]] = []


@dataclass(frozen=True, slots=True)
class Source:
    """The files of an evaluation: the rows that are scored, the training file and the schema, where
    they are kept. `most` is how many rows are taken. Rows that were taken before are `rows`
    themselves, with their `facts`.

    `encoding` is that of the models, as `tokens.source` gives it, None where tokens can't be
    counted for them; `context` is how many tokens a prompt may have.
    """

    rows: Path | list[KnownRow]
    training: Path | None
    schema: Path | None
    trained: Trained
    encoding: str | None
    context: int | None
    with_shots: bool
    most: int = MOST_ROWS
    facts: Facts | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """The rows, what stands in front of each for the base model, and the tokens of all prompts, of
    those with examples, and of the expected answers; None where they can't be counted.
    """

    rows: list[KnownRow]
    left_out: int
    shots: list[Shots | None]
    facts: Facts
    input_tokens: int | None
    shot_tokens: int | None
    output_tokens: int | None


def prepare(source: Source) -> Prepared:
    """Read the rows and make the better prompts."""
    taken = source.rows
    taken = read_rows(taken, source.most) if isinstance(taken, Path) else KnownRows(taken, 0)
    training = read_rows(source.training).rows if source.training else []
    known = {row.identity for row in training}
    rows = [row.model_copy(update={"was_trained": row.identity in known}) for row in taken.rows]
    facts = source.facts
    if facts is None:
        schema = load_schema(source.schema) if source.schema else None
        golds = [row.gold for row in (*training, *rows)]
        facts = facts_of(golds, schema=schema, classes=source.trained.classes)
    shots = _shots(source, training, rows, facts)
    plain = [prompt_of(source.trained, row) for row in rows]
    richer = [prompt_of(source.trained, row, each) for row, each in zip(rows, shots, strict=True)]
    return Prepared(
        rows=rows,
        left_out=taken.left_out,
        shots=shots,
        facts=facts,
        input_tokens=_count(plain, source.encoding),
        shot_tokens=_count(richer, source.encoding),
        output_tokens=_texts([row.gold for row in rows], source.encoding),
    )


def prompt_of(trained: Trained, row: KnownRow, shots: Shots | None = None) -> Prompt:
    """What a model is asked for a row: all up to its answer, as it was trained; with `shots`, these
    in front of it.
    """
    prompt = build(trained, row.question, system=row.system)
    if prompt.text is not None:
        return prompt
    messages = messages_of(trained, row)
    if shots is not None:
        own = [
            message for message in messages if message.get("role") not in ("system", "developer")
        ]
        messages = [*_in_front(shots), *own]
    return replace(prompt, messages=tuple(messages), tools=tuple(row.tools))


def messages_of(trained: Trained, row: KnownRow) -> list[dict[str, Any]]:
    """A row's messages before the answer; the trained system prompt stands in front of those of a
    row that has none.
    """
    if row.system is not None or not trained.system:
        return row.messages
    return [{"role": "system", "content": trained.system}, *row.messages]


def _in_front(shots: Shots) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = [{"role": "system", "content": shots.system}]
    for question, answer in shots.examples:
        messages.append({"role": "user", "content": question})
        messages.append({"role": "assistant", "content": answer})
    return messages


def _shots(
    source: Source, training: Sequence[KnownRow], rows: Sequence[KnownRow], facts: Facts
) -> list[Shots | None]:
    """The better prompt for each row; none without a training file to take examples from."""
    if not source.with_shots or not training:
        return [None for _ in rows]
    scored = {row.identity[0] for row in rows}
    others = [(row.question, row.gold) for row in training if row.identity[0] not in scored]
    prompts = FewShot(others, facts=facts, most_tokens=source.context, encoding=source.encoding)
    found: list[Shots | None] = []
    for row in rows:
        made = prompts.for_question(row.question, row.system or source.trained.system)
        found.append(Shots(system=made.system, examples=[*made.examples]))
    return found


def _count(prompts: Sequence[Prompt], encoding: str | None) -> int | None:
    """The tokens of prompts, as a chat has them."""
    texts: list[str] = []
    frame = 0
    for prompt in prompts:
        if prompt.text is not None:
            texts.append(prompt.text)
            continue
        fixed, declared = chat_tokens.tool_texts([dict(tool) for tool in prompt.tools])
        frame += chat_tokens.PER_EXAMPLE + fixed
        texts += declared
        for message in prompt.messages:
            frame += chat_tokens.PER_MESSAGE
            texts += texts_in(dict(message))
            frame += sum(map(chat_tokens.image_tokens, images.parts(dict(message))))
    counted = _texts(texts, encoding)
    return None if counted is None else counted + frame


def _texts(texts: Sequence[str], encoding: str | None) -> int | None:
    return None if encoding is None else sum(tokens.count(texts, encoding))
