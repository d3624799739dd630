"""The prompt with which a base model is asked without training."""

from tunesmith.bot.answers.metrics.few_shot import FewShot
from tunesmith.bot.answers.metrics.score import Facts, facts_of
from tunesmith.bot.datasets import tokens
from tunesmith.bot.ddl import Dialect, parse_ddl

_ROWS = [
    ("How many orders are open?", "SELECT COUNT(*) FROM orders WHERE status = 'open';"),
    ("How many orders are paid?", "SELECT COUNT(*) FROM orders WHERE status = 'paid';"),
    ("List the customers in Berlin.", "SELECT name FROM customers WHERE city = 'Berlin';"),
    ("주문은 몇 건입니까?", "SELECT COUNT(*) FROM orders;"),
    ("What is the price of orders?", "orders has no column price; the closest one is total."),
]
_SCHEMA = parse_ddl(
    b"CREATE TABLE orders (id INT, status VARCHAR(9), total INT);"
    b"CREATE TABLE customers (id INT, name VARCHAR(9), city VARCHAR(9));",
    dialect=Dialect.MYSQL,
)
_FACTS = facts_of([answer for _, answer in _ROWS], schema=_SCHEMA)


def test_the_rows_most_like_the_question_are_shown_and_the_likest_comes_last():
    shots = FewShot(_ROWS, facts=_FACTS, count=2).for_question("How many orders are paid now?")
    assert shots.examples == (_ROWS[0], _ROWS[1])
    korean = FewShot(_ROWS, facts=_FACTS, count=1).for_question("주문은 몇 건인가요?")
    assert korean.examples == (_ROWS[3],)


def test_the_question_itself_is_never_an_example():
    shots = FewShot(_ROWS, facts=_FACTS, count=9).for_question(f"  {_ROWS[0][0]}\n")
    assert _ROWS[0] not in shots.examples
    assert len(shots.examples) == 4


def test_examples_and_schema_stay_within_their_share_of_the_context():
    rows = [(f"Question {n} about orders", "word " * 50) for n in range(40)]
    maker = FewShot(rows, facts=_FACTS, count=40, most_tokens=1000, encoding="o200k_base")
    shots = maker.for_question("Another question about orders")
    counted = [sum(tokens.count(list(one), "o200k_base")) for one in shots.examples]
    assert 0 < sum(counted) <= 400 < sum(counted) + counted[0]
    tiny = FewShot(_ROWS, facts=_FACTS, most_tokens=40).for_question("How many orders are open?")
    assert tiny.examples == ()
    assert "CREATE TABLE" not in tiny.system


def test_the_prompt_tells_the_schema_the_labels_and_how_the_data_set_refuses():
    sql = FewShot(_ROWS, facts=_FACTS).for_question("How many?", "You answer in SQL.").system
    assert sql.startswith("You answer in SQL.\n\n")
    assert "MySQL" in sql
    assert sql.count("CREATE TABLE") == 2
    assert "orders has no column price" in sql
    carried = FewShot(_ROWS, facts=_FACTS).for_question(
        "CREATE TABLE orders (id INT);\n\nHow many?"
    )
    assert "CREATE TABLE" not in carried.system
    labels = facts_of(["billing"], classes=["billing", "refund"])
    assert "- billing\n- refund" in FewShot([], facts=labels).for_question("?").system


def test_without_rows_there_are_no_examples():
    assert FewShot([], facts=Facts()).for_question("Where is my parcel?").examples == ()
