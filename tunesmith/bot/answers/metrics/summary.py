"""What the scores of many rows say: figures with their intervals, and who is better."""

import random
from collections.abc import Iterable, Sequence
from enum import StrEnum

import numpy as np
from pydantic import BaseModel, ConfigDict

from tunesmith.bot.answers.metrics.classes import Pair, weighted_f1
from tunesmith.bot.answers.metrics.intents import Intent
from tunesmith.bot.answers.metrics.intervals import (
    mcnemar,
    mean_interval,
    paired_bootstrap,
    paired_shares,
    wilson,
)
from tunesmith.bot.answers.metrics.score import Score
from tunesmith.bot.sql import Verdict

_NOT_SQL = (Verdict.SYNTAX_ERROR, Verdict.NO_SQL)
_RESAMPLES = 1_000
_SURE = 0.05
# Means of fewer rows say nothing: their bootstrap has too few values to draw from.
_LEAST_ROWS = 10


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Figure(_Frozen):
    """A share (0 to 1) or a mean with its 95 % interval, over `of` rows."""

    value: float
    low: float
    high: float
    of: int


class Summary(_Frozen):
    """The figures of one model; None where no row has one.

    `right` leaves out the `undecided` rows on which nothing is proven. `parse_errors` and
    `invented_names` are shares of SQL rows, `false_refusals` of the rows that should be answered,
    `missed_refusals` of those that should not. `intents` holds `right` by intent.
    """

    count: int
    undecided: int
    right: Figure | None
    exact: Figure | None
    token_f1: Figure | None
    chrf: Figure | None
    parse_errors: Figure | None
    invented_names: Figure | None
    false_refusals: Figure | None
    missed_refusals: Figure | None
    accuracy: Figure | None
    weighted_f1: Figure | None
    intents: dict[Intent, Figure]


class Result(StrEnum):
    """Whether the first of two models is better than the second on the same rows."""

    WINS = "wins"
    LOSES = "loses"
    UNDECIDED = "undecided"


class Versus(_Frozen):
    """By how much the first is better, with the 95 % interval of that.

    The difference is one of shares of right answers, or of mean chrF divided by 100 for free text.
    `p` is McNemar's, None for free text. The result is decided where the interval leaves out 0,
    and, for shares, McNemar's exact test agrees.
    """

    difference: float
    low: float
    high: float
    p: float | None
    of: int
    result: Result


def summarize(scores: Sequence[Score]) -> Summary:
    """The figures of one model's scores."""
    asked_sql = [one for one in scores if one.verdict is not None]
    labels = [(one.gold_label, one.label) for one in scores if one.gold_label is not None]
    return Summary(
        count=len(scores),
        undecided=sum(one.right is None and one.intent is not Intent.TEXT for one in scores),
        right=_right(scores),
        exact=_share(one.exact for one in scores),
        token_f1=_mean([one.token_f1 for one in scores]),
        chrf=_mean([one.chrf for one in scores]),
        parse_errors=_share(one.verdict in _NOT_SQL for one in asked_sql),
        invented_names=_share(bool(one.invented) for one in asked_sql),
        false_refusals=_share(one.refused for one in scores if not one.should_refuse),
        missed_refusals=_share(not one.refused for one in scores if one.should_refuse),
        accuracy=_share(gold == given for gold, given in labels),
        weighted_f1=_weighted_f1(labels),
        intents={
            intent: figure
            for intent in Intent
            if (figure := _right([one for one in scores if one.intent is intent]))
        },
    )


def versus(first: Sequence[Score], second: Sequence[Score]) -> Versus | None:
    """Whether the first model is better than the second; both scored on the same rows, in order.

    Rows that prove nothing for one of them are left out. None where no row is left.
    """
    pairs = [
        (ours.right, theirs.right)
        for ours, theirs in zip(first, second, strict=True)
        if ours.right is not None and theirs.right is not None
    ]
    if pairs:
        return _by_shares(pairs)
    if not first:
        return None
    difference, low, high = paired_bootstrap(
        [one.chrf / 100 for one in first], [one.chrf / 100 for one in second]
    )
    sure = len(first) >= _LEAST_ROWS
    return Versus(
        difference=difference,
        low=low,
        high=high,
        p=None,
        of=len(first),
        result=_result(low, high) if sure else Result.UNDECIDED,
    )


def _by_shares(pairs: Sequence[tuple[bool, bool]]) -> Versus:
    both = sum(ours and theirs for ours, theirs in pairs)
    only_first = sum(ours and not theirs for ours, theirs in pairs)
    only_second = sum(theirs and not ours for ours, theirs in pairs)
    difference, low, high = paired_shares(both, only_first, only_second, len(pairs))
    p = mcnemar(only_first, only_second)
    return Versus(
        difference=difference,
        low=low,
        high=high,
        p=p,
        of=len(pairs),
        result=_result(low, high) if p < _SURE else Result.UNDECIDED,
    )


def _result(low: float, high: float) -> Result:
    return Result.WINS if low > 0 else Result.LOSES if high < 0 else Result.UNDECIDED


def _right(scores: Sequence[Score]) -> Figure | None:
    return _share(one.right for one in scores if one.right is not None)


def _share(rows: Iterable[bool]) -> Figure | None:
    all_rows = list(rows)
    if not all_rows:
        return None
    low, high = wilson(sum(all_rows), len(all_rows))
    return Figure(value=sum(all_rows) / len(all_rows), low=low, high=high, of=len(all_rows))


def _mean(values: Sequence[float]) -> Figure | None:
    if not values:
        return None
    mean, low, high = mean_interval(values)
    return Figure(value=mean, low=low, high=high, of=len(values))


def _weighted_f1(labels: Sequence[Pair]) -> Figure | None:
    if not labels:
        return None
    chance = random.Random(0)
    drawn = [weighted_f1(chance.choices(labels, k=len(labels))) for _ in range(_RESAMPLES)]
    low, high = np.quantile(drawn, [_SURE / 2, 1 - _SURE / 2])
    return Figure(value=weighted_f1(labels), low=float(low), high=float(high), of=len(labels))
