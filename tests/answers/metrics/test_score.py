"""One answer against its gold answer, and what many scores say."""

import pytest

from tunesmith.bot.answers.metrics.execution import Outcome
from tunesmith.bot.answers.metrics.intents import Intent
from tunesmith.bot.answers.metrics.intervals import paired_shares
from tunesmith.bot.answers.metrics.score import Facts, Score, facts_of, score
from tunesmith.bot.answers.metrics.summary import Result, summarize, versus
from tunesmith.bot.ddl import Dialect, parse_ddl
from tunesmith.bot.sql import Verdict

_SCHEMA = parse_ddl(
    b"CREATE TABLE orders (id INT PRIMARY KEY, total DECIMAL(10, 2), city VARCHAR(20));",
    dialect=Dialect.MYSQL,
)
_SQL = facts_of(["orders has no column price; the closest one is total."], schema=_SCHEMA)
_LABELS = facts_of(["billing", "refund"], classes=["billing", "refund"])
_TEXT = Facts()


def test_a_query_is_right_where_it_returns_the_same_and_its_inventions_are_named():
    gold = "SELECT COUNT(*) FROM orders WHERE city = 'Berlin';"
    right = score(gold, "```sql\nSELECT COUNT(id) FROM orders WHERE city IN ('Berlin')\n```", _SQL)
    assert (right.intent, right.right, right.exact) == (Intent.TOTALS, True, False)
    invented = score(gold, "SELECT COUNT(*) FROM orders WHERE town = 'Berlin'", _SQL)
    assert (invented.right, invented.invented) == (False, ("town",))
    assert invented.verdict is Verdict.UNKNOWN_NAMES


def test_a_second_statement_in_an_answer_is_never_left_out():
    found = score("SELECT id FROM orders", "SELECT id FROM orders; DROP TABLE orders;", _SQL)
    assert found.execution is not None
    assert found.execution.outcome is Outcome.REFUSED
    assert found.right is False


@pytest.mark.parametrize(
    ("gold", "intent"),
    [
        ("SELECT id FROM orders", Intent.ROWS),
        ("SELECT city, COUNT(*) FROM orders GROUP BY city", Intent.GROUPS),
        ("SELECT a.id FROM orders a JOIN orders b ON a.id = b.id", Intent.JOINS),
        ("SELECT id FROM orders ORDER BY total DESC LIMIT 3", Intent.RANKS),
        ("CREATE TABLE `orders` (`id` INT);", Intent.DDL),
        ("orders has no column price; the closest one is total.", Intent.REFUSAL),
        ("The primary key of orders is id.", Intent.TEXT),
    ],
)
def test_what_a_row_asks_for_is_read_from_its_gold_answer(gold: str, intent: Intent):
    assert score(gold, gold, _SQL).intent is intent


def test_refusing_what_can_be_answered_is_a_false_refusal_and_answering_the_rest_a_missed_one():
    refusal = "orders has no column price; the closest one is total."
    false = score("SELECT id FROM orders", "Sorry, I can't answer that.", _SQL)
    missed = score(refusal, "SELECT price FROM orders", _SQL)
    kept = score(refusal, "orders has no column price.", _SQL)
    found = summarize([false, missed, kept])
    assert (false.right, missed.right, kept.right) == (False, False, True)
    assert found.false_refusals is not None
    assert (found.false_refusals.value, found.false_refusals.of) == (1, 1)
    assert found.missed_refusals is not None
    assert (found.missed_refusals.value, found.missed_refusals.of) == (0.5, 2)


def test_labels_have_accuracy_and_weighted_f1_and_a_sentence_is_no_label():
    golds = ["billing"] * 6 + ["refund"] * 4
    answers = ["billing"] * 5 + ["It is about billing."] + ["refund"] * 3 + ["Billing"]
    found = summarize([score(g, a, _LABELS) for g, a in zip(golds, answers, strict=True)])
    assert found.accuracy is not None
    assert found.weighted_f1 is not None
    assert found.accuracy.value == 0.8
    # The figure of scikit-learn 1.9.1.
    assert found.weighted_f1.value == pytest.approx(0.8428571428571429)
    assert found.weighted_f1.low < found.weighted_f1.value < found.weighted_f1.high <= 1


def test_rows_on_which_nothing_is_proven_are_counted_and_left_out():
    open_gold = "SELECT city, total FROM orders GROUP BY city"
    undecided = score(open_gold, "SELECT city, MAX(total) FROM orders GROUP BY city", _SQL)
    found = summarize([undecided, score("SELECT id FROM orders", "SELECT id FROM orders", _SQL)])
    assert (found.count, found.undecided) == (2, 1)
    assert found.right is not None
    assert found.right.of == 1


def _scores(pattern: str) -> list[Score]:
    """Scores of a classification set: 1 is right, 0 is wrong."""
    return [score("refund", "refund" if one == "1" else "billing", _LABELS) for one in pattern]


def test_a_model_wins_by_its_interval_and_not_by_a_few_rows():
    won = versus(_scores("1" * 18 + "0" * 2), _scores("0" * 12 + "1" * 6 + "0" * 2))
    assert won is not None
    assert won.result is Result.WINS
    assert won.low > 0
    lost = versus(_scores("0" * 12 + "1" * 8), _scores("1" * 20))
    assert lost is not None
    assert lost.result is Result.LOSES
    few = versus(_scores("111"), _scores("000"))
    assert few is not None
    assert (few.difference, few.p, few.result) == (1, 0.25, Result.UNDECIDED)
    assert versus([], []) is None


def test_free_text_is_compared_by_chrf():
    gold = "Your parcel arrives tomorrow."
    good = [score(gold, f"Your parcel arrives tomorrow, {n}.", _TEXT) for n in range(12)]
    bad = [score(gold, f"{n} I would not know.", _TEXT) for n in range(12)]
    found = versus(good, bad)
    assert found is not None
    assert (found.p, found.result) == (None, Result.WINS)
    assert summarize(good).right is None


def test_the_interval_of_a_paired_difference_is_that_of_newcombes_tenth_method():
    found = paired_shares(20, 12, 2, 50)
    assert found == pytest.approx((0.2, 0.0562, 0.3292), abs=5e-5)
