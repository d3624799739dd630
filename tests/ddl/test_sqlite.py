"""SQLite: .schema, .dump, Navicat, DB Browser, and its habit of taking anything for a type."""

from tests.ddl.shapes import columns, defaults, dump, keys, read, table
from tunesmith.bot.ddl import Dialect


def test_a_dump_is_read_whole() -> None:
    schema = read(dump("sqlite_dump"))
    assert schema.dialect is Dialect.SQLITE
    assert schema.confidence > 0.99
    assert columns(schema, "users") == [
        "id INTEGER !",
        "name TEXT",
        "at DATETIME",
        "score DOUBLE PRECISION",
        "big UNSIGNED BIG INT",
        "flag BOOLEAN !",
        "full TEXT",
    ]
    assert defaults(schema, "users") == {
        "name": "'it''s; (x'",
        "at": "(datetime('now','localtime'))",
        "score": "-1.5",
        "flag": "0",
    }
    assert keys(schema, "users") == ["pk(id)", "uk(name, at)"]
    assert columns(schema, "old style") == [
        "id INTEGER !",
        "quoted varchar(5)",
        "tick int",
        "plain",
        "TEXT",
        "user_id",
    ]
    assert keys(schema, "old style") == ["pk(id)", "uk(plain, tick)", "fk(user_id) users(id)"]
    assert columns(schema, "docs") == ["title", "body"]
    assert columns(schema, "v") == ["id INTEGER !", "label TEXT", "1 + 1"]
    assert schema.ignored["CREATE TABLE sqlite_…"] == 1


def test_remarks_behind_columns_are_kept_apart_from_comments() -> None:
    schema = read(
        """
CREATE TABLE orders ( -- 订单表
  id INTEGER PRIMARY KEY, -- 编号
  -- the next line belongs to nobody
  state INTEGER NOT NULL -- 0=new, 1=paid
, note TEXT /* free text */
  , last TEXT
  -- nor does this one
);
""",
        Dialect.SQLITE,
    )
    found = table(schema, "orders")
    assert found.described == "订单表"
    assert [column.described for column in found.columns] == [
        "编号",
        "0=new, 1=paid",
        "free text",
        None,
    ]
    assert found.comment is None
    assert all(column.comment is None for column in found.columns)


def test_a_table_that_is_rebuilt_keeps_its_last_form() -> None:
    schema = read(
        """
CREATE TABLE a (id INTEGER PRIMARY KEY, x);
CREATE TABLE b (a_id INTEGER REFERENCES a);
PRAGMA foreign_keys = false;
ALTER TABLE "main"."a" RENAME TO "_a_old";
CREATE TABLE "main"."a" ("id" INTEGER PRIMARY KEY, "y" TEXT);
INSERT INTO "main"."a" ("id") SELECT "id" FROM "main"."_a_old";
DROP TABLE "main"."_a_old";
ALTER TABLE b ADD COLUMN n INT DEFAULT 5;
ALTER TABLE b RENAME COLUMN n TO m;
""",
        Dialect.SQLITE,
    )
    assert columns(schema, "main.a") == ["id INTEGER !", "y TEXT"]
    assert columns(schema, "b") == ["a_id INTEGER", "m INT"]


def test_lines_of_remarks_with_a_hash_are_stepped_over() -> None:
    schema = read(
        """### Members
CREATE TABLE member (
  id INTEGER PRIMARY KEY AUTOINCREMENT,  # it's a number
  # the one who asked; once
  asker TEXT NOT NULL
);
"""
    )
    assert columns(schema, "member") == ["id INTEGER !", "asker TEXT !"]
