"""Whatever does more than read is refused, however it is dressed."""

import pytest

from tests.sql.cases import hostile, schema
from tunesmith.bot.sql import Verdict, check_answer, check_sql

_HOSTILE = hostile()
_DRESSED = {
    "a NUL": "SELECT id FROM sc_user\x00; DROP TABLE sc_user",
    "a vertical tab": "SELECT id\x0bFROM sc_user",
    "a lone return": "SELECT id FROM sc_user --\rDROP TABLE sc_user",
    "full-width letters": "ＳＥＬＥＣＴ id FROM sc_user",
    "a full-width semicolon": "SELECT id FROM sc_user；DROP TABLE sc_user",
    "a full-width comma": "SELECT id，phone FROM sc_user",
    "curly quotes": "SELECT id FROM sc_user WHERE phone = ‘1’",
    "a zero-width space": "SELECT id FROM sc_user\u200b",
    "a byte order mark": "SELECT \ufeffid FROM sc_user",
    "text turned around": "SELECT id FROM sc_user WHERE phone = '\u202e1'",
    "a space that is none": "SELECT\u00a0id FROM sc_user",
    "an ideographic space": "SELECT\u3000id FROM sc_user",
}


@pytest.mark.parametrize(("name", "sql"), _HOSTILE)
def test_a_hostile_statement_is_unsafe(name: str, sql: str) -> None:
    check = check_sql(sql, schema(name))
    assert check.verdict is Verdict.UNSAFE
    assert check.message.startswith("This must not be run: ")


@pytest.mark.parametrize(("name", "sql"), _HOSTILE)
def test_a_hostile_statement_is_never_valid_in_an_answer(name: str, sql: str) -> None:
    fenced = check_answer(f"Here you are:\n\n```sql\n{sql}\n```\nIt is quick.", schema(name))
    assert fenced.verdict is Verdict.UNSAFE
    bare = check_answer(sql, schema(name))
    assert bare.verdict in {Verdict.UNSAFE, Verdict.NO_SQL, Verdict.SYNTAX_ERROR}


@pytest.mark.parametrize("sql", _DRESSED.values(), ids=_DRESSED)
def test_characters_that_only_look_like_sql_are_unsafe(sql: str) -> None:
    assert check_sql(sql, schema("mysql_shop")).verdict is Verdict.UNSAFE


def test_the_same_characters_are_welcome_inside_a_text() -> None:
    sql = "SELECT id FROM sc_user WHERE phone = 'ＡＢＣ；\u00a0“x”，\u200d' -- 全角，没问题"
    assert check_sql(sql, schema("mysql_shop")).verdict is Verdict.VALID


def test_the_list_is_long() -> None:
    assert len({sql for _, sql in _HOSTILE}) >= 90


def test_a_statement_that_writes_has_its_invented_names_told_too() -> None:
    shop = schema("mysql_shop")
    for sql, wrong in {
        "INSERT INTO sc_user (id, nickname) SELECT id, 1 FROM sc_level": "nickname",
        "UPDATE sc_order SET state = 3 WHERE id = 1": "state",
        "UPDATE sc_order o JOIN sc_user u ON u.id = o.user_id SET o.note = u.remark": "remark",
        "DELETE FROM sc_order WHERE closed_at < NOW()": "closed_at",
        "DELETE o FROM sc_order o JOIN sc_user u ON u.id = o.buyer_id": "buyer_id",
        "INSERT INTO sc_level (id) VALUES (1) ON DUPLICATE KEY UPDATE label = 'x'": "label",
    }.items():
        check = check_sql(sql, shop)
        assert check.verdict is Verdict.UNSAFE
        assert check.unknown_columns == [wrong]


def test_a_true_statement_that_writes_is_refused_without_naming_anything() -> None:
    for name, sql in (
        ("mysql_shop", "UPDATE sc_order SET note = 'x', status = 3 WHERE id = 1"),
        (
            "postgres_clinic",
            "INSERT INTO billing.payment (payment_id, amount) VALUES (1, 2) ON CONFLICT "
            "(payment_id) DO UPDATE SET amount = excluded.amount RETURNING payment_id",
        ),
        (
            "tsql_factory",
            "UPDATE w SET w.Quantity = 1 OUTPUT inserted.Quantity, deleted.Status "
            "FROM prod.WorkOrder w JOIN prod.Part p ON p.PartId = w.PartId",
        ),
        (
            "oracle_hr",
            "MERGE INTO pay_slip p USING (SELECT employee_id AS id, salary FROM employees) e "
            "ON (p.employee_id = e.id) WHEN MATCHED THEN UPDATE SET p.gross = e.salary "
            "WHEN NOT MATCHED THEN INSERT (slip_id, employee_id) VALUES (1, e.id)",
        ),
        ("sqlite_library", "DELETE FROM loan WHERE returned_on IS NOT NULL"),
    ):
        check = check_sql(sql, schema(name))
        assert check.verdict is Verdict.UNSAFE
        assert check.unknown_columns == []
        assert check.unknown_tables == []


def test_a_merge_names_what_it_invents() -> None:
    sql = (
        "MERGE INTO pay_slip p USING employees e ON (p.emp_no = e.employee_id) WHEN MATCHED THEN "
        "UPDATE SET p.net = e.salary WHEN NOT MATCHED THEN INSERT (slip_no) VALUES (e.wage)"
    )
    found = check_sql(sql, schema("oracle_hr")).unknown_columns
    assert sorted(found) == ["emp_no", "net", "slip_no", "wage"]
