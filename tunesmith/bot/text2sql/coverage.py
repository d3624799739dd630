"""What a training set covers, counted from its pairs."""

from collections import Counter

from pydantic import BaseModel, ConfigDict

from tunesmith.bot.messages import Message, say
from tunesmith.bot.text2sql.annotated_schema import AnnotatedSchema
from tunesmith.bot.text2sql.pairs import Pair, Rejection, question_key
from tunesmith.bot.text2sql.select import ENOUGH
from tunesmith.bot.text2sql.split import leaks

_NAMED = 5


class Coverage(BaseModel):
    """The coverage card of a training set.

    What is asked is counted in training pairs only. `columns_short` are the columns asked less
    than three times, as table.column. `intents` counts all pairs by intent, then language.
    `rejected` counts the candidates left out, by `Rejection`. `contradictions` are questions with
    two answers, `leakage` validation pairs that share query or question with training; both are 0
    by construction and counted afterwards.
    """

    model_config = ConfigDict(extra="ignore")  # earlier versions stored more

    pairs: int
    train: int
    valid: int
    languages: list[str]
    tables: int
    tables_asked: int
    columns: int
    columns_asked: int
    columns_short: list[str]
    relations: int
    relations_asked: int
    code_values: int
    code_values_asked: int
    intents: dict[str, dict[str, int]]
    rejected: dict[str, int]
    contradictions: int
    leakage: int
    negatives: int
    negatives_share: float
    with_schema: int

    @property
    def trust(self) -> Message:
        """What a model tuned on the set can and cannot be trusted with."""
        if not self.columns_short:
            return say("text2sql.trust", columns=self.columns)
        named = self.columns_short[:_NAMED]
        asked = self.columns_asked
        return say("text2sql.trust_short", columns=self.columns, asked=asked, short=named)


def measure(
    annotated: AnnotatedSchema,
    train: list[Pair],
    valid: list[Pair],
    languages: tuple[str, ...],
    rejected: Counter[Rejection],
) -> Coverage:
    """Count what the set covers, from the pairs alone."""
    asked = Counter(column for pair in train for column in pair.columns)
    columns = [(entity.name, name) for entity in annotated for name in entity.fields]
    short = [column for column in columns if asked[column] < ENOUGH]
    tables = {table for pair in train for table in pair.tables}
    links = {link for pair in train for link in pair.links}
    codes = {(table, column, value) for pair in train for table, column, value in pair.codes}
    all_codes = [(*place, value) for place, values in annotated.codes.items() for value in values]
    pairs = train + valid
    negatives = sum(pair.intent == "missing" for pair in pairs)
    return Coverage(
        pairs=len(pairs),
        train=len(train),
        valid=len(valid),
        languages=list(languages),
        tables=len(annotated.entities),
        tables_asked=len(tables),
        columns=len(columns),
        columns_asked=len(columns) - len(short),
        columns_short=[".".join(column) for column in short],
        relations=len(annotated.links),
        relations_asked=len(links),
        code_values=len(all_codes),
        code_values_asked=sum(code in codes for code in all_codes),
        intents=_by_intent(pairs),
        rejected={str(why): count for why, count in sorted(rejected.items())},
        contradictions=contradictions(pairs),
        leakage=leaks(train, valid),
        negatives=negatives,
        negatives_share=round(negatives / len(pairs), 4) if pairs else 0.0,
        with_schema=sum(pair.schema is not None for pair in pairs),
    )


def contradictions(pairs: list[Pair]) -> int:
    """How many questions have more than one answer."""
    answers: dict[str, set[str]] = {}
    for pair in pairs:
        answers.setdefault(question_key(pair.content), set()).add(pair.answer)
    return sum(len(found) > 1 for found in answers.values())


def _by_intent(pairs: list[Pair]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for pair in pairs:
        row = counts.setdefault(pair.intent, {})
        row[pair.language] = row.get(pair.language, 0) + 1
    return dict(sorted(counts.items()))
