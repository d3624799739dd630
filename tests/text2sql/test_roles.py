"""What is summed, averaged, counted back and looked up: only what makes sense."""

import pytest

from tests.text2sql.shapes import market, market_set
from tunesmith.bot.ddl.dialects import Dialect
from tunesmith.bot.ddl.dialects.profile import ValueKind
from tunesmith.bot.ddl.model import Column
from tunesmith.bot.text2sql.annotated_schema import AnnotatedSchema
from tunesmith.bot.text2sql.roles import Role, role_of
from tunesmith.bot.text2sql.value_kinds import kind_of, options_of


def _role(name: str, declared: str, comment: str | None = None) -> Role:
    column = Column(name=name, type=declared, comment=comment)
    return role_of(column, kind_of(declared, Dialect.MYSQL.profile), is_key=False, has_codes=False)


@pytest.mark.parametrize(
    ("name", "declared", "comment", "role"),
    [
        ("pay_amount", "decimal(10,2)", "实付金额", Role.AMOUNT),
        ("total_price", "decimal(10,2)", None, Role.AMOUNT),
        ("quantity", "int", None, Role.AMOUNT),
        ("unitPrice", "decimal(10,2)", None, Role.LEVEL),
        ("discount_rate", "float", None, Role.LEVEL),
        ("max_amount", "decimal(10,2)", None, Role.LEVEL),
        ("zip", "int", None, Role.PLAIN),
        ("phone", "bigint", "电话", Role.PLAIN),
        ("sort", "int", "排序", Role.PLAIN),
        ("release_year", "int", None, Role.PLAIN),
        ("latitude", "decimal(9,6)", None, Role.PLAIN),
        ("is_paid", "int", "是否支付", Role.PLAIN),
        ("anything", "int", None, Role.PLAIN),
        ("member_level_id", "bigint", None, Role.KEY),
        ("order_sn", "varchar(64)", "订单编号", Role.REFERENCE),
        ("goods_name", "varchar(64)", None, Role.NAME),
        ("ship_city", "varchar(64)", None, Role.PLACE),
        ("email", "varchar(64)", None, Role.PLAIN),
        ("create_time", "datetime", None, Role.DATE),
        ("open_time", "time", None, Role.PLAIN),
        ("수량", "int", "주문 수량", Role.AMOUNT),
    ],
)
def test_a_columns_role(name: str, declared: str, comment: str | None, role: Role) -> None:
    assert _role(name, declared, comment) is role


@pytest.mark.parametrize(
    ("declared", "dialect", "kind"),
    [
        ("bigint(20) unsigned", Dialect.MYSQL, ValueKind.INTEGER),
        ("NUMBER(6)", Dialect.ORACLE, ValueKind.INTEGER),
        ("NUMBER(8,2)", Dialect.ORACLE, ValueKind.DECIMAL),
        ("DATE", Dialect.ORACLE, ValueKind.DATETIME),
        ("date", Dialect.MYSQL, ValueKind.DATE),
        ("timestamp without time zone", Dialect.POSTGRES, ValueKind.DATETIME),
        ("timestamp", Dialect.MSSQL, ValueKind.OTHER),
        ("text[]", Dialect.POSTGRES, ValueKind.OTHER),
        ("[nvarchar] (40)", Dialect.MSSQL, ValueKind.TEXT),
        ("character varying(40)", Dialect.POSTGRES, ValueKind.TEXT),
        ("", Dialect.SQLITE, ValueKind.OTHER),
        ("geometry", Dialect.POSTGRES, ValueKind.OTHER),
    ],
)
def test_a_types_kind(declared: str, dialect: Dialect, kind: ValueKind) -> None:
    assert kind_of(declared, dialect.profile) is kind


def test_an_enums_values_are_codes() -> None:
    assert options_of("enum('G', 'PG-13','it''s')") == ["G", "PG-13", "it's"]


def test_keys_codes_and_phone_numbers_are_never_summed_or_averaged() -> None:
    annotated = AnnotatedSchema(market())
    for pair in market_set().train:
        if pair.intent in ("sum", "average"):
            table, column = pair.columns[0]
            assert annotated[table].fields[column].role in (Role.AMOUNT, Role.LEVEL)
            assert pair.intent == "average" or annotated[table].fields[column].role is Role.AMOUNT


def test_last_days_are_counted_by_events_not_by_birthdays_and_deadlines() -> None:
    asked = {pair.columns[0] for pair in market_set().train if pair.intent in ("days", "month")}
    columns = {column for table, column in asked for _ in [table]}
    assert {"order_time", "pay_time", "applied_at"} <= columns
    assert not columns & {"birthday", "expire_date", "lease_end"}


def test_a_row_is_called_by_its_own_name() -> None:
    annotated = AnnotatedSchema(market())
    called = {entity.name: entity.display().name for entity in annotated}
    assert called["hf_order_master"] == "order_no"  # not the receiver's name
    assert called["hf_goods"] == "goods_name"
    assert called["sc_staff"] == "staff_name"
    assert called["hf_order_detail"] == "detail_id"  # not the goods' name
