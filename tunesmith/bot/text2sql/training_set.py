"""A schema in, a verified training set out."""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import orjson

from tunesmith.bot.ddl.dialects import Dialect
from tunesmith.bot.ddl.model import Schema
from tunesmith.bot.errors import SchemaError
from tunesmith.bot.messages import say
from tunesmith.bot.text2sql.annotated_schema import AnnotatedSchema
from tunesmith.bot.text2sql.candidates import Progress, all_pairs
from tunesmith.bot.text2sql.coverage import Coverage, measure
from tunesmith.bot.text2sql.labels import LANGUAGES
from tunesmith.bot.text2sql.pairs import Pair, Rejection, system_prompt
from tunesmith.bot.text2sql.select import select
from tunesmith.bot.text2sql.split import split


@dataclass(slots=True)
class TrainingSet:
    """The pairs of a schema, split; `rejected` counts the candidates left out, by reason."""

    annotated: AnnotatedSchema
    languages: tuple[str, ...]
    train: list[Pair]
    valid: list[Pair]
    rejected: Counter[Rejection]

    def coverage(self) -> Coverage:
        """What the set covers, counted anew."""
        return measure(self.annotated, self.train, self.valid, self.languages, self.rejected)

    def write(self, folder: Path) -> None:
        """Write train.jsonl and valid.jsonl in OpenAI's chat format."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, pairs in (("train.jsonl", self.train), ("valid.jsonl", self.valid)):
            with (folder / name).open("wb") as file:
                file.writelines(_line(pair, self.annotated.schema.dialect) for pair in pairs)


def write_training_set(
    schema: Schema,
    folder: Path,
    *,
    languages: Iterable[str] = LANGUAGES,
    seed: int = 0,
    max_pairs: int | None = None,
    progress: Progress | None = None,
) -> Coverage:
    """Write train.jsonl and valid.jsonl for a schema into `folder`; see `build_training_set`."""
    built = build_training_set(
        schema, languages=languages, seed=seed, max_pairs=max_pairs, progress=progress
    )
    built.write(folder)
    return built.coverage()


def build_training_set(
    schema: Schema,
    *,
    languages: Iterable[str] = LANGUAGES,
    seed: int = 0,
    max_pairs: int | None = None,
    progress: Progress | None = None,
) -> TrainingSet:
    """Ask the schema everything, keep what checks and runs, split it.

    Takes processor time (seconds for a hundred tables): call it in a thread or process. The same
    schema, languages, seed and limit give the same pairs. Raises `SchemaError` where the schema
    has no table with columns, or a language is not one of `LANGUAGES`.
    """
    spoken = tuple(dict.fromkeys(languages))
    unknown = [language for language in spoken if language not in LANGUAGES]
    if unknown or not spoken:
        said = say("text2sql.languages", known=LANGUAGES, unknown=unknown)
        raise SchemaError(said if unknown else say("text2sql.no_language", known=LANGUAGES))
    annotated = AnnotatedSchema(schema)
    if not annotated.entities:
        raise SchemaError(say("text2sql.nothing_to_ask"))
    rejected: Counter[Rejection] = Counter()
    pairs = all_pairs(annotated, spoken, seed, rejected, progress)
    if max_pairs is not None:
        pairs = select(pairs, max_pairs, seed)
    train, valid = split(pairs, seed)
    random.Random(f"{seed}:order").shuffle(train)
    return TrainingSet(annotated, spoken, train, valid, rejected)


def _line(pair: Pair, dialect: Dialect) -> bytes:
    messages = [
        {"role": "system", "content": system_prompt(dialect, with_schema=pair.schema is not None)},
        {"role": "user", "content": pair.content},
        {"role": "assistant", "content": pair.answer},
    ]
    return orjson.dumps({"messages": messages}) + b"\n"
