"""A schema in, a verified training set out."""

import random
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from tunesmith.bot.errors import SchemaError
from tunesmith.bot.schemas.dataset.catalog import Catalog
from tunesmith.bot.schemas.dataset.coverage import Coverage, measure
from tunesmith.bot.schemas.dataset.execute import Sandbox
from tunesmith.bot.schemas.dataset.facts import fact_pairs
from tunesmith.bot.schemas.dataset.intents import all_queries
from tunesmith.bot.schemas.dataset.intents.query import Query
from tunesmith.bot.schemas.dataset.labels import LANGUAGES, Labels
from tunesmith.bot.schemas.dataset.negatives import missing_pairs
from tunesmith.bot.schemas.dataset.pairs import (
    Pair,
    skeleton_of,
    system_prompt,
    without_contradictions,
)
from tunesmith.bot.schemas.dataset.select import NEGATIVES, select
from tunesmith.bot.schemas.dataset.split import split
from tunesmith.bot.schemas.dataset.sqltree import write_sql
from tunesmith.bot.schemas.dataset.synthetic import make_rows
from tunesmith.bot.schemas.dataset.wording import phrasings, quoted_values, render
from tunesmith.bot.schemas.model import Schema
from tunesmith.bot.schemas.verify import Verdict, check_sql

_PHRASINGS = 3
_EVERY_WITH_SCHEMA = 8
_LONGEST_SCHEMA = 24_000  # characters

Progress = Callable[[int, int], None]  # queries checked so far, and of how many


@dataclass(slots=True)
class TrainingSet:
    """The pairs of a schema, split, with what they cover."""

    schema: Schema
    train: list[Pair]
    valid: list[Pair]
    coverage: Coverage

    def write(self, folder: Path) -> None:
        """Write train.jsonl and valid.jsonl in OpenAI's chat format."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, pairs in (("train.jsonl", self.train), ("valid.jsonl", self.valid)):
            with (folder / name).open("wb") as file:
                file.writelines(_line(pair, self.schema) for pair in pairs)


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
    return built.coverage


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
        raise SchemaError(
            f"I write training sets in {', '.join(LANGUAGES)}; {', '.join(unknown) or 'none'} was"
            " asked for. Choose among these."
        )
    catalog = Catalog(schema)
    if not catalog.entities:
        raise SchemaError(
            "No table with columns was understood in this file, so there is nothing to ask."
            " Attach the statements that create the tables."
        )
    labels = [Labels(schema, language, catalog.codes) for language in spoken]
    rejects: Counter[str] = Counter()
    pairs: list[Pair] = []
    for one in labels:
        pairs.extend(fact_pairs(catalog, one))
    for query, sql in _sound_queries(catalog, seed, rejects, progress):
        for one in labels:
            pairs.extend(_query_pairs(query, sql, one, catalog))
    share = NEGATIVES / (1 - NEGATIVES)
    pairs.extend(missing_pairs(catalog, labels, round(len(pairs) * share), seed))
    pairs = without_contradictions(pairs, rejects)
    if max_pairs is not None:
        pairs = select(pairs, max_pairs, seed)
    train, valid = split(pairs, seed)
    random.Random(f"{seed}:order").shuffle(train)
    return TrainingSet(schema, train, valid, measure(catalog, train, valid, spoken, rejects))


def _sound_queries(
    catalog: Catalog, seed: int, rejects: Counter[str], progress: Progress | None
) -> Iterator[tuple[Query, str]]:
    """The queries that pass the checker and return something, with their SQL."""
    rows = make_rows(catalog, seed)
    queries = list(all_queries(catalog, rows, seed))
    seen: set[str] = set()
    with Sandbox(catalog, rows) as sandbox:
        for done, query in enumerate(queries):
            if progress and done % 50 == 0:
                progress(done, len(queries))
            sql = write_sql(query.tree, catalog.dialect)
            if sql in seen:
                continue
            seen.add(sql)
            reason = _why_not(sql, query, catalog) or sandbox.why_not(query.tree)
            if reason:
                rejects[reason] += 1
            else:
                yield query, sql
    if progress:
        progress(len(queries), len(queries))


def _why_not(sql: str, query: Query, catalog: Catalog) -> str | None:
    verdict = check_sql(sql, catalog.around(query.tables), second_opinion=False).verdict
    return None if verdict is Verdict.VALID else f"checker: {verdict.value.replace('_', ' ')}"


def _query_pairs(query: Query, sql: str, labels: Labels, catalog: Catalog) -> Iterator[Pair]:
    """The query in three phrasings of one language; now and then also with the schema."""
    skeleton = skeleton_of(sql)
    turn = zlib.crc32(sql.encode())
    choices = phrasings(query.variant, labels.language)
    chosen = [choices[(turn + place) % len(choices)] for place in range(_PHRASINGS)]
    pair: Pair | None = None
    for phrasing in chosen:
        pair = Pair(
            language=labels.language,
            intent=query.intent,
            question=render(phrasing, query.slots, labels),
            answer=sql,
            skeleton=skeleton,
            tables=query.tables,
            columns=query.columns,
            links=query.links,
            codes=query.codes,
            values=tuple(quoted_values(query.slots, labels.language)),
        )
        yield pair
    if pair and turn % _EVERY_WITH_SCHEMA == 0:
        text = _prompt_schema(catalog, query.tables, turn)
        if len(text) <= _LONGEST_SCHEMA:
            yield pair.with_schema(text)


def _prompt_schema(catalog: Catalog, tables: tuple[str, ...], turn: int) -> str:
    """The DDL of the query's tables and of one that has nothing to do with it."""
    names = list(catalog.entities)
    chosen = dict.fromkeys((names[turn % len(names)], *tables))
    return "\n\n".join(catalog.ddl(name) for name in chosen)


def _line(pair: Pair, schema: Schema) -> bytes:
    system = system_prompt(schema.dialect, with_schema=pair.schema is not None)
    messages = [
        {"role": "system", "content": system},
        {"role": "user", "content": pair.content},
        {"role": "assistant", "content": pair.answer},
    ]
    return orjson.dumps({"messages": messages}) + b"\n"
