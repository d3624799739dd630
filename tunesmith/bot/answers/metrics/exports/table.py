"""All rows with their answers and scores, as CSV for a spreadsheet."""

import csv
import io
from collections.abc import Iterator, Sequence

from tunesmith.bot.answers.metrics.exports.row import ExportedAnswer, ExportedRow
from tunesmith.bot.spreadsheets import inert

_FIGURES = ("right", "exact", "token_f1", "chrf", "refused", "verdict", "execution", "problem")


def rows_csv(rows: Sequence[ExportedRow]) -> bytes:
    """The rows as UTF-8 with a byte order mark, without which Excel takes it for something else.

    A text that a spreadsheet would take for a formula has an apostrophe in front.
    """
    names = list(dict.fromkeys(name for row in rows for name in row.answers))
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    head = ["line", "intent", "question", "expected"]
    for name in names:
        head += [inert(name), *(inert(f"{name}: {figure}") for figure in _FIGURES)]
    writer.writerow(head)
    for row in rows:
        writer.writerow(list(_cells(row, names)))
    return file.getvalue().encode("utf-8-sig")


def _cells(row: ExportedRow, names: Sequence[str]) -> Iterator[str]:
    scores = [answer.score for answer in row.answers.values() if answer.score]
    yield str(row.line)
    yield scores[0].intent.value if scores else ""
    yield inert(row.question)
    yield inert(row.gold)
    for name in names:
        answer = row.answers.get(name)
        yield inert(answer.text) if answer else ""
        yield from _figures(answer)


def _figures(answer: ExportedAnswer | None) -> list[str]:
    score = answer.score if answer else None
    if score is None:
        return [""] * len(_FIGURES)
    execution = score.execution
    return [
        "" if score.right is None else str(score.right).lower(),
        str(score.exact).lower(),
        f"{score.token_f1:.4f}",
        f"{score.chrf:.2f}",
        str(score.refused).lower(),
        score.verdict.value if score.verdict else "",
        execution.outcome.value if execution else "",
        inert(execution.problem or "") if execution else "",
    ]
