"""Every pair that a schema gives: facts, queries that check and run, and missing columns."""

import zlib
from collections import Counter
from collections.abc import Callable, Iterator

from tunesmith.bot.sql import Verdict, check_sql
from tunesmith.bot.text2sql.annotated_schema import AnnotatedSchema
from tunesmith.bot.text2sql.facts import fact_pairs
from tunesmith.bot.text2sql.intents import all_queries
from tunesmith.bot.text2sql.intents.query import Query
from tunesmith.bot.text2sql.labels import Labels
from tunesmith.bot.text2sql.negatives import missing_pairs
from tunesmith.bot.text2sql.pairs import Pair, Rejection, skeleton_of, without_contradictions
from tunesmith.bot.text2sql.rendering import phrasings, quoted_values, render
from tunesmith.bot.text2sql.sandbox import Sandbox
from tunesmith.bot.text2sql.select import NEGATIVES
from tunesmith.bot.text2sql.sqltree import write_sql
from tunesmith.bot.text2sql.synthetic import make_rows

Progress = Callable[[int, int], None]  # queries checked so far, and of how many

_PHRASINGS = 3
_EVERY_WITH_SCHEMA = 8
_LONGEST_SCHEMA = 24_000  # characters


def all_pairs(
    annotated: AnnotatedSchema,
    languages: tuple[str, ...],
    seed: int,
    rejected: Counter[Rejection],
    progress: Progress | None = None,
) -> list[Pair]:
    """The pairs in a steady order; `rejected` counts what was left out, by reason."""
    labels = [Labels(annotated.schema, language, annotated.codes) for language in languages]
    pairs: list[Pair] = []
    for one in labels:
        pairs.extend(fact_pairs(annotated, one))
    for query, sql in _sound_queries(annotated, seed, rejected, progress):
        for one in labels:
            pairs.extend(_query_pairs(query, sql, one, annotated))
    share = NEGATIVES / (1 - NEGATIVES)
    pairs.extend(missing_pairs(annotated, labels, round(len(pairs) * share), seed))
    return without_contradictions(pairs, rejected)


def _sound_queries(
    annotated: AnnotatedSchema, seed: int, rejected: Counter[Rejection], progress: Progress | None
) -> Iterator[tuple[Query, str]]:
    """The queries that pass the checker and return something, with their SQL."""
    rows = make_rows(annotated, seed)
    queries = list(all_queries(annotated, rows, seed))
    seen: set[str] = set()
    with Sandbox(annotated, rows) as sandbox:
        for done, query in enumerate(queries):
            if progress and done % 50 == 0:
                progress(done, len(queries))
            sql = write_sql(query.tree, annotated.dialect)
            if sql in seen:
                continue
            seen.add(sql)
            reason = _why_not(sql, query, annotated) or sandbox.why_not(query.tree)
            if reason:
                rejected[reason] += 1
            else:
                yield query, sql
    if progress:
        progress(len(queries), len(queries))


def _why_not(sql: str, query: Query, annotated: AnnotatedSchema) -> Rejection | None:
    verdict = check_sql(sql, annotated.around(query.tables), second_opinion=False).verdict
    return None if verdict is Verdict.VALID else Rejection.CHECKER


def _query_pairs(
    query: Query, sql: str, labels: Labels, annotated: AnnotatedSchema
) -> Iterator[Pair]:
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
        text = _prompt_schema(annotated, query.tables, turn)
        if len(text) <= _LONGEST_SCHEMA:
            yield pair.with_schema(text)


def _prompt_schema(annotated: AnnotatedSchema, tables: tuple[str, ...], turn: int) -> str:
    """The DDL of the query's tables and of one that has nothing to do with it."""
    names = list(annotated.entities)
    chosen = dict.fromkeys((names[turn % len(names)], *tables))
    return "\n\n".join(annotated.ddl(name) for name in chosen)
