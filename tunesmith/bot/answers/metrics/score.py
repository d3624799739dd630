"""Score one answer against the gold answer of its row, with all metrics that fit the row."""

from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict

from tunesmith.bot.answers.metrics.chrf import chrf
from tunesmith.bot.answers.metrics.classes import label_of
from tunesmith.bot.answers.metrics.exact_match import exact_match
from tunesmith.bot.answers.metrics.execution import Execution, execution_match
from tunesmith.bot.answers.metrics.intents import Intent, intent_of
from tunesmith.bot.answers.metrics.refusals import Refusals, is_refusal, refusals_of
from tunesmith.bot.answers.metrics.token_f1 import token_f1
from tunesmith.bot.ddl.model import Schema
from tunesmith.bot.sql import Check, Verdict, check_answer
from tunesmith.bot.sql.extract import extract_sql


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Facts(_Frozen):
    """What is known of a data set: the DDL that it asks about, its classes, how it refuses."""

    schema_: Schema | None = None
    classes: tuple[str, ...] = ()
    refusals: Refusals = Refusals()


class Score(_Frozen):
    """One answer against its gold answer.

    `right` is the figure that decides: the execution match of a query, the table of a DDL answer,
    the label of a classification row, a refusal where the gold answer refuses, an exact match for
    another fact of a schema. It is None where nothing is proven, and for free text, which has
    `token_f1` (0 to 1) and `chrf` (0 to 100). `label` is None where the answer is none of the
    classes; `verdict` and `invented` (names that the schema has not) are there for SQL rows.
    """

    intent: Intent
    exact: bool
    token_f1: float
    chrf: float
    refused: bool
    label: str | None = None
    gold_label: str | None = None
    verdict: Verdict | None = None
    invented: tuple[str, ...] = ()
    execution: Execution | None = None
    right: bool | None = None

    @property
    def should_refuse(self) -> bool:
        """Whether the gold answer refuses."""
        return self.intent is Intent.REFUSAL


def facts_of(
    answers: Iterable[str], *, schema: Schema | None = None, classes: Iterable[str] = ()
) -> Facts:
    """What is known of a data set, from its gold answers and its report."""
    labels = tuple(classes)
    plain = (
        answer
        for answer in answers
        if schema is None or not extract_sql(answer, schema.dialect.profile)
    )
    refusals = Refusals() if labels else refusals_of(plain)
    return Facts(schema_=schema, classes=labels, refusals=refusals)


def score(gold: str, answer: str, facts: Facts) -> Score:
    """Score an answer. Takes processor time, up to seconds for SQL: call it in a worker process."""
    schema = facts.schema_
    intent = intent_of(gold, schema=schema, classes=facts.classes, refusals=facts.refusals)
    check = check_answer(answer, schema) if schema is not None else None
    execution = _execution(gold, answer, schema) if intent.is_query and schema is not None else None
    label = label_of(answer, facts.classes) if intent is Intent.LABEL else None
    exact = exact_match(gold, answer)
    refused = _refused(answer, check, label, facts)
    asks_sql = intent.is_query or intent is Intent.DDL
    return Score(
        intent=intent,
        exact=exact,
        token_f1=token_f1(gold, answer),
        chrf=chrf(gold, answer),
        refused=refused,
        label=label,
        gold_label=gold.strip() if intent is Intent.LABEL else None,
        verdict=check.verdict if check and asks_sql else None,
        invented=(*check.unknown_tables, *check.unknown_columns) if check and asks_sql else (),
        execution=execution,
        right=_right(gold, intent, execution, check, label, refused=refused, exact=exact),
    )


def score_all(texts: Sequence[tuple[str, str]], facts: Facts) -> list[Score]:
    """The score of each answer, the second of a pair, against its gold one; as `score` does."""
    return [score(gold, answer, facts) for gold, answer in texts]


def _execution(gold: str, answer: str, schema: Schema) -> Execution:
    profile = schema.dialect.profile
    wanted, given = extract_sql(gold, profile), extract_sql(answer, profile)
    # A second statement is part of what an answer would do.
    return execution_match(";\n".join(wanted), ";\n".join(given), schema)


def _refused(answer: str, check: Check | None, label: str | None, facts: Facts) -> bool:
    holds_sql = check is not None and check.verdict is not Verdict.NO_SQL
    return not holds_sql and label is None and is_refusal(answer, facts.refusals)


def _right(
    gold: str,
    intent: Intent,
    execution: Execution | None,
    check: Check | None,
    label: str | None,
    *,
    refused: bool,
    exact: bool,
) -> bool | None:
    if execution is not None:
        return execution.is_right
    if intent is Intent.DDL:
        return exact or (check is not None and _is_the_table(check))
    if intent is Intent.LABEL:
        return label == gold.strip()
    if intent is Intent.REFUSAL:
        return refused
    return exact if check is not None else None


def _is_the_table(check: Check) -> bool:
    same = check.comparison
    return same is not None and not (same.missing or same.invented or same.changed)
