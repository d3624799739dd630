"""Made-up rows hold together, and the engine that holds them can do nothing else."""

import sqlite3
from contextlib import closing
from pathlib import Path

import sqlglot

from tests.text2sql.shapes import foreign_key, market, schema_of, table
from tunesmith.bot.text2sql.annotated_schema import AnnotatedSchema
from tunesmith.bot.text2sql.pairs import Rejection
from tunesmith.bot.text2sql.sandbox import Sandbox
from tunesmith.bot.text2sql.synthetic import ROWS, make_rows


def test_every_key_has_its_parent_and_every_code_occurs() -> None:
    annotated = AnnotatedSchema(market())
    rows = make_rows(annotated, seed=3)
    for link in annotated.links:
        for column, reference in zip(link.columns, link.references, strict=True):
            held = set(rows[link.child][column]) - {None}
            assert held
            assert held <= set(rows[link.parent][reference])
    for entity in annotated:
        for one in entity.fields.values():
            found = {str(cell) for cell in rows[entity.name][one.name]}
            assert found >= set(one.codes)
            assert len(rows[entity.name][one.name]) == ROWS


def test_composite_keys_point_at_one_parent_row() -> None:
    parent = table("parent", "a int", "b int", "name varchar(20)")
    parent.primary_key = ["a", "b"]
    child = table("child", "id int", "pa int", "pb int", key="id")
    child.foreign_keys = [foreign_key("pa", "parent", "a")]
    child.foreign_keys[0].columns, child.foreign_keys[0].references = ["pa", "pb"], ["a", "b"]
    rows = make_rows(AnnotatedSchema(schema_of(parent, child)), seed=0)
    parents = set(zip(rows["parent"]["a"], rows["parent"]["b"], strict=True))
    children = set(zip(rows["child"]["pa"], rows["child"]["pb"], strict=True))
    assert {pair for pair in children if None not in pair} <= parents


def test_rows_depend_on_the_seed_alone() -> None:
    annotated = AnnotatedSchema(market())
    assert make_rows(annotated, seed=1) == make_rows(AnnotatedSchema(market()), seed=1)
    assert make_rows(annotated, seed=1) != make_rows(annotated, seed=2)


def test_the_sandbox_reads_no_file_and_changes_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret.db"
    with closing(sqlite3.connect(secret)) as other:
        other.execute("CREATE TABLE a (x)")
    annotated = AnnotatedSchema(schema_of(table("t", "id int")))
    with Sandbox(annotated, make_rows(annotated, 0)) as sandbox:
        for hostile in (
            f"ATTACH '{secret}' AS other",
            f"ATTACH DATABASE '{tmp_path / 'new.db'}' AS other",
            f"VACUUM INTO '{tmp_path / 'out.db'}'",
            "SELECT load_extension('/lib/x.so')",
            "PRAGMA writable_schema = ON",
            "SELECT * FROM pragma_database_list",
            "CREATE TABLE other (x)",
            "INSERT INTO t VALUES (1)",
            "UPDATE t SET id = 1",
            "DELETE FROM t",
            "DROP TABLE t",
        ):
            tree = sqlglot.parse_one(hostile, read="sqlite")
            assert sandbox.why_not(tree) == Rejection.DOES_NOT_RUN, hostile
        assert sandbox.why_not(sqlglot.parse_one("SELECT id FROM t")) is None
        assert sandbox.why_not(sqlglot.parse_one("SELECT id FROM t WHERE id < 0")) is not None
    assert list(tmp_path.iterdir()) == [secret]


def test_tables_of_one_name_in_two_schemas_keep_their_own_rows() -> None:
    annotated = AnnotatedSchema(
        schema_of(table("sales.t", "id int"), table("stock.t", "weight int"))
    )
    with Sandbox(annotated, make_rows(annotated, 0)) as sandbox:
        for sql in (
            "SELECT id FROM sales.t",
            "SELECT weight FROM stock.t",
            "SELECT t1.id FROM sales.t AS t1 JOIN stock.t AS t2 ON t1.id >= t2.weight",
        ):
            assert sandbox.why_not(sqlglot.parse_one(sql)) is None, sql
        assert sandbox.why_not(sqlglot.parse_one("SELECT t1.weight FROM sales.t AS t1"))
