"""Relations: declared, and inferred from names."""

import time

from tests.ddl.shapes import read
from tunesmith.bot.ddl import Dialect
from tunesmith.bot.ddl.model import Column, Schema, Table
from tunesmith.bot.ddl.relations import relations


def shown(ddl: str) -> list[str]:
    """Each relation on a line; `?` behind the inferred ones."""
    return [
        f"{one.table}.{'+'.join(one.columns)} → {one.target}.{'+'.join(one.references)}"
        + ("" if one.declared else " ?")
        for one in relations(read(ddl, Dialect.MYSQL))
    ]


def test_declared_relations_come_as_they_are() -> None:
    assert shown(
        """
CREATE TABLE a (x int, y int, PRIMARY KEY (x, y));
CREATE TABLE b (p int, q int, a_id int, FOREIGN KEY (p, q) REFERENCES a (x, y),
  FOREIGN KEY (p) REFERENCES elsewhere (id));
"""
    ) == ["b.p+q → a.x+y"]


def test_a_column_names_its_table_with_or_without_a_family_and_in_the_plural() -> None:
    assert shown(
        """
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE t_category (id int PRIMARY KEY);
CREATE TABLE OrderItems (Id int PRIMARY KEY, userId int, CategoryID int, billing_user_id int);
CREATE TABLE x (order_item_id bigint, user_id varchar(32), company_id int, id int);
"""
    ) == [
        "OrderItems.userId → users.id ?",
        "OrderItems.CategoryID → t_category.id ?",
        "OrderItems.billing_user_id → users.id ?",
        "x.order_item_id → OrderItems.Id ?",
    ]


def test_a_primary_key_of_the_same_name_counts_if_the_tables_name_agrees() -> None:
    assert shown(
        """
CREATE TABLE order_master (order_id int PRIMARY KEY);
CREATE TABLE order_detail (detail_id int PRIMARY KEY, order_id int);
CREATE TABLE twitter (person_id int PRIMARY KEY);
CREATE TABLE note (id int PRIMARY KEY, person_id int);
"""
    ) == ["order_detail.order_id → order_master.order_id ?"]


def test_parent_id_points_at_its_own_table_and_own_keys_at_nothing() -> None:
    assert shown(
        """
CREATE TABLE category (category_id int PRIMARY KEY, parent_id int, parent_category_id int);
CREATE TABLE category_text (category_id int PRIMARY KEY, body text);
"""
    ) == [
        "category.parent_id → category.category_id ?",
        "category.parent_category_id → category.category_id ?",
        "category_text.category_id → category.category_id ?",
    ]


def test_nothing_is_guessed_where_two_tables_fit() -> None:
    assert (
        shown(
            """
CREATE TABLE oms_item (id int PRIMARY KEY);
CREATE TABLE pms_item (id int PRIMARY KEY);
CREATE TABLE stock (id int PRIMARY KEY, item_id int);
CREATE TABLE order_a (order_id int PRIMARY KEY);
CREATE TABLE order_b (order_id int PRIMARY KEY);
CREATE TABLE c (id int PRIMARY KEY, order_id int);
"""
        )
        == []
    )


def test_nearer_names_win_over_farther_ones() -> None:
    assert shown(
        """
CREATE TABLE pms_brand (id int PRIMARY KEY);
CREATE TABLE sms_home_brand (id int PRIMARY KEY, brand_id int);
CREATE TABLE pms_product (id int PRIMARY KEY, brand_id int);
"""
    ) == ["sms_home_brand.brand_id → pms_brand.id ?", "pms_product.brand_id → pms_brand.id ?"]


def test_a_name_that_thousands_of_tables_share_tells_none_of_them() -> None:
    tables = [
        Table(
            name=f"s{number}.order_item",
            columns=[Column(name="id", type="int"), Column(name="order_item_id", type="int")],
            primary_key=["id"],
        )
        for number in range(10_000)
    ]
    few = Schema(dialect=Dialect.MYSQL, confidence=1, encoding="utf-8", tables=tables[:1])
    many = few.model_copy(update={"tables": tables})
    started = time.process_time()  # each column would be held against each table: minutes
    assert relations(many) == []
    assert time.process_time() - started < 20
