"""What an evaluation came to: figures for each contestant, and who is better than whom."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from statistics import median

from pydantic import BaseModel, ConfigDict

from tunesmith.bot.answers.evaluation.contestants import Contestant, Label
from tunesmith.bot.answers.metrics.execution import Outcome
from tunesmith.bot.answers.metrics.score import Score
from tunesmith.bot.answers.metrics.summary import Summary, Versus, summarize, versus
from tunesmith.bot.messages import StoredMessage
from tunesmith.storage.evaluation_values import Row, RowAnswer

TUNED_RIGHT = frozenset({"tuned", "both"})
"""A person's choices that hold the measured model's answer to be right."""


class Column(BaseModel):
    """The figures of one contestant; `summary` is None where it answered nothing.

    `versus` is how the measured model does against it on the rows that both answered. `refused` is
    how many rows it did not answer, `first_seconds` the median time to its first piece of text.
    `usd` is None where it is not known.
    """

    model_config = ConfigDict(frozen=True)

    label: Label
    shown: str
    summary: Summary | None
    versus: Versus | None = None
    answered: int = 0
    refused: int = 0
    usd: Decimal | None = None
    first_seconds: float | None = None
    gone: StoredMessage | None = None


class Result(BaseModel):
    """The figures of an evaluation, the measured model's first.

    `disputed` are the rows whose answer gives another result than the expected one, so that a
    person may hold either to be right; `chosen` how many of these somebody has decided on.
    `was_trained` is how many rows stand in the training file too. `lost` and `gained` are the rows
    that only the recorded answers got right, and only the new ones; `same` how many of the two are
    the same text.
    """

    model_config = ConfigDict(frozen=True)

    rows: int
    columns: list[Column]
    disputed: list[int] = []
    chosen: int = 0
    was_trained: int = 0
    lost: list[int] = []
    gained: list[int] = []
    same: int = 0

    @property
    def tuned(self) -> Column:
        """The measured model's figures."""
        return self.columns[0]

    @property
    def others(self) -> list[Column]:
        """Those of the contestants beside it that answered."""
        return [column for column in self.columns[1:] if column.summary is not None]

    @property
    def knows_right(self) -> bool:
        """Whether any answer is right or wrong; free text is only like the expected one, or not."""
        return any(column.summary and column.summary.right for column in self.columns)


Answers = Mapping[int, RowAnswer]


def result_of(
    rows: Sequence[Row], answers: Sequence[RowAnswer], contestants: Sequence[Contestant]
) -> Result:
    """The figures of an evaluation; the measured contestant stands first."""
    by_label: dict[str, dict[int, RowAnswer]] = {each.label: {} for each in contestants}
    for answer in answers:
        by_label[answer.contestant][answer.number] = answer
    ours = by_label[contestants[0].label]
    scores = {label: _scores(rows, found, ours) for label, found in by_label.items()}
    measured = scores[contestants[0].label]
    columns = [
        _column(each, by_label[each.label], scores[each.label], measured) for each in contestants
    ]
    disputed = [row for row in rows if _is_disputed(ours.get(row.number))]
    found = Result(
        rows=len(rows),
        columns=columns,
        disputed=[row.number for row in disputed],
        chosen=sum(row.choice is not None for row in disputed),
        was_trained=sum(bool(row.row.get("was_trained")) for row in rows),
    )
    if "golden" not in by_label:
        return found
    return found.model_copy(update=_changes(scores["golden"], measured, by_label["golden"], ours))


def _scores(rows: Sequence[Row], answers: Answers, ours: Answers) -> dict[int, Score]:
    """The score of each answer; a person's choice goes before the comparison."""
    found: dict[int, Score] = {}
    for row in rows:
        answer = answers.get(row.number)
        if answer is None or answer.score is None:
            continue
        score = Score.model_validate(answer.score)
        if row.choice in TUNED_RIGHT and _same(answer, ours.get(row.number)):
            score = score.model_copy(update={"right": True})
        found[row.number] = score
    return found


def _column(
    contestant: Contestant,
    answers: Answers,
    scores: Mapping[int, Score],
    measured: Mapping[int, Score],
) -> Column:
    both = [number for number in measured if number in scores]
    against = versus([measured[n] for n in both], [scores[n] for n in both]) if both else None
    said = [answer for answer in answers.values() if answer.refused is None]
    firsts = [answer.first_seconds for answer in said if answer.first_seconds is not None]
    spent = [answer.usd for answer in said]
    return Column(
        label=contestant.label,
        shown=contestant.shown,
        summary=summarize(list(scores.values())) if scores else None,
        versus=None if scores is measured else against,
        answered=len(said),
        refused=len(answers) - len(said),
        usd=None if None in spent else sum((usd for usd in spent if usd), Decimal(0)),
        first_seconds=median(firsts) if firsts else None,
        gone=contestant.gone,
    )


def _is_disputed(answer: RowAnswer | None) -> bool:
    if answer is None or answer.score is None:
        return False
    execution = Score.model_validate(answer.score).execution
    return execution is not None and execution.outcome is Outcome.DIFFERENT


def _same(one: RowAnswer, other: RowAnswer | None) -> bool:
    return other is not None and one.text.split() == other.text.split()


def _changes(
    before: Mapping[int, Score], now: Mapping[int, Score], was: Answers, is_now: Answers
) -> dict[str, object]:
    both = [number for number in before if number in now]
    return {
        "lost": [n for n in both if before[n].right and now[n].right is False],
        "gained": [n for n in both if before[n].right is False and now[n].right],
        "same": sum(_same(was[n], is_now[n]) for n in both),
    }
