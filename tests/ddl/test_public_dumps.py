"""Public dumps, held against what the engines themselves say after loading them.

The dumps are not part of this repository: TUNESMITH_DDL_DUMPS names their folder, which has the
engines' answers in `truth/`. By default it is looked for beside the repository.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.ddl.shapes import why
from tunesmith.bot.ddl import Column, Dialect, Schema, Table, parse_ddl

_BESIDE = Path(__file__).parents[2].parent / "shared" / "data" / "ddl"
DUMPS = Path(os.environ.get("TUNESMITH_DDL_DUMPS", _BESIDE))
pytestmark = pytest.mark.skipif(not DUMPS.is_dir(), reason="the public dumps are not here")

# Files that are loaded one after the other, by the name of the engine's answers.
FILES = {
    "mysql_egov_ko": ["mysql_egov_ko", "mysql_egov_ko_comment"],
    "mysql_mall_zh": ["mysql_mall_zh"],
    "mysql_sakila": ["mysql_sakila"],
    "pg_adventureworks": ["pg_adventureworks"],
    "pg_chinook": ["pg_chinook"],
    "pg_egov_ko": ["pg_egov_ko", "pg_egov_ko_comment"],
    "pg_pagila": ["pg_pagila"],
    "sqlite_sakila": ["sqlite_sakila"],
}
DIALECTS = {
    "mysql": Dialect.MYSQL,
    "pg": Dialect.POSTGRES,
    "sqlite": Dialect.SQLITE,
    "mssql": Dialect.MSSQL,
    "oracle": Dialect.ORACLE,
}
# Where the engine's answer differs from the file for a reason outside of the file's DDL.
KNOWN = {
    "pg_egov_ko": {
        # PostgreSQL keeps the DEFAULT NULL of a CHAR(n), for its cast to n letters.
        "comtnblog.bbs_id: default None is True",
        "comtnblog.blog_at: default None is True",
    },
    "pg_adventureworks": {
        # The file is UTF-8 but tells the server that it is Latin-1, which garbles two comments.
        "humanresources.jobcandidate: comment Résumés submitted to Human Resources by job"
        " applicants. is RÃ©sumÃ©s submitted to Human Resources by job applicants.",
        "humanresources.jobcandidate.resume: comment Résumé in XML format. is RÃ©sumÃ© in XML"
        " format.",
        # The server refused it when it was loaded, because the rows it points at were missing.
        "production.productreview: foreign key productid → production.product (productid) is extra",
    },
}
Truth = dict[str, dict[str, Any]]


def load(files: list[str]) -> Schema:
    return parse_ddl(b"\n".join((DUMPS / f"{name}.sql").read_bytes() for name in files))


@pytest.mark.parametrize("name", FILES)
def test_tables_columns_comments_and_keys_equal_the_engines(name: str) -> None:
    truth: Truth = json.loads((DUMPS / "truth" / f"{name}.json").read_text("utf-8"))
    schema = load(FILES[name])
    assert schema.dialect is DIALECTS[name.split("_", maxsplit=1)[0]]
    assert schema.unparsed == []
    tables = {plain(table.name): table for table in schema.tables if not table.is_view}
    assert set(tables) == {plain(key) for key in truth}
    misses: set[str] = set()
    for key, answer in truth.items():
        misses |= set(compare(plain(key), answer, tables[plain(key)], schema))
    assert misses == KNOWN.get(name, set())


def plain(name: str) -> str:
    """A name without the schema that is everybody's, in lower case."""
    return name.lower().removeprefix("public.")


def compare(name: str, answer: dict[str, Any], table: Table, schema: Schema) -> list[str]:
    """What differs, a line for each."""
    misses: list[str] = []
    if (answer["comment"] or None) != table.comment:
        misses.append(f"{name}: comment {table.comment} is {answer['comment']}")
    columns = [column["name"].lower() for column in answer["columns"]]
    mine = [column.name.lower() for column in table.columns]
    if columns != mine:
        misses.append(f"{name}: columns {mine} are {columns}")
        return misses
    for theirs, column in zip(answer["columns"], table.columns, strict=True):
        label = f"{name}.{column.name.lower()}"
        if bool(theirs["nullable"]) != column.nullable:
            misses.append(f"{label}: nullable {column.nullable}")
        if (theirs["comment"] or None) != column.comment:
            misses.append(f"{label}: comment {column.comment} is {theirs['comment']}")
        if same_type(theirs["type"], schema.dialect) != same_type(column.type, schema.dialect):
            misses.append(f"{label}: type {column.type} is {theirs['type']}")
        # SQLite keeps DEFAULT NULL as the text NULL, which is no default here.
        null = schema.dialect is Dialect.SQLITE and column.default is None
        if not null and bool(theirs["default"]) != has_default(column, schema):
            misses.append(f"{label}: default {column.default} is {theirs['default']}")
    if [column.lower() for column in answer["pk"]] != [part.lower() for part in table.primary_key]:
        misses.append(f"{name}: primary key {table.primary_key} is {answer['pk']}")
    declared = {shown(key.columns, key.table, key.references) for key in table.foreign_keys}
    real = {shown(*key) for key in answer["fks"]}
    misses += [f"{name}: foreign key {key} is extra" for key in declared - real]
    misses += [f"{name}: foreign key {key} is missing" for key in real - declared]
    return misses


def has_default(column: Column, schema: Schema) -> bool:
    """Whether the engine keeps a default value: PostgreSQL also for serials and computed ones."""
    if schema.dialect is Dialect.POSTGRES:
        return bool(column.default or column.generated or "serial" in column.type.lower())
    return column.default is not None


def shown(columns: list[str], table: str, references: list[str]) -> str:
    return f"{', '.join(columns)} → {plain(table)} ({', '.join(references)})".lower()


_MYSQL_TYPES = {
    r"^(tiny|small|medium|big)?int(eger)?(\(\d+\))?": r"\1int",
    r"^(numeric|dec)\b": "decimal",
    r"^decimal(?!\()": "decimal(10)",
    r"^decimal\((\d+)\)": r"decimal(\1,0)",
    r"^bool(ean)?$": "tinyint",
    r"^year\b.*": "year",
    r"^char$": "char(1)",
    r" binary$": "",
}
_POSTGRES_TYPES = {
    r"^(int|int4|serial|integer)$": "integer",
    r"^(int8|bigserial)$": "bigint",
    r"^varchar\b": "character varying",
    r"^char\b": "character",
    r"^character$": "character(1)",
    r"^decimal\b": "numeric",
    r"^numeric\((\d+)\)": r"numeric(\1,0)",
    r"^bool$": "boolean",
    r"^timestamp$": "timestamp without time zone",
    r"^timestamptz$": "timestamp with time zone",
    r"^time$": "time without time zone",
    r"^public\.": "",
    # The extension is missing on the server that was asked; it takes text in its place.
    r"^vector\(\d+\)$": "text",
}


def same_type(type_text: str, dialect: Dialect) -> str:
    """A type as one engine would write it whichever way it was written."""
    found = type_text.lower()
    rules = {Dialect.MYSQL: _MYSQL_TYPES, Dialect.POSTGRES: _POSTGRES_TYPES}.get(dialect, {})
    for pattern, replacement in rules.items():
        found = re.sub(pattern, replacement, found)
    return re.sub(r"[\s\"]", "", found)


# Counted by hand, since no engine was at hand: tables, views, columns of tables, primary keys,
# foreign keys, tables and columns with a comment.
COUNTED = {
    "mssql_northwind": (13, 16, 88, 13, 13, 0, 0),
    "mssql_pubs": (11, 1, 64, 9, 10, 0, 0),
    "oracle_co": (7, 4, 43, 7, 9, 7, 43),
    "oracle_hr": (7, 1, 35, 7, 10, 7, 35),
}


@pytest.mark.parametrize("name", COUNTED)
def test_dumps_without_an_engines_answer_have_what_was_counted(name: str) -> None:
    schema = load([name])
    assert schema.dialect is DIALECTS[name.split("_", maxsplit=1)[0]]
    assert schema.unparsed == []
    tables = [table for table in schema.tables if not table.is_view]
    assert COUNTED[name] == (
        len(tables),
        len(schema.tables) - len(tables),
        sum(len(table.columns) for table in tables),
        sum(bool(table.primary_key) for table in tables),
        sum(len(table.foreign_keys) for table in tables),
        sum(bool(table.comment) for table in tables),
        sum(bool(column.comment) for table in tables for column in table.columns),
    )


def test_types_of_the_files_own_make_columns_mandatory() -> None:
    authors = next(table for table in load(["mssql_pubs"]).tables if table.name == "authors")
    assert [column.name for column in authors.columns if not column.nullable] == [
        "au_id",
        "au_lname",
        "au_fname",
        "phone",
        "contract",
    ]


def test_views_of_the_public_dumps_have_their_columns() -> None:
    northwind = load(["mssql_northwind"])
    products = next(
        table for table in northwind.tables if table.name == "Alphabetical list of products"
    )
    assert [column.name for column in products.columns] == [
        "ProductID",
        "ProductName",
        "SupplierID",
        "CategoryID",
        "QuantityPerUnit",
        "UnitPrice",
        "UnitsInStock",
        "UnitsOnOrder",
        "ReorderLevel",
        "Discontinued",
        "CategoryName",
    ]
    views = [table for table in load(["pg_adventureworks"]).tables if table.is_view]
    assert len(views) == 89
    assert all(view.columns for view in views)


def test_a_file_of_comments_alone_names_what_it_describes() -> None:
    schema = load(["pg_egov_ko_comment"])
    assert schema.tables == []
    assert len(schema.unparsed) == 2124
    assert "which is not in the file" in why(schema.unparsed[0])
