"""SQL is found in answers as models write them, in three languages."""

import pytest

from tests.sql.cases import schema
from tunesmith.bot.ddl.dialects import Dialect
from tunesmith.bot.sql import Verdict, check_answer, check_sql
from tunesmith.bot.sql.extract import extract_sql

_FOUND = {
    "SELECT id FROM sc_user": ["SELECT id FROM sc_user"],
    "select id from sc_user where id > 5": ["select id from sc_user where id > 5"],
    "Here it is:\n```sql\nSELECT id\nFROM sc_user;\n```\nIt lists all.": [
        "SELECT id\nFROM sc_user;"
    ],
    "```\nSELECT id FROM sc_user": ["SELECT id FROM sc_user"],
    "~~~mysql\nSELECT 1\n~~~": ["SELECT 1"],
    "```sql SELECT 1```": ["SELECT 1"],
    "> ```sql\n> SELECT 1\n> ```": ["SELECT 1"],
    "```sql\n-- 用户\nSELECT 1\n```": ["-- 用户\nSELECT 1"],
    "```python\nprint(1)\n```\nSELECT id FROM sc_user": ["SELECT id FROM sc_user"],
    "```sql\nSELECT 1\n```\nor\n```sql\nSELECT 2\n```": ["SELECT 1", "SELECT 2"],
    "```\nmysql> SELECT 1;\n```": ["SELECT 1;"],
    "Use `SELECT id FROM sc_user` for that.": ["SELECT id FROM sc_user"],
    "SELECT `id` FROM `sc_user` WHERE `id` = 1;": ["SELECT `id` FROM `sc_user` WHERE `id` = 1"],
    "可以使用以下查询：SELECT id FROM sc_user WHERE status = 1；该查询返回正常用户。": [
        "SELECT id FROM sc_user WHERE status = 1"
    ],
    "查询语句如下：\nSELECT SUM(stock) AS 库存 FROM sc_product ORDER BY 库存 DESC\n希望有帮助": [
        "SELECT SUM(stock) AS 库存 FROM sc_product ORDER BY 库存 DESC"
    ],
    "다음 쿼리를 사용하세요: SELECT id FROM sc_user WHERE login_name = '김철수' 입니다.": [
        "SELECT id FROM sc_user WHERE login_name = '김철수'"
    ],
    "SELECT id FROM sc_user입니다": ["SELECT id FROM sc_user"],
    "첫째: SELECT id FROM sc_user\n둘째: SELECT id FROM sc_order": [
        "SELECT id FROM sc_user",
        "SELECT id FROM sc_order",
    ],
    "To get them, run SELECT id FROM sc_user WHERE id > 5. It returns many.": [
        "SELECT id FROM sc_user WHERE id > 5"
    ],
    "SELECT id FROM sc_user;\n\nThis query returns all. Update the table if needed.": [
        "SELECT id FROM sc_user"
    ],
    "SELECT id\nFROM sc_user\n\nWHERE id > 1\n\nThis is the query.": [
        "SELECT id\nFROM sc_user\n\nWHERE id > 1"
    ],
    "WITH x AS (SELECT 1 AS n) SELECT n FROM x\n\nExplanation: it selects n.": [
        "WITH x AS (SELECT 1 AS n) SELECT n FROM x"
    ],
    "(SELECT id FROM sc_user) UNION (SELECT id FROM sc_order)": [
        "(SELECT id FROM sc_user) UNION (SELECT id FROM sc_order)"
    ],
    "<sql>SELECT id FROM sc_user</sql>": ["SELECT id FROM sc_user"],
    '{"sql": "SELECT id FROM sc_user WHERE id < 5"}': ["SELECT id FROM sc_user WHERE id < 5"],
    "SELECT id FROM sc_user\\G\n": ["SELECT id FROM sc_user"],
    "1. SELECT id FROM sc_user;\n2. SELECT id FROM sc_order;": [
        "SELECT id FROM sc_user",
        "SELECT id FROM sc_order",
    ],
    "要查询用户，可以用 SELECT id FROM sc_user 来实现。": ["SELECT id FROM sc_user"],
    "회원은 SELECT id FROM sc_user 로 조회할 수 있습니다.": ["SELECT id FROM sc_user"],
    "SELECT 1; DROP TABLE sc_user": ["SELECT 1; DROP TABLE sc_user"],
    "SELECT * FORM sc_user": ["SELECT * FORM sc_user"],
    "建表语句是：\nCREATE TABLE x (\n id int COMMENT '主键；编号'\n) COMMENT='等级。';": [
        "CREATE TABLE x (\n id int COMMENT '主键；编号'\n) COMMENT='等级。'"
    ],
}
_NONE = [
    "",
    "   \n",
    "Sorry, I can't help with that.",
    "There is no column `nickname` in table `sc_user`; the closest is `login_name`.",
    "没有 nickname 这一列；最接近的是 login_name。",
    "nickname 열은 없습니다. 가장 가까운 열은 login_name 입니다.",
    "Select the name from the customers who ordered most.",
    "The SELECT statement below reads from the orders table.",
    "I cannot select the name from the customers table because it does not exist.",
    "You can update the order, delete from the list or create a table of your own.",
    "With this you can show the orders table.",
    "```python\nprint('SELECT')\n```",
    "```sql\n-- there is no such column\n```",
    "Show the orders.",
    "用 SELECT 语句即可。",
]


@pytest.mark.parametrize(("text", "statements"), _FOUND.items())
def test_the_sql_of_an_answer_is_found(text: str, statements: list[str]) -> None:
    assert extract_sql(text, Dialect.MYSQL.profile) == statements


@pytest.mark.parametrize("text", _NONE)
def test_an_answer_without_sql_has_none(text: str) -> None:
    check = check_answer(text, schema("mysql_shop"))
    assert check.verdict is Verdict.NO_SQL
    assert check.message


def test_one_wrong_statement_among_several_decides() -> None:
    text = "```sql\nSELECT id FROM sc_user\n```\nor\n```sql\nSELECT nickname FROM sc_user\n```"
    check = check_answer(text, schema("mysql_shop"))
    assert check.verdict is Verdict.UNKNOWN_NAMES
    assert check.unknown_columns == ["nickname"]
    assert check.sql == "SELECT nickname FROM sc_user"


def test_a_statement_hidden_behind_a_true_one_is_found() -> None:
    for text in (
        "SELECT id FROM sc_user; DROP TABLE sc_user",
        "用这个：SELECT id FROM sc_user；DELETE FROM sc_user",
        "Run SELECT id FROM sc_user INTO OUTFILE '/tmp/x' to get them.",
        "SELECT id FROM sc_user UNI/**/ON SELECT phone FROM sc_user",
    ):
        assert check_answer(text, schema("mysql_shop")).verdict is Verdict.UNSAFE


_STATEMENTS = (
    "SELECT id, login_name FROM sc_user WHERE id > 3",
    "SELECT nickname FROM sc_user",
    "SELECT COUNT(status = 1) / COUNT(status = 0) AS ratio",
    "SELECT (SELECT MAX(id) FROM sc_user) - (SELECT MIN(id) FROM sc_user)",
    "SELECT COUNT(id) FROM sc_user WHERE id = 1 / COUNT(id) FROM sc_user WHERE id = 2 AS ratio",
    "SELECT (COUNT(id) WHERE id = 1) / 2 FROM sc_user",
)
_AROUND = (
    "{}",
    "{};",
    "```sql\n{}\n```",
    "Here it is:\n\n```\n{};\n```\n\nIt reads the users.",
    "SQL: {}",
    "The query is:\n\n{}\n\nIt reads the users.",
    "查询如下：\n{};\n它返回用户。",
    "쿼리는 다음과 같습니다:\n{};\n사용자를 돌려줍니다.",
    "-- the users\n{}",
    "/* the users */ {}",
    "> {}",
    "1. {}",
    "<sql>{}</sql>",
)


@pytest.mark.parametrize("sql", _STATEMENTS)
def test_the_verdict_is_the_same_whatever_stands_around_the_statement(sql: str) -> None:
    alone = check_sql(sql, schema("mysql_shop"), second_opinion=False)
    for around in _AROUND:
        check = check_answer(around.format(sql), schema("mysql_shop"))
        assert check.verdict is alone.verdict, around
        assert check.unknown_columns == alone.unknown_columns, around
