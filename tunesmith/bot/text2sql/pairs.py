"""One question with its answer, and the rule that no question has two answers."""

import re
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum

from tunesmith.bot.ddl.dialects import Dialect
from tunesmith.bot.text2sql.annotated_schema import Link

_LITERAL = re.compile(r"N?'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")
_SAID = re.compile(r"\w+(?:\.\w+)*")  # oms_order.status is one word


class Rejection(StrEnum):
    """Why a candidate is left out of a set."""

    CHECKER = "checker"  # its SQL is not valid
    DOES_NOT_RUN = "does_not_run"
    RETURNS_NOTHING = "returns_nothing"
    SAME_QUESTION_TWICE = "same_question_twice"
    SAME_QUESTION_OTHER_ANSWER = "same_question_other_answer"
    # Of a model's rewording of a question.
    NO_REPLY = "paraphrase_no_reply"
    ASKED_BEFORE = "paraphrase_asked_before"
    NO_QUESTION = "paraphrase_no_question"
    OTHER_LANGUAGE = "paraphrase_other_language"
    VALUE_LOST = "paraphrase_value_lost"
    SOMETHING_ELSE = "paraphrase_something_else"


@dataclass(frozen=True, slots=True)
class Pair:
    """A question in one language, its answer, and what it covers.

    `skeleton` is what paraphrases share: the SQL without its values, or the fact asked for.
    `columns` are (table, column); `codes` (table, column, value). `schema` is the DDL that the
    prompt carries, or None for the variant that asks from memory. `values` must survive in every
    paraphrase.
    """

    language: str
    intent: str
    question: str
    answer: str
    skeleton: str
    tables: tuple[str, ...]
    columns: tuple[tuple[str, str], ...] = ()
    links: tuple[Link, ...] = ()
    codes: tuple[tuple[str, str, str], ...] = ()
    values: tuple[str, ...] = ()
    schema: str | None = None

    @property
    def is_sql(self) -> bool:
        """Whether the answer is a query."""
        return self.intent not in FACTS and self.intent != "missing"

    @property
    def content(self) -> str:
        """What the user says."""
        return f"{self.schema}\n\n{self.question}" if self.schema else self.question

    def with_schema(self, schema: str) -> "Pair":
        """The same pair with the DDL in its prompt."""
        return replace(self, schema=schema)


# Questions about the schema itself, whose answers are no queries.
FACTS = ("ddl", "columns", "meaning", "key", "relations", "codes", "tables")


def system_prompt(dialect: Dialect, *, with_schema: bool = False) -> str:
    """The system message of every pair of a variant; the one to use with the tuned model too."""
    source = "the tables given with the question" if with_schema else "our database"
    return (
        f"You answer questions about {source}: with one {dialect.label} query, or with facts of"
        " the schema. If a column does not exist, say so and name the closest one."
    )


def skeleton_of(sql: str) -> str:
    """The SQL without its values: what differs between paraphrases is never this."""
    return _LITERAL.sub("?", sql)


def question_key(content: str) -> str:
    """What two questions share that differ only in case, spaces and punctuation."""
    return " ".join(_SAID.findall(content.casefold()))


def without_contradictions(pairs: list[Pair], rejects: Counter[Rejection]) -> list[Pair]:
    """The pairs whose question has one answer; the first answer of a question stands."""
    answers: dict[str, str] = {}
    kept: list[Pair] = []
    for pair in pairs:
        key = question_key(pair.content)
        if key not in answers:
            answers[key] = pair.answer
            kept.append(pair)
        elif answers[key] == pair.answer:
            rejects[Rejection.SAME_QUESTION_TWICE] += 1
        else:
            rejects[Rejection.SAME_QUESTION_OTHER_ANSWER] += 1
    return kept
