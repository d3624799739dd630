"""A CREATE TABLE answer is compared with the real table, column by column."""

import pytest

from tests.sql.cases import ddl, schema
from tunesmith.bot.sql import Check, Verdict, check_answer, check_sql

_LEVEL = """CREATE TABLE `sc_level` (
  `id` int NOT NULL COMMENT '主键',
  `name` varchar(32) NOT NULL COMMENT '等级名称',
  `discount` decimal(4,2) DEFAULT NULL COMMENT '折扣',
  PRIMARY KEY (`id`)
) COMMENT='会员等级'"""


def _changes(check: Check) -> list[tuple[str, str, str, str]]:
    assert check.comparison is not None
    return [(c.column, c.what, c.schema_says, c.answer_says) for c in check.comparison.changed]


@pytest.mark.parametrize(
    "name", ["mysql_shop", "postgres_clinic", "tsql_factory", "oracle_hr", "sqlite_library"]
)
def test_every_real_table_is_equal_to_itself(name: str) -> None:
    statements = ddl(name).replace("\nGO\n", ";\n").split(";\n")
    tables = [text for text in statements if "CREATE TABLE" in text]
    assert len(tables) >= 4
    for text in tables:
        about = text.partition("CREATE TABLE")[2].split()[0].strip("`")
        comments = [s for s in statements if s.strip().startswith(f"COMMENT ON COLUMN {about}.")]
        check = check_sql(
            ";\n".join(["CREATE TABLE" + text.partition("CREATE TABLE")[2], *comments]),
            schema(name),
        )
        if name == "tsql_factory":  # its comments are calls of a procedure further down
            assert check.comparison is not None
            assert {change.what for change in check.comparison.changed} <= {"comment"}
        else:
            assert _changes(check) == []
        assert check.verdict is Verdict.VALID
        assert check.comparison is not None
        assert check.comparison.missing == check.comparison.invented == []


def test_missing_invented_and_changed_columns_are_listed() -> None:
    answer = """建表语句如下：
```sql
CREATE TABLE sc_level (
  id bigint NOT NULL COMMENT '主键',
  name varchar(32) DEFAULT '' COMMENT '名称',
  points int COMMENT '积分',
  PRIMARY KEY (id)
);
```"""
    check = check_answer(answer, schema("mysql_shop"))
    assert check.verdict is Verdict.UNKNOWN_NAMES
    assert check.unknown_columns == ["points"]
    assert check.comparison is not None
    assert check.comparison.table == "sc_level"
    assert check.comparison.missing == ["discount"]
    assert check.comparison.invented == ["points"]
    assert _changes(check) == [
        ("id", "type", "int", "bigint"),
        ("name", "nullable", "false", "true"),
        ("name", "default", "", "''"),
        ("name", "comment", "等级名称", "名称"),
    ]
    assert "`points`" in check.message
    assert "`discount`" in check.message


def test_a_missing_column_alone_invents_nothing_but_is_told() -> None:
    check = check_sql("CREATE TABLE sc_level (id int NOT NULL)", schema("mysql_shop"))
    assert check.verdict is Verdict.VALID
    assert check.comparison is not None
    assert check.comparison.missing == ["name", "discount"]
    assert "leaves out `name`, `discount`" in check.message


@pytest.mark.parametrize(
    "text",
    [
        _LEVEL.replace("int NOT", "INT(11) not"),
        _LEVEL.replace("`", ""),
        _LEVEL.replace("int NOT", "integer  NOT").replace("decimal(4,2)", "DECIMAL(4, 2)"),
        _LEVEL.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS"),
        _LEVEL.replace("  PRIMARY KEY (`id`)\n", "  PRIMARY KEY (`id`) USING BTREE\n"),
        _LEVEL + " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\n",
    ],
)
def test_spelling_is_no_change(text: str) -> None:
    check = check_sql(text, schema("mysql_shop"))
    assert check.verdict is Verdict.VALID
    assert _changes(check) == []


def test_an_invented_table_is_named_with_the_closest() -> None:
    check = check_sql("CREATE TABLE sc_levels (id int)", schema("mysql_shop"))
    assert check.verdict is Verdict.UNKNOWN_NAMES
    assert check.unknown_tables == ["sc_levels"]
    assert check.suggestions["sc_levels"][0] == "sc_level"
    assert check.comparison is None


@pytest.mark.parametrize(
    "text",
    [
        _LEVEL + "; DROP TABLE sc_user",
        _LEVEL + "; INSERT INTO sc_level VALUES (1, 'x', 1)",
        _LEVEL + "; CREATE TABLE other (id int)",
        "CREATE TABLE sc_level AS SELECT * FROM sc_user",
        "CREATE TABLE sc_level (id int) SELECT id FROM sc_user",
        _LEVEL + "; ALTER TABLE sc_user DROP COLUMN phone",
    ],
)
def test_what_does_not_belong_beside_a_table_is_unsafe(text: str) -> None:
    assert check_sql(text, schema("mysql_shop")).verdict is Verdict.UNSAFE


@pytest.mark.parametrize("text", ["CREATE TABLE", "CREATE TABLE sc_level", "CREATE TABLE ("])
def test_a_broken_table_is_a_syntax_error(text: str) -> None:
    assert check_sql(text, schema("mysql_shop")).verdict is Verdict.SYNTAX_ERROR


def test_comments_and_indexes_beside_a_table_are_read_with_it() -> None:
    text = """CREATE TABLE billing.payment (
    payment_id bigint PRIMARY KEY,
    invoice_id bigint NOT NULL REFERENCES billing.invoice (invoice_id),
    amount numeric(12, 2) NOT NULL,
    paid_on date NOT NULL,
    method varchar(10)
);
COMMENT ON TABLE billing.payment IS '수납';
COMMENT ON COLUMN billing.payment.method IS '방법';
CREATE INDEX payment_paid_on ON billing.payment (paid_on);"""
    check = check_sql(text, schema("postgres_clinic"))
    assert check.verdict is Verdict.VALID
    assert _changes(check) == [("method", "comment", "", "방법")]


@pytest.mark.parametrize(
    "text",
    [
        _LEVEL.replace("  PRIMARY KEY", "  `id` int,\n  PRIMARY KEY"),
        _LEVEL.replace("  PRIMARY KEY", "  id),\n  points int,\n  PRIMARY KEY"),
        _LEVEL + " COMMENT='x')",
    ],
)
def test_a_table_with_a_column_twice_or_a_bracket_too_many_is_not_valid(text: str) -> None:
    check = check_sql(text, schema("mysql_shop"))
    assert check.verdict is not Verdict.VALID
    assert "a part makes no sense" in check.message


def test_a_semicolon_in_a_remark_does_not_end_a_bare_table() -> None:
    remarked = _LEVEL.replace("  PRIMARY KEY", "  -- the key; Select it from here\n  PRIMARY KEY")
    check = check_answer(remarked, schema("mysql_shop"))
    assert check.verdict is Verdict.VALID
    assert check.comparison is not None
    assert check.comparison.missing == []
