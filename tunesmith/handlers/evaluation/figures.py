"""The figures of an evaluation as rows of a table."""

from collections.abc import Callable, Sequence

from tunesmith.bot.answers.evaluation.summing import Column, Result
from tunesmith.bot.answers.metrics.intents import Intent
from tunesmith.bot.answers.metrics.summary import Figure
from tunesmith.bot.messages import Message, Text, say

_SHARES = (
    "right",
    "accuracy",
    "weighted_f1",
    "exact",
    "token_f1",
    "parse_errors",
    "invented_names",
    "false_refusals",
    "missed_refusals",
)
_NONE = "–"

Cell = Callable[[Column], Message | None]


def figure_rows(text: Text, result: Result) -> list[list[str]]:
    """A row for each figure that somebody has: its name, then a cell for each who answered."""
    columns = [column for column in result.columns if column.summary]
    classes = result.tuned.summary is not None and result.tuned.summary.accuracy is not None
    shares = [name for name in _SHARES if not (classes and name == "right")]
    rows: list[tuple[Message, Cell]] = [
        *((say(f"evaluation.figure_{name}"), _share_of(name)) for name in shares),
        (say("evaluation.figure_chrf"), _chrf),
        *_intents(columns),
        (say("evaluation.figure_undecided"), _undecided),
        (say("evaluation.figure_refused"), _refused),
        (say("evaluation.figure_first_seconds"), _first_seconds),
        (say("evaluation.figure_usd"), _usd),
    ]
    found = [(name, [cell(column) for column in columns]) for name, cell in rows]
    return [
        [text.plain(name), *(text.plain(cell) if cell else _NONE for cell in cells)]
        for name, cells in found
        if any(cells)
    ]


def share_said(figure: Figure) -> Message:
    """A share with its interval."""
    return say(
        "evaluation.share",
        share=round(figure.value, 2),
        low=100 * figure.low,
        high=round(figure.high, 2),
    )


def _share_of(name: str) -> Cell:
    def cell(column: Column) -> Message | None:
        figure: Figure | None = getattr(column.summary, name)
        return share_said(figure) if figure else None

    return cell


def _intents(columns: Sequence[Column]) -> list[tuple[Message, Cell]]:
    """The share of right answers for each kind of question."""
    counts: dict[Intent, int] = {}
    for column in columns:
        for intent, figure in (column.summary.intents if column.summary else {}).items():
            counts[intent] = max(counts.get(intent, 0), figure.of)
    if len(counts) < 2:
        return []

    def cell_of(intent: Intent) -> Cell:
        def cell(column: Column) -> Message | None:
            figure = column.summary.intents.get(intent) if column.summary else None
            return share_said(figure) if figure else None

        return cell

    return [
        (
            say("evaluation.intent", intent=say(f"evaluation.intent_{name}"), count=count),
            cell_of(name),
        )
        for name, count in sorted(counts.items())
    ]


def _chrf(column: Column) -> Message | None:
    figure = column.summary.chrf if column.summary else None
    return say("evaluation.points", points=figure.value) if figure else None


def _undecided(column: Column) -> Message | None:
    return _count(column.summary.undecided if column.summary else 0)


def _refused(column: Column) -> Message | None:
    return _count(column.refused)


def _count(count: int) -> Message | None:
    return say("evaluation.count", count=count) if count else None


def _first_seconds(column: Column) -> Message | None:
    seconds = column.first_seconds
    return None if seconds is None else say("evaluation.seconds", seconds=seconds)


def _usd(column: Column) -> Message | None:
    if column.label == "golden" or column.usd is None:
        return None
    return say("dataset.price", usd=column.usd) if column.usd else say("dataset.price_free")
