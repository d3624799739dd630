"""Schemas that the tests ask."""

import functools
import os
from pathlib import Path

from tunesmith.bot.ddl import parse_ddl
from tunesmith.bot.ddl.dialects import Dialect
from tunesmith.bot.ddl.model import Column, ForeignKey, Schema, Table
from tunesmith.bot.text2sql import TrainingSet, build_training_set

ROOT = Path(__file__).parents[2]
MARKET = ROOT / "docs" / "examples" / "market.sql"
DUMPS = Path(os.environ.get("TUNESMITH_DDL_DUMPS", ROOT.parent / "shared" / "data" / "ddl"))

# The same small shop in any dialect; names that need quotes where a dialect has such.
_SHOP = """
CREATE TABLE customer (
  id integer NOT NULL PRIMARY KEY,
  name varchar(40) NOT NULL,
  city varchar(30),
  phone varchar(20)
);
CREATE TABLE purchase (
  id integer NOT NULL PRIMARY KEY,
  order_no varchar(20) NOT NULL,
  customer_id integer NOT NULL,
  status integer NOT NULL,
  amount decimal(10,2),
  placed_at {moment} NOT NULL,
  note varchar(200),
  FOREIGN KEY (customer_id) REFERENCES customer (id)
);
CREATE TABLE item (
  id integer NOT NULL PRIMARY KEY,
  purchase_id integer NOT NULL,
  quantity integer NOT NULL,
  {group} integer,
  FOREIGN KEY (purchase_id) REFERENCES purchase (id)
);
"""
_MOMENT = {
    Dialect.MYSQL: "datetime",
    Dialect.POSTGRES: "timestamp",
    Dialect.MSSQL: "datetime2",
    Dialect.ORACLE: "date",
    Dialect.SQLITE: "datetime",
}
_GROUP = {Dialect.MYSQL: "`group`", Dialect.MSSQL: "[group]"}


def shop_ddl(dialect: Dialect) -> str:
    """The shop's DDL."""
    return _SHOP.format(moment=_MOMENT[dialect], group=_GROUP.get(dialect, '"group"'))


@functools.cache
def shop(dialect: Dialect) -> Schema:
    """The shop as read from its DDL, with the codes of `status` in its comment."""
    schema = parse_ddl(shop_ddl(dialect), dialect=dialect)
    status = next(one for one in schema.tables[1].columns if one.name == "status")
    status.comment = "status: 0-open 1-paid 2-cancelled"
    return schema


@functools.cache
def market() -> Schema:
    """The example of eleven tables with Chinese comments."""
    return parse_ddl(MARKET.read_bytes())


@functools.cache
def market_set() -> TrainingSet:
    """Everything that is asked of the example, in three languages."""
    return build_training_set(market())


def table(name: str, *columns: str, key: str | None = None, **more: object) -> Table:
    """A table from `name type` texts; `key` names its primary key."""
    made = [Column(name=one.partition(" ")[0], type=one.partition(" ")[2]) for one in columns]
    for column in made:
        column.nullable = column.name != key
    return Table.model_validate(
        {"name": name, "columns": made, "primary_key": [key] if key else []} | more
    )


def schema_of(*tables: Table, dialect: Dialect = Dialect.MYSQL) -> Schema:
    """A schema of these tables."""
    return Schema(dialect=dialect, confidence=1, tables=list(tables))


def foreign_key(column: str, target: str, reference: str) -> ForeignKey:
    """A key of one column."""
    return ForeignKey(columns=[column], table=target, references=[reference])
