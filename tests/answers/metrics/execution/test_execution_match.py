"""Two queries are compared by what they return on generated databases."""

import pytest

from tunesmith.bot.answers.metrics.execution import Execution, Outcome, execution_match, match
from tunesmith.bot.ddl import Dialect, parse_ddl
from tunesmith.bot.ddl.model import Schema

_DDL = """
CREATE TABLE customers (
  id INT PRIMARY KEY, name VARCHAR(50) NOT NULL, city VARCHAR(20), joined DATE
);
CREATE TABLE orders (
  id INT PRIMARY KEY, customer_id INT NOT NULL REFERENCES customers (id),
  total DECIMAL(10, 2), status VARCHAR(10), created TIMESTAMP
);
"""
_SCHEMAS = {
    dialect: parse_ddl(_DDL.encode(), dialect=dialect)
    for dialect in (Dialect.POSTGRES, Dialect.MYSQL, Dialect.SQLITE)
}
_POSTGRES = _SCHEMAS[Dialect.POSTGRES]
_GROUPED = (
    "SELECT c.name, COUNT(*) FROM customers c JOIN orders o ON o.customer_id = c.id"
    " GROUP BY c.id, c.name HAVING COUNT(*) {} 5"
)


def _match(gold: str, answer: str, schema: Schema = _POSTGRES) -> Execution:
    return execution_match(gold, answer, schema)


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        pytest.param(
            "SELECT name FROM customers WHERE city = 'Berlin'",
            "SELECT c.name FROM customers AS c WHERE c.city IN ('Berlin')",
            id="other words for the same condition",
        ),
        pytest.param(
            "SELECT name, city FROM customers",
            "SELECT city, name FROM customers",
            id="columns in another order",
        ),
        pytest.param(
            "SELECT name FROM customers WHERE id NOT IN (SELECT customer_id FROM orders)",
            "SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id"
            " WHERE o.id IS NULL",
            id="an anti join",
        ),
        pytest.param(
            "SELECT COUNT(*) FROM orders WHERE EXTRACT(YEAR FROM created) = 2024",
            "SELECT COUNT(*) FROM orders WHERE created >= '2024-01-01' AND created < '2025-01-01'",
            id="a year and its days",
        ),
        pytest.param(
            "SELECT name FROM customers ORDER BY city",
            "SELECT name FROM customers ORDER BY city, id DESC",
            id="an order that says more than the gold query's",
        ),
    ],
)
def test_queries_that_return_the_same_are_the_same(gold: str, answer: str):
    found = _match(gold, answer)
    assert found.outcome is Outcome.SAME
    assert found.databases >= 15


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        pytest.param(
            "SELECT COUNT(*) FROM orders WHERE total > 100",
            "SELECT COUNT(*) FROM orders WHERE total >= 100",
            id="more and at least",
        ),
        pytest.param(_GROUPED.format(">"), _GROUPED.format(">="), id="groups of one size"),
        pytest.param(
            "SELECT c.name, COUNT(*) FROM customers c JOIN orders o ON o.customer_id = c.id"
            " GROUP BY c.id, c.name",
            "SELECT c.name, COUNT(o.id) FROM customers c LEFT JOIN orders o"
            " ON o.customer_id = c.id GROUP BY c.id, c.name",
            id="customers without orders",
        ),
        pytest.param(
            "SELECT COUNT(*) FROM orders WHERE EXTRACT(YEAR FROM created) = 2024",
            "SELECT COUNT(*) FROM orders WHERE created BETWEEN '2024-01-01' AND '2024-12-31'",
            id="the last day of a year",
        ),
        pytest.param(
            "SELECT COUNT(*) FROM orders WHERE created >= CURRENT_DATE - INTERVAL '7 days'",
            "SELECT COUNT(*) FROM orders WHERE created >= CURRENT_DATE - INTERVAL '8 days'",
            id="a day more",
        ),
        pytest.param(
            "SELECT AVG(total) FROM orders",
            "SELECT SUM(total) / COUNT(*) FROM orders",
            id="NULL in an average",
        ),
        pytest.param(
            "SELECT city FROM customers", "SELECT DISTINCT city FROM customers", id="duplicates"
        ),
        pytest.param(
            "SELECT name FROM customers ORDER BY name",
            "SELECT name FROM customers ORDER BY name DESC",
            id="the order",
        ),
        pytest.param(
            "SELECT name FROM customers WHERE name LIKE 'A%'",
            "SELECT name FROM customers WHERE name LIKE '%A%'",
            id="where a pattern begins",
        ),
        pytest.param("SELECT name FROM customers", "SELECT name, id FROM customers", id="a column"),
    ],
)
def test_queries_that_return_something_else_are_different(gold: str, answer: str):
    found = _match(gold, answer)
    assert found.outcome is Outcome.DIFFERENT
    assert found.difference is not None
    assert found.difference.gold != found.difference.answer


def test_case_counts_where_the_database_lets_it_count():
    gold = "SELECT name FROM customers WHERE city = 'Berlin'"
    answer = "SELECT name FROM customers WHERE city = 'berlin'"
    assert _match(gold, answer, _SCHEMAS[Dialect.MYSQL]).outcome is Outcome.SAME
    assert _match(gold, answer, _SCHEMAS[Dialect.POSTGRES]).outcome is Outcome.DIFFERENT
    assert _match(gold, answer, _SCHEMAS[Dialect.SQLITE]).outcome is Outcome.DIFFERENT


def test_a_gold_query_that_leaves_its_result_open_proves_nothing():
    schema = _SCHEMAS[Dialect.SQLITE]
    found = _match(
        "SELECT customer_id, total FROM orders GROUP BY customer_id",
        "SELECT customer_id, MAX(total) FROM orders GROUP BY customer_id",
        schema,
    )
    assert found.outcome is Outcome.GOLD_UNDECIDED
    assert found.is_right is None


def test_conditions_that_nothing_can_meet_prove_nothing():
    found = _match(
        "SELECT name FROM customers WHERE id < id", "SELECT name FROM customers WHERE id <> id"
    )
    assert found.outcome is Outcome.NOTHING_SHOWN
    assert found.is_right is None


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("DROP TABLE customers", Outcome.REFUSED),
        ("SELECT pg_read_file('/etc/passwd')", Outcome.REFUSED),
        ("SELECT name FROM customers; DELETE FROM customers", Outcome.REFUSED),
        ("SELECT name FROM read_csv('/etc/passwd')", Outcome.REFUSED),
        ("SELECT nam FROM customers", Outcome.FAILED),
        ("SELECT FROM WHERE", Outcome.FAILED),
        ("", Outcome.FAILED),
        (
            "SELECT a.name FROM customers a, customers b, orders c, orders d, orders e, orders f",
            Outcome.FAILED,
        ),
    ],
)
def test_what_may_not_run_does_not_run_and_what_fails_is_wrong(answer: str, outcome: Outcome):
    gold = "SELECT name FROM customers WHERE city = 'Berlin'"
    found = _match(gold, answer)
    assert found.outcome is outcome
    assert found.problem
    assert found.is_right is False


def test_the_same_queries_are_judged_the_same_each_time():
    gold = "SELECT name FROM customers WHERE joined > '2024-03-01'"
    answer = "SELECT name FROM customers WHERE joined >= '2024-03-01'"
    assert _match(gold, answer) == _match(gold, answer)


def test_what_fewer_than_three_databases_show_proves_nothing(monkeypatch: pytest.MonkeyPatch):
    gold = "SELECT name FROM customers WHERE city = 'Berlin'"
    shown = _match(gold, gold.replace("=", "LIKE")).databases
    monkeypatch.setattr(match, "FEWEST_SHOWING", shown + 1)
    monkeypatch.setattr(match, "MOST_DATABASES", match.DATABASES)
    found = _match(gold, gold.replace("=", "LIKE"))
    assert (found.outcome, found.databases) == (Outcome.NOTHING_SHOWN, shown)


def test_where_few_databases_show_anything_more_are_tried(monkeypatch: pytest.MonkeyPatch):
    gold = "SELECT name FROM customers WHERE city = 'Berlin'"
    shown = _match(gold, gold.replace("=", "LIKE")).databases
    monkeypatch.setattr(match, "FEWEST_SHOWING", shown + 1)
    assert _match(gold, gold.replace("=", "LIKE")).outcome is Outcome.SAME


def test_distinct_rows_cut_in_an_order_of_what_is_not_in_them_prove_no_difference():
    gold = (
        "SELECT DISTINCT c.name FROM customers c JOIN orders o ON o.customer_id = c.id"
        " ORDER BY o.total LIMIT 2"
    )
    other = gold.replace("o.total", "o.total DESC")
    schema = _SCHEMAS[Dialect.SQLITE]
    assert _match(gold, other, schema).outcome is Outcome.GOLD_UNDECIDED
    seen = gold.replace("o.total", "c.name")
    assert _match(seen, seen.replace("c.name LIMIT", "c.name DESC LIMIT"), schema).outcome is (
        Outcome.DIFFERENT
    )


def test_databases_on_which_a_query_returns_too_much_are_left_out():
    schema = _SCHEMAS[Dialect.SQLITE]
    gold = "SELECT a.id FROM orders a, orders b, orders c WHERE a.total > 1"
    found = _match(gold, gold.replace("a.total > 1", "1 < a.total"), schema)
    assert found.outcome is Outcome.SAME
    assert 3 <= found.databases < 25
