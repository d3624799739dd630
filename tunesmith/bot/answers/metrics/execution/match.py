"""Run the gold query and an answer on generated databases, and say whether they agree."""

import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from tunesmith.bot.answers.metrics.execution.databases import Database, Maker
from tunesmith.bot.answers.metrics.execution.engines import (
    Engine,
    EngineLacksError,
    QueryFailedError,
    TooManyRowsError,
    engines_for,
)
from tunesmith.bot.answers.metrics.execution.results import (
    Cell,
    Rows,
    is_same,
    pairings,
    plain,
    reordered,
    shows_something,
)
from tunesmith.bot.answers.metrics.execution.statements import (
    NotRunnableError,
    Statement,
    read_statement,
)
from tunesmith.bot.ddl.model import Schema
from tunesmith.bot.sql import Check, Verdict, check_sql

DATABASES = 25
FEWEST_SHOWING = 3
"""On fewer databases than these, two queries that agree may do so by chance."""
MOST_DATABASES = 100
"""How many are tried before it is said that too few show anything."""

# Of processor time for one pair of queries; databases that are left then are not asked.
_SECONDS = 20.0
_ROWS_SHOWN = 5


class Outcome(StrEnum):
    """What running an answer beside the gold query has shown.

    SAME and DIFFERENT are proven. FAILED: the answer does not run; REFUSED: it is no query that
    only reads. NOTHING_SHOWN: they agree, but on fewer than three databases the gold query returned
    anything. GOLD_FAILED: the gold query does not run here; GOLD_UNDECIDED: it leaves open what it
    returns; UNSUPPORTED: the answer needs what the engines here do not know.
    """

    SAME = "same"
    DIFFERENT = "different"
    FAILED = "failed"
    REFUSED = "refused"
    NOTHING_SHOWN = "nothing_shown"
    GOLD_FAILED = "gold_failed"
    GOLD_UNDECIDED = "gold_undecided"
    UNSUPPORTED = "unsupported"


_PROVEN = frozenset({Outcome.SAME, Outcome.DIFFERENT, Outcome.FAILED, Outcome.REFUSED})
_NOT_HERE = frozenset({Outcome.GOLD_FAILED, Outcome.UNSUPPORTED})


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Difference(_Frozen):
    """The first database on which two queries differ: its number, and rows of both, as text.

    The rows, five at most, are those that one alone returns; where only the order differs, the
    first ones. `gold_rows` and `answer_rows` count all.
    """

    database: int
    gold: list[list[str]]
    answer: list[list[str]]
    gold_rows: int
    answer_rows: int


class Execution(_Frozen):
    """The outcome; `databases` counts those on which the gold query showed something.

    It is 0 where the answer is the gold query itself, which proves all there is to prove.
    `problem` is what the checker or the engine says in English where something does not run.
    """

    outcome: Outcome
    databases: int = 0
    difference: Difference | None = None
    problem: str | None = None

    @property
    def is_right(self) -> bool | None:
        """Whether the answer is as good as the gold query; None where nothing is proven."""
        return self.outcome is Outcome.SAME if self.outcome in _PROVEN else None


def execution_match(gold_sql: str, answer_sql: str, schema: Schema) -> Execution:
    """Whether two queries of a schema's dialect return the same on generated databases.

    These are `DATABASES`, or as many more as it takes until the gold query shows something on
    `FEWEST_SHOWING` of them.

    Takes processor time (a tenth of a second, twenty seconds at most), and some hundred megabytes
    at most: call it in a worker process. Never raises on any text.
    """
    try:
        gold = _checked(gold_sql, schema)
    except _RejectedError as error:
        return Execution(outcome=Outcome.GOLD_FAILED, problem=error.problem)
    try:
        answer = _checked(answer_sql, schema)
    except _RejectedError as error:
        outcome = Outcome.REFUSED if error.is_unsafe else Outcome.FAILED
        return Execution(outcome=outcome, problem=error.problem)
    if gold.tree == answer.tree:
        return Execution(outcome=Outcome.SAME)
    maker = Maker(schema, [gold, answer])
    found = Execution(outcome=Outcome.GOLD_FAILED)
    for kind in engines_for(schema.dialect):
        with closing(kind(schema.dialect)) as engine:
            found = _Run(engine, gold, answer, maker).match()
        if found.outcome not in _NOT_HERE:
            break
    return found


class _RejectedError(Exception):
    def __init__(self, problem: str, *, is_unsafe: bool = False) -> None:
        super().__init__(problem)
        self.problem = problem
        self.is_unsafe = is_unsafe


def _checked(sql: str, schema: Schema) -> Statement:
    check: Check = check_sql(sql, schema, second_opinion=False)
    if check.verdict is not Verdict.VALID or check.comparison is not None:
        raise _RejectedError(check.message, is_unsafe=check.verdict is Verdict.UNSAFE)
    try:
        return read_statement(check.sql or sql, schema)
    except NotRunnableError as error:
        raise _RejectedError(str(error)) from error


class _Run:
    """Two queries on one engine."""

    def __init__(self, engine: Engine, gold: Statement, answer: Statement, maker: Maker) -> None:
        self._engine, self._gold, self._maker = engine, gold, maker
        self._answer = answer.written(engine.name)
        self._gold_texts: tuple[str, str] | None = None
        self._too_many: str | None = None

    def match(self) -> Execution:
        """What the databases show, in turn, until one shows a difference."""
        end = time.process_time() + _SECONDS
        decided: list[_Results] = []
        for database in self._maker.databases(MOST_DATABASES):
            is_beyond = database.number >= DATABASES
            if (decided or is_beyond) and time.process_time() > end:
                break
            if is_beyond and _showing(decided) >= FEWEST_SHOWING:
                break
            try:
                gold = self._few_enough(database)
            except _OpenError:
                return Execution(outcome=Outcome.GOLD_UNDECIDED)
            except QueryFailedError as error:
                return Execution(outcome=Outcome.GOLD_FAILED, problem=str(error))
            if gold is None:
                continue
            try:
                rows = plain(self._engine.run(self._answer))
            except EngineLacksError as error:
                return Execution(outcome=Outcome.UNSUPPORTED, problem=str(error))
            except QueryFailedError as error:
                return Execution(outcome=Outcome.FAILED, problem=str(error))
            decided.append(_Results(database.number, *gold, rows))
            if not _same_somehow(decided[-1:]):
                break
        return self._judged(decided) if decided else self._nothing()

    def _nothing(self) -> Execution:
        """What is said where no database decides anything."""
        if self._too_many is None:
            return Execution(outcome=Outcome.GOLD_UNDECIDED)
        return Execution(outcome=Outcome.GOLD_FAILED, problem=self._too_many)

    def _judged(self, decided: "Sequence[_Results]") -> Execution:
        found = _judged(decided)
        # Which of the rows come first that are the same to the reader, only the engine knows.
        is_open = found.outcome is Outcome.DIFFERENT and self._gold.is_cut_by_unseen_keys
        return Execution(outcome=Outcome.GOLD_UNDECIDED) if is_open else found

    def _few_enough(self, database: Database) -> "tuple[Rows, bool] | None":
        """As `_gold_results`; None, too, where there are more rows than are compared."""
        try:
            return self._gold_results(database)
        except TooManyRowsError as error:
            self._too_many = str(error)
            return None

    def _gold_results(self, database: Database) -> tuple[Rows, bool] | None:
        """The gold query's rows and whether their order counts; None where ties leave them open.

        Leaves the database stored forwards. Raises _OpenError where no ties can be the reason.
        """
        self._engine.fill(self._maker.entities, database, backwards=True)
        ascending, descending = self._gold_texts = self._gold_texts or self._written_gold()
        backwards = plain(self._engine.run(descending))
        self._engine.fill(self._maker.entities, database, backwards=False)
        forwards = plain(self._engine.run(ascending))
        if is_same(forwards, backwards, in_order=True):
            return forwards, self._gold.is_ordered
        if is_same(forwards, backwards, in_order=False):
            return forwards, False
        if not self._gold.may_depend_on_ties:
            raise _OpenError
        return None

    def _written_gold(self) -> tuple[str, str]:
        name = self._engine.name
        columns = self._engine.width(self._gold.written(name)) if self._gold.is_ordered else 0
        return self._gold.written(name, "ASC", columns), self._gold.written(name, "DESC", columns)


class _OpenError(Exception):
    pass


class _Results:
    """What both queries returned on one database."""

    def __init__(self, number: int, gold: Rows, in_order: bool, answer: Rows) -> None:
        self.number, self.gold, self.in_order, self.answer = number, gold, in_order, answer

    def is_same(self, pairing: tuple[int, ...]) -> bool:
        """Whether they are the same with the answer's columns in that order."""
        return is_same(self.gold, reordered(self.answer, pairing), in_order=self.in_order)


def _judged(decided: Sequence[_Results]) -> Execution:
    showing = _showing(decided)
    if _same_somehow(decided):
        outcome = Outcome.SAME if showing >= FEWEST_SHOWING else Outcome.NOTHING_SHOWN
        return Execution(outcome=outcome, databases=showing)
    odd = (one for one in decided if not _same_somehow([one]))
    return _different(next(odd, decided[-1]), showing)


def _showing(decided: Sequence[_Results]) -> int:
    return sum(shows_something(one.gold) for one in decided)


def _same_somehow(results: Sequence[_Results]) -> bool:
    """Whether all results are the same with the answer's columns in one order or another."""
    widths = {len(rows[0]) for one in results for rows in (one.gold, one.answer) if rows}
    if len(widths) > 1:
        return False
    pairs = [(one.gold, one.answer) for one in results]
    ways = pairings(pairs, max(widths, default=0))
    return any(all(one.is_same(way) for one in results) for way in ways)


def _different(one: _Results, showing: int) -> Execution:
    gold, answer = _only(one.gold, one.answer), _only(one.answer, one.gold)
    if not gold and not answer:
        gold, answer = _in_words(one.gold), _in_words(one.answer)
    difference = Difference(
        database=one.number,
        gold=gold[:_ROWS_SHOWN],
        answer=answer[:_ROWS_SHOWN],
        gold_rows=len(one.gold),
        answer_rows=len(one.answer),
    )
    return Execution(outcome=Outcome.DIFFERENT, databases=showing, difference=difference)


def _only(rows: Rows, others: Rows) -> list[list[str]]:
    """The rows that the others have not, or not as often."""
    left = Counter(map(tuple, _in_words(others)))
    found: list[list[str]] = []
    for row in _in_words(rows):
        if left[tuple(row)] > 0:
            left[tuple(row)] -= 1
        else:
            found.append(row)
    return found


def _in_words(rows: Rows) -> list[list[str]]:
    return [[_cell_in_words(cell) for cell in row] for row in rows]


def _cell_in_words(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell
    return "NULL" if cell is None else f"{cell:.10g}"
