"""Schemas of every shape give sound sets: each column asked, nothing contradicted or leaked."""

import time

import pytest

from tests.text2sql.shapes import foreign_key, schema_of, table
from tunesmith.bot.ddl import parse_ddl
from tunesmith.bot.ddl.dialects import Dialect
from tunesmith.bot.ddl.model import Column, Schema, Table
from tunesmith.bot.text2sql import TrainingSet, build_training_set
from tunesmith.bot.text2sql.pairs import Rejection


def _sound(schema: Schema) -> TrainingSet:
    built = build_training_set(schema)
    card = built.coverage()
    assert card.columns_short == []
    assert card.tables_asked == card.tables
    assert (card.contradictions, card.leakage) == (0, 0)
    assert built.train
    reasons = {reason for reason in card.rejected if reason != Rejection.RETURNS_NOTHING}
    assert reasons <= {"same question twice"}
    return built


@pytest.mark.parametrize("dialect", list(Dialect))
def test_one_table_of_one_column(dialect: Dialect) -> None:
    _sound(schema_of(Table(name="t", columns=[Column(name="x", type="")]), dialect=dialect))


@pytest.mark.parametrize("dialect", list(Dialect))
def test_names_that_are_reserved_words(dialect: Dialect) -> None:
    names = ["select", "from", "order", "group", "desc", "key", "user", "limit", "index", "date"]
    columns = [Column(name=name, type="varchar(20)", quoted=True) for name in names]
    built = _sound(schema_of(Table(name="table", quoted=True, columns=columns), dialect=dialect))
    assert any("SELECT" in pair.answer for pair in built.train)


@pytest.mark.parametrize("dialect", list(Dialect))
def test_names_with_spaces_other_scripts_quotes_and_mixed_case(dialect: Dialect) -> None:
    names = [
        "Order Date",
        "Größe",
        "订单金额",
        "주문 번호",
        "a-b",
        "it's",
        '5"',
        "CamelCase",
        "1st",
    ]
    columns = [Column(name=name, type="varchar(20)", quoted=True) for name in names]
    _sound(schema_of(Table(name="Mixed Case", quoted=True, columns=columns), dialect=dialect))


def test_a_table_that_points_at_itself_and_two_that_point_at_each_other() -> None:
    person = table("person", "id int", "name varchar(20)", "boss_id int", key="id")
    person.foreign_keys = [foreign_key("boss_id", "person", "id")]
    hen = table("hen", "id int", "egg_id int", "name varchar(9)", key="id")
    hen.foreign_keys = [foreign_key("egg_id", "egg", "id")]
    egg = table("egg", "id int", "hen_id int", "laid_at datetime", key="id")
    egg.foreign_keys = [foreign_key("hen_id", "hen", "id")]
    built = _sound(schema_of(person, hen, egg))
    assert built.coverage().relations_asked == 3
    own = {pair.answer for pair in built.train + built.valid if pair.links and pair.is_sql}
    assert any("person AS t1 JOIN person AS t2 ON t1.boss_id = t2.id" in one for one in own)


def test_two_relations_to_one_table_are_told_apart_by_their_columns() -> None:
    place = table("place", "id int", "name varchar(20)", key="id")
    trip = table("trip", "id int", "start_id int", "goal_id int", "km decimal(8,2)", key="id")
    trip.foreign_keys = [
        foreign_key("start_id", "place", "id"),
        foreign_key("goal_id", "place", "id"),
    ]
    built = _sound(schema_of(place, trip))
    for pair in built.train + built.valid:
        if pair.intent == "join":
            column = "start" if "t1.start_id" in pair.answer else "goal"
            assert column in pair.question.lower() or pair.language != "en"


def test_a_key_whose_primary_key_is_the_foreign_key_and_a_chain_of_such() -> None:
    tables = [table("base", "id int", "name varchar(20)", key="id")]
    for place in range(1, 12):
        one = table(f"layer{place}", "id int", "note varchar(20)", key="id")
        one.foreign_keys = [foreign_key("id", tables[-1].name, "id")]
        tables.append(one)
    _sound(schema_of(*tables))


def test_views_are_asked_but_have_no_ddl() -> None:
    view = table("paid_orders", "id int", "amount decimal(9,2)", is_view=True)
    built = _sound(schema_of(table("orders", "id int", "amount decimal(9,2)", key="id"), view))
    asked = {(pair.intent, table) for pair in built.train for table in pair.tables}
    assert ("list", "paid_orders") in asked
    assert ("ddl", "paid_orders") not in asked


def test_one_name_in_two_database_schemas() -> None:
    tables = [table(f"{front}.orders", "id int", "total decimal(9,2)") for front in ("a", "b")]
    built = _sound(schema_of(*tables, dialect=Dialect.POSTGRES))
    assert any("FROM a.orders" in pair.answer for pair in built.train)


def test_two_tables_whose_names_differ_in_case_only() -> None:
    tables = [
        Table(name=name, quoted=True, columns=[Column(name="id", type="integer")])
        for name in ("Item", "item")
    ]
    built = build_training_set(schema_of(*tables, dialect=Dialect.POSTGRES))
    card = built.coverage()
    assert (card.contradictions, card.leakage) == (0, 0)


def test_tables_that_everybody_calls_the_same() -> None:
    tables = [
        table(name, "id int", "total decimal(9,2)", comment="订单表")
        for name in ("oms_order", "hf_order", "t_order", "orders")
    ]
    _sound(schema_of(*tables))


def test_partitions_and_tables_without_columns_are_not_asked() -> None:
    parts = [table("log_1", "id int", partition_of="log"), table("nothing")]
    built = _sound(schema_of(table("log", "id int", "at datetime"), *parts))
    assert built.coverage().tables == 1


def test_enum_types_that_the_file_makes() -> None:
    schema = parse_ddl(
        "CREATE TYPE mood AS ENUM ('sad', 'happy');\n"
        "CREATE TABLE note (id int PRIMARY KEY, feeling mood, body text);",
        dialect=Dialect.POSTGRES,
    )
    built = _sound(schema)
    assert built.coverage().code_values == 2
    assert any("feeling = 'happy'" in pair.answer for pair in built.train + built.valid)


def test_a_hundred_columns_without_a_comment() -> None:
    _sound(schema_of(table("wide", *(f"c{n} int" for n in range(100)))))


def test_five_hundred_tables_in_reasonable_time() -> None:
    tables = [table(f"thing_{n}", f"label_{n} text") for n in range(500)]
    started = time.process_time()
    built = build_training_set(schema_of(*tables), languages=["en"])
    assert time.process_time() - started < 60
    assert built.coverage().columns_short == []


def test_a_column_without_a_name_does_not_keep_the_others_from_being_asked() -> None:
    nameless = Column(name="", type="int", quoted=True)
    shop = table("shop", "id int", "city varchar(20)", key="id")
    shop.columns.append(nameless)
    built = build_training_set(schema_of(shop, dialect=Dialect.SQLITE))
    assert {("shop", "id"), ("shop", "city")} <= {c for pair in built.train for c in pair.columns}
