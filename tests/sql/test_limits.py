"""Nothing anybody can send takes long or brings the checker down."""

import random
import string
import time

import pytest

from tests.sql.cases import cases, schema
from tunesmith.bot.sql import Verdict, check_answer, check_sql
from tunesmith.bot.sql.closest import closest

_LONG = 29_990  # just what is still read
_HUGE = {
    "open brackets": "SELECT " + "(" * 100_000,
    "nested brackets": "SELECT " + "(" * 15_000 + "1" + ")" * 14_900,
    "100,000 nested brackets": "SELECT " + "(" * 100_000 + "1" + ")" * 100_000,
    "nested sub-queries": "SELECT * FROM " + "(SELECT * FROM " * 29 + "sc_user" + ") x" * 29,
    "NOT NOT NOT": "SELECT " + "NOT " * 20_000 + "1",
    "minus minus": "SELECT " + "- " * 40_000 + "1",
    "CASE CASE": "SELECT " + "CASE WHEN " * 1_400 + "1" + " THEN 1 END" * 1_400,
    "a long sum": "SELECT " + "1 + " * 7_000 + "1 FROM sc_user",
    "a long OR": "SELECT id FROM sc_user WHERE " + "id = 1 OR " * 2_900 + "id = 2",
    "a long IN": "SELECT id FROM sc_user WHERE id IN (" + "1, " * 9_900 + "2)",
    "a long UNION": "SELECT id FROM sc_user " + "UNION SELECT id FROM sc_user " * 1_000,
    "a long name": "SELECT " + "a" * 29_000 + " FROM sc_user",
    "many columns": "SELECT " + ", ".join(f"c{n}" for n in range(4_000)) + " FROM sc_user",
    "many tables": "SELECT 1 FROM " + ", ".join(f"t{n}" for n in range(4_000)),
    "many CTEs": "WITH " + ", ".join(f"c{n} AS (SELECT 1 x)" for n in range(1_200)) + " SELECT 1",
    "ten megabytes": "SELECT id FROM sc_user WHERE phone = '" + "x" * 10_000_000 + "'",
    "ten megabytes of comment": "SELECT id /* " + "x" * 10_000_000 + " */ FROM sc_user",
    "semicolons": ";" * _LONG,
    "an open quote": "SELECT id FROM sc_user WHERE phone = 'abc",
    "an open comment": "SELECT id FROM sc_user /* abc",
    "many quotes": "SELECT " + "'" * (_LONG - 9),
    "many comments": "SELECT 1 " + "/**/ " * 5_900,
    "joins": "SELECT 1 FROM sc_user " + "JOIN sc_user ON 1 = 1 " * 1_300,
    "dots": "SELECT " + "a." * 14_000 + "b",
    "arrows": "SELECT phone" + "->'$.a'" * 4_000 + " FROM sc_user",
}


@pytest.mark.parametrize("sql", _HUGE.values(), ids=_HUGE)
def test_a_huge_statement_ends_within_seconds(sql: str) -> None:
    begun = time.process_time()
    check = check_sql(sql, schema("mysql_shop"))
    assert time.process_time() - begun < 10
    assert len(check.message) < 70_000


@pytest.mark.parametrize("text", _HUGE.values(), ids=_HUGE)
def test_a_huge_answer_ends_within_seconds(text: str) -> None:
    begun = time.process_time()
    check_answer(f"用这个查询：{text} 即可。", schema("mysql_shop"))
    assert time.process_time() - begun < 10


def test_an_answer_too_long_to_check_is_not_called_valid() -> None:
    text = "SELECT " + "1 + " * 20_000 + "1 FROM sc_user"
    for answer in (text, f"```sql\n{text}\n```", f"Use {text} please.", text + " " * 200_000):
        check = check_answer(answer, schema("mysql_shop"))
        assert check.verdict is Verdict.SYNTAX_ERROR
        assert "too much to check" in check.message


@pytest.mark.parametrize(
    "words", ["SELECT ", "```", "`SELECT", "with a(", "update x ", "'; SELECT", "查询", "\n\n"]
)
def test_the_same_words_over_and_over_end_within_seconds(words: str) -> None:
    begun = time.process_time()
    check_answer(words * (190_000 // len(words)), schema("mysql_shop"))
    assert time.process_time() - begun < 10


def test_nesting_too_deep_is_a_syntax_error_that_says_so() -> None:
    check = check_sql("SELECT " + "(" * 100 + "1" + ")" * 100, schema("mysql_shop"))
    assert check.verdict is Verdict.SYNTAX_ERROR
    assert "nested" in check.message


def test_mutilated_statements_get_a_verdict_and_never_an_exception() -> None:
    chance = random.Random(7)
    alphabet = string.printable + "\x00；，“”‘’가한中文\u200b"
    for case in cases()[::4]:
        for _ in range(2):
            text = list(case.sql)
            for _ in range(chance.randint(1, 4)):
                place = chance.randrange(len(text))
                text[place : place + chance.randint(0, 3)] = chance.choice(alphabet)
            check = check_answer("".join(text), schema(case.schema))
            assert check.message


def test_words_in_any_order_get_a_verdict_and_never_an_exception() -> None:
    chance = random.Random(11)
    words = " ".join(case.sql for case in cases()).split()
    for _ in range(1_000):
        name = chance.choice(["mysql_shop", "postgres_clinic", "oracle_hr", "sqlite_library"])
        sql = "SELECT " + " ".join(chance.choices(words, k=chance.randint(1, 25)))
        assert check_sql(sql, schema(name)).message


def test_names_are_compared_by_their_first_200_characters_only() -> None:
    real = "a" * 200 + "c" * 60_000
    assert closest("a" * 200 + "b" * 60_000, {real: None}) == [real]
