"""The closest real names: found by letters, words and comments, and never by chance."""

import os
import random
from pathlib import Path

import pytest

from tunesmith.bot.ddl import Schema, parse_ddl
from tunesmith.bot.ddl.words import words_of
from tunesmith.bot.sql import check_sql
from tunesmith.bot.sql.closest import closest, closest_tables

_DUMPS = Path(os.environ.get("TUNESMITH_DDL_DUMPS", "../shared/data/ddl"))
_ORDER = {
    "id": "订单id",
    "order_sn": "订单编号",
    "status": "订单状态：0->待付款；1->待发货；2->已发货",
    "state": "状态 0:待付款 1:已付款",
    "pay_amount": "应付金额（实际支付金额，单位：分）",
    "freight": "运费 10.00",
    "CUST_NM": "고객명",
    "RGST_DT": "등록일시(YYYYMMDDHH24MISS)",
    "STATS_SE": "통계 구분 01-일 02-월",
    "qty": None,
    "member_id": None,
    "AcctNo": "Vendor account number, 10 digits",
}


@pytest.mark.parametrize(
    ("invented", "real"),
    [
        ("订单编号", "order_sn"),
        ("订单号", "order_sn"),
        ("应付金额", "pay_amount"),
        ("实际支付金额", "pay_amount"),
        ("运费", "freight"),
        ("会员编号", "member_id"),
        ("数量", "qty"),
        ("已发货", "status"),
        ("已付款", "state"),
        ("고객명", "CUST_NM"),
        ("등록일시", "RGST_DT"),
        ("등록_일시", "RGST_DT"),
        ("통계구분", "STATS_SE"),
        ("수량", "qty"),
        ("vendor_account", "AcctNo"),
        ("quantity", "qty"),
        ("order_number", "order_sn"),
        ("freigth", "freight"),
        ("memberId", "member_id"),
    ],
)
def test_a_column_is_found_by_what_people_call_it(invented: str, real: str) -> None:
    assert closest(invented, _ORDER)[:1] == [real]


@pytest.mark.parametrize("invented", ["weather", "天气", "날씨", "id_card_no", "gps", "a", "_", ""])
def test_a_name_that_means_none_of_them_gets_no_suggestion(invented: str) -> None:
    assert closest(invented, _ORDER) == []


def test_where_more_than_three_columns_are_equally_close_each_would_be_a_guess() -> None:
    called_alike = {f"DC_{letter}": "설명" for letter in "ABC"}
    assert closest("설명", called_alike) == ["DC_A", "DC_B", "DC_C"]
    assert closest("설명", {**called_alike, "DC_D": "설명"}) == []
    billing = ["billing_city", "billing_state", "billing_country", "billing_address"]
    assert closest("billing", dict.fromkeys(billing)) == []


def test_a_table_is_found_by_its_comment() -> None:
    tables = {"oms_order": "订单表", "oms_cart_item": "购物车表", "TB_CUST": "고객 테이블"}
    assert closest_tables("订单", tables) == ["oms_order"]
    assert closest_tables("购物车", tables) == ["oms_cart_item"]
    assert closest_tables("고객", tables) == ["TB_CUST"]


def test_a_verdict_names_the_column_that_the_comment_tells_of() -> None:
    schema = parse_ddl(
        "CREATE TABLE oms_order (id INT, order_sn VARCHAR(64) COMMENT '订单编号', "
        "note VARCHAR(500) COMMENT '订单备注') COMMENT '订单表';"
    )
    check = check_sql("SELECT o.订单编号 FROM oms_order o", schema)
    assert check.suggestions == {"订单编号": ["order_sn"]}
    derived = check_sql("SELECT x.订单备注 FROM (SELECT id, note FROM oms_order) x", schema)
    assert derived.suggestions == {"订单备注": ["note"]}


@pytest.mark.skipif(not _DUMPS.exists(), reason="no public dumps here")
def test_on_public_schemas_related_names_are_found_and_unrelated_ones_get_nothing() -> None:
    """Columns of other schemas that share no word with a table's are what chance would find."""
    schemas = {
        name: parse_ddl((_DUMPS / f"{name}.sql").read_bytes())
        for name in ("mysql_mall_zh", "pg_chinook", "oracle_co", "mysql_sakila")
    }
    chance = random.Random(7)
    called = unrelated = suggested = found = 0
    for name, schema in schemas.items():
        others = [column for other, of in schemas.items() if other != name for column in _all(of)]
        own = {column.casefold() for column in _all(schema)}
        for table in [table for table in schema.tables if len(table.columns) > 3]:
            columns = {column.name: column.described for column in table.columns}
            words = {word.rstrip("s") for column in columns for word in words_of(column)}
            for foreign in chance.sample(others, 5):
                parts = {word.rstrip("s") for word in words_of(foreign)}
                if foreign.casefold() not in own and not parts & words:
                    unrelated += 1
                    suggested += bool(closest(foreign, columns))
            for comment in columns.values():
                if comment and comment.isalpha() and not comment.isascii():
                    called += 1
                    found += comment in [columns[one] for one in closest(comment, columns)]
    assert called > 40
    assert unrelated > 150
    assert found == called
    assert suggested / unrelated < 0.04


def _all(schema: Schema) -> list[str]:
    return [column.name for table in schema.tables for column in table.columns]
