"""The best that can be had without training: a fuller system prompt, and the training rows that are
most like the question.

Likeness is the cosine of the words' weights, rare words weighing more (TF-IDF). The same rows,
question and limits give the same prompt.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from tunesmith.bot.answers.metrics.exact_match import exact_match
from tunesmith.bot.answers.metrics.score import Facts
from tunesmith.bot.datasets import tokens
from tunesmith.bot.datasets.likeness import words
from tunesmith.bot.text2sql.create_table import create_table

EXAMPLES = 5
# Shares of the model's context: the question and the answer need the rest.
_FOR_EXAMPLES, _FOR_SCHEMA = 0.4, 0.3


@dataclass(frozen=True, slots=True)
class Shots:
    """What stands in front of a question; the example most like it comes last."""

    system: str
    examples: tuple[tuple[str, str], ...]


class FewShot:
    """Prompts for questions about one data set.

    `rows` are its training questions and answers, never those that are scored. `most_tokens` is the
    model's context, counted in `encoding`; where that is not known, a byte counts as a token, which
    is never too few. Takes processor time: make it and ask it in a worker process.
    """

    def __init__(
        self,
        rows: Sequence[tuple[str, str]],
        *,
        facts: Facts,
        count: int = EXAMPLES,
        most_tokens: int | None = None,
        encoding: str | None = None,
    ) -> None:
        self._rows = list(dict.fromkeys(rows))
        self._facts, self._count = facts, count
        self._most, self._encoding = most_tokens or math.inf, encoding
        counted = [words(question) for question, _ in self._rows]
        self._frequency = Counter(word for one in counted for word in one)
        self._index: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for place, one in enumerate(counted):
            for word, weight in self._weights(one).items():
                self._index[word].append((place, weight))

    def for_question(self, question: str, system: str | None = None) -> Shots:
        """The prompt for a question; `system` is the prompt that the model was trained with."""
        examples: list[tuple[str, str]] = []
        left = self._most * _FOR_EXAMPLES
        for place in self._nearest(question):
            left -= self._tokens(*self._rows[place])
            if left < 0:
                break
            examples.append(self._rows[place])
        return Shots(self._system(question, system), tuple(reversed(examples)))

    def _nearest(self, question: str) -> list[int]:
        """The rows most like a question, none of them the question itself; few fill up."""
        likeness: dict[int, float] = defaultdict(float)
        for word, weight in self._weights(words(question)).items():
            for place, other in self._index.get(word, ()):
                likeness[place] += weight * other
        ranked = sorted(likeness, key=lambda place: (-likeness[place], place))
        spread = range(0, len(self._rows), max(1, len(self._rows) // self._count))
        candidates = dict.fromkeys([*ranked, *spread])
        others = (place for place in candidates if not exact_match(self._rows[place][0], question))
        return [place for place, _ in zip(others, range(self._count), strict=False)]

    def _weights(self, counted: Counter[str]) -> dict[str, float]:
        """The words' weights, of length 1 together."""
        total = len(self._rows) + 1
        weights = {
            word: (1 + math.log(count)) * math.log(total / (1 + self._frequency[word]) + 1)
            for word, count in counted.items()
        }
        length = math.hypot(*weights.values()) or 1.0
        return {word: weight / length for word, weight in weights.items()}

    def _system(self, question: str, system: str | None) -> str:
        facts = self._facts
        parts = [system] if system else []
        if facts.classes:
            labels = "\n".join(f"- {label}" for label in facts.classes)
            parts.append(f"Answer with exactly one of these labels and nothing else:\n{labels}")
        elif facts.schema_ is not None:
            parts.append(
                f"Answer a request for data with one {facts.schema_.dialect.label} query and"
                " nothing else: no explanation, no Markdown. Use only tables and columns that"
                " exist."
            )
            schema = "" if "CREATE TABLE" in question else self._schema(question)
            parts += [f"The schema:\n\n{schema}"] if schema else []
        else:
            parts.append("Answer in the form, the tone and the length of the examples.")
        if facts.refusals.own:
            parts.append(f"Where there is no answer, say so, as here: {facts.refusals.own[0]}")
        return "\n\n".join(parts)

    def _schema(self, question: str) -> str:
        """The tables that fit, those that share most words with the question first."""
        schema = self._facts.schema_
        if schema is None:
            return ""
        asked = words(question)
        written = [
            create_table(table, schema.dialect.profile)
            for table in schema.tables
            if table.columns and not table.is_view
        ]
        ranked = sorted(written, key=lambda ddl: -len(asked.keys() & words(ddl).keys()))
        kept: list[str] = []
        left = self._most * _FOR_SCHEMA
        for ddl in ranked:
            left -= self._tokens(ddl)
            if left < 0:
                break
            kept.append(ddl)
        return "\n\n".join(sorted(kept, key=written.index))

    def _tokens(self, *texts: str) -> int:
        if self._encoding is None:
            return sum(len(text.encode()) for text in texts)
        return sum(tokens.count(texts, self._encoding))
