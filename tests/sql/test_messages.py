"""What a colleague reads names the thing, says why, and offers what is real."""

from tests.sql.cases import schema
from tunesmith.bot.ddl import Dialect, parse_ddl
from tunesmith.bot.ddl.model import Column, Schema, Table
from tunesmith.bot.sql import Check, Verdict, check_sql
from tunesmith.bot.sql.closest import closest, closest_tables


def _check(sql: str, name: str = "mysql_shop") -> Check:
    return check_sql(sql, schema(name))


def test_the_closest_real_names_come_first() -> None:
    columns = dict.fromkeys(["id", "order_no", "user_id", "total_amount", "created_at", "status"])
    assert closest("create_time", columns) == ["created_at"]
    assert closest("amount", columns)[0] == "total_amount"
    assert closest("userId", columns)[0] == "user_id"
    assert closest("order_number", columns)[0] == "order_no"
    assert closest("weather", columns) == []
    assert closest("订单编号", {"订单号": None, "金额": None}) == ["订单号"]


def test_a_word_that_many_tables_begin_with_counts_little() -> None:
    tables = dict.fromkeys(["sc_org", "sc_shop", "hf_order_master", "hf_customer"])
    assert closest_tables("sc_order", tables)[0] == "hf_order_master"
    assert closest_tables("sc_shops", tables)[0] == "sc_shop"
    assert closest_tables("customers", tables)[0] == "hf_customer"


def test_an_unknown_column_is_told_with_its_table_and_the_closest() -> None:
    check = _check("SELECT o.create_time FROM sc_order o")
    assert check.suggestions == {"create_time": ["created_at"]}
    assert check.message == (
        "There is no column `create_time` in sc_order; the closest is `created_at`."
    )


def test_a_column_of_another_table_is_told_with_that_table() -> None:
    check = _check("SELECT o.login_name FROM sc_order o")
    assert check.suggestions["login_name"] == ["sc_user.login_name"]


def test_an_unknown_table_is_told_with_the_closest() -> None:
    check = _check("SELECT id FROM sc_orders")
    assert check.suggestions["sc_orders"][0] == "sc_order"
    assert check.message.startswith("There is no table `sc_orders`; the closest is `sc_order`")


def test_a_table_that_is_not_read_and_an_alias_that_is_not_there_are_told_apart() -> None:
    assert "does not read from it" in _check("SELECT sc_user.id FROM sc_order").message
    assert "neither a table nor an alias" in _check("SELECT x.id FROM sc_order").message


def test_an_alias_in_the_wrong_place_is_told_as_such() -> None:
    check = _check("SELECT COUNT(*) AS n FROM clinic.visit HAVING n > 1", "postgres_clinic")
    assert check.message == (
        "`n` is a name the query gives itself; PostgreSQL cannot use it in this place."
    )


def test_an_ambiguous_column_is_told_with_its_tables() -> None:
    check = _check("SELECT id FROM sc_user u JOIN sc_order o ON o.user_id = u.id")
    assert check.suggestions == {"id": ["sc_user", "sc_order"]}
    assert check.message == "`id` may mean more than one thing, from sc_user or sc_order."


def test_a_name_in_the_wrong_case_is_told_as_such() -> None:
    check = _check('SELECT "FULL_NAME" FROM clinic.patient', "postgres_clinic")
    assert "folds names without quotes to lower case" in check.message
    assert check.suggestions == {"FULL_NAME": ["full_name"]}


def test_a_table_in_the_wrong_case_is_told_as_such() -> None:
    quoted = Schema(
        dialect=Dialect.POSTGRES,
        confidence=1,
        tables=[Table(name="Order", quoted=True, columns=[Column(name="id", type="int")])],
    )
    check = check_sql("SELECT id FROM Order", quoted)
    assert check.verdict == "unknown_names"
    assert check.message.startswith("There is no table `Order` in this spelling")
    assert check_sql('SELECT id FROM "Order"', quoted).verdict == "valid"


def test_a_query_of_no_table_may_read_from_dual() -> None:
    assert _check("SELECT 1 FROM DUAL WHERE EXISTS (SELECT id FROM sc_user)").verdict == "valid"
    assert _check("SELECT dummy FROM dual").unknown_columns == ["dummy"]
    assert _check("SELECT dummy FROM dual", "oracle_hr").verdict == "valid"


def test_a_wrong_name_in_another_dialect_s_syntax_is_told_too() -> None:
    check = _check("SELECT nickname FROM dbo.Supplier LIMIT 5", "tsql_factory")
    assert check.verdict == "syntax_error"
    assert check.unknown_columns == ["nickname"]
    assert check.message.startswith("SQL Server does not have LIMIT. There is no column `nickname`")


def test_several_wrong_names_are_all_told() -> None:
    check = _check("SELECT a1, u.b2 FROM sc_user u JOIN sc_c3 c ON c.id = u.d4")
    assert check.unknown_tables == ["sc_c3"]
    assert sorted(check.unknown_columns) == ["b2", "d4"]
    assert all(f"`{name}`" in check.message for name in ("sc_c3", "b2", "d4"))


def test_a_schema_that_the_ddl_does_not_name_is_a_warning() -> None:
    check = _check("SELECT id FROM shop.sc_user")
    assert check.verdict == "valid"
    assert check.warnings == ["The schema's file does not name `shop`; its tables carry no schema."]


def test_a_text_in_double_quotes_is_a_warning_in_sqlite() -> None:
    check = _check('SELECT name FROM member WHERE name = "Kim"', "sqlite_library")
    assert check.verdict == "valid"
    assert "takes it as text" in check.warnings[0]


def test_the_same_name_in_two_schemas_is_ambiguous_until_one_is_named() -> None:
    columns = [Column(name="id", type="int")]
    two = Schema(
        dialect=Dialect.POSTGRES,
        confidence=1,
        tables=[Table(name=f"{front}.item", columns=columns) for front in ("sales", "stock")],
    )
    check = check_sql("SELECT id FROM item", two)
    assert check.verdict == "ambiguous"
    assert check.suggestions == {"item": ["sales.item", "stock.item"]}
    assert check_sql("SELECT id FROM stock.item", two).verdict == "valid"


def test_a_table_whose_columns_are_not_known_takes_any_column() -> None:
    unread = Schema(dialect=Dialect.MYSQL, confidence=1, tables=[Table(name="v", is_view=True)])
    assert check_sql("SELECT v.anything FROM v", unread).verdict == "valid"


def test_a_quoted_name_must_be_the_ddl_s_own() -> None:
    mixed = Schema(
        dialect=Dialect.POSTGRES,
        confidence=1,
        tables=[
            Table(
                name="Track", quoted=True, columns=[Column(name="AlbumId", type="int", quoted=True)]
            ),
            Table(name="Album", columns=[Column(name="AlbumId", type="int")]),
        ],
    )
    for sql, verdict in {
        'SELECT "AlbumId" FROM "Track"': "valid",
        'SELECT AlbumId FROM "Track"': "unknown_names",
        "SELECT 1 FROM Track": "unknown_names",
        "SELECT AlbumId, albumid, ALBUMID FROM ALBUM": "valid",
        'SELECT "AlbumId" FROM album': "unknown_names",
        'SELECT "albumid" FROM "album"': "valid",
    }.items():
        assert check_sql(sql, mixed).verdict == verdict, sql


def test_an_alias_list_names_expressions_without_a_name_too() -> None:
    known = parse_ddl("CREATE TABLE t (id int, n int);", dialect=Dialect.MYSQL)
    sql = "SELECT x.a, x.id FROM (SELECT COUNT(*), id FROM t GROUP BY id) AS x (a)"
    assert check_sql(sql, known, second_opinion=False).verdict is Verdict.VALID
