"""Broken, cut and hostile files: never a crash, never a hang, nothing lost without a word."""

import contextlib
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ddl.shapes import columns, why
from tunesmith.bot.ddl import Dialect, parse_ddl
from tunesmith.bot.errors import SchemaError

DUMPS = {
    path.stem: path.read_text("utf-8") for path in (Path(__file__).parent / "dumps").glob("*.sql")
}
_PIECES = (
    "'", '"', "`", "[", "]", "(", ")", ";", "/*", "*/", "--", "#", "$$", "$a$", "\\", "\n",
    "\nGO\n", "\n/\n", "q'[", "E'", "CREATE TABLE x (", "DELIMITER //", ",", "DEFAULT",
    "REFERENCES", "ALTER TABLE a ADD", "COPY a FROM stdin;\n", "数", "\x00", "{", "@a.",
)  # fmt: skip


@pytest.mark.parametrize("name", sorted(DUMPS))
@settings(max_examples=40)
@given(data=st.data())
def test_mutated_dumps_are_read_or_refused(name: str, data: st.DataObject) -> None:
    text = DUMPS[name]
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 30))
        text = text[:at] + data.draw(st.sampled_from(["", *_PIECES])) + text[at + cut :]
    if data.draw(st.booleans()):
        text = text[: data.draw(st.integers(0, len(text)))]
    dialect = data.draw(st.none() | st.sampled_from(Dialect))
    try:
        schema = parse_ddl(text, dialect=dialect, seconds=5)
    except SchemaError:
        return
    for table in schema.tables:
        names = {column.name for column in table.columns}
        assert set(table.primary_key) <= names
        assert all(set(key.columns) <= names for key in table.foreign_keys)


@settings(max_examples=200)
@given(data=st.binary(max_size=300), dialect=st.none() | st.sampled_from(Dialect))
def test_any_bytes_are_read_or_refused(data: bytes, dialect: Dialect | None) -> None:
    try:
        parse_ddl(b"CREATE TABLE a (b int);" + data, dialect=dialect, seconds=5)
        parse_ddl(data, dialect=dialect, seconds=5)
    except SchemaError:
        return


_HOSTILE = {
    "quotes": "'" * 30_000,
    "open comments": "/*" * 40_000,
    "parentheses": "CREATE TABLE a (" + "(" * 40_000,
    "closing parentheses": "CREATE TABLE a " + ")" * 40_000,
    "commas": "CREATE TABLE a (" + "," * 40_000 + ")",
    "dollar quotes": "".join(f"$t{i}$ " for i in range(30_000)),
    "unclosed strings": "CREATE TABLE a (b int);\n" * 2_000 + "INSERT INTO a VALUES ('x\n" * 4_000,
    "backslashes": "INSERT INTO a VALUES ('" + "\\" * 60_001,
    "begins": "CREATE TRIGGER t BEGIN " + "BEGIN; " * 20_000,
    "no end of programs": "CREATE FUNCTION f() BEGIN CASE;\n" * 2_000,
    "blanks": "CREATE" + " " * 60_000 + "TABLE a (b int)",
    "words": "a " * 50_000,
    "nested calls in a view": "CREATE VIEW v AS SELECT " + "f(" * 5_000 + "1" + ")" * 2_000,
    "nested queries in a view": "CREATE VIEW v AS " + "SELECT * FROM (" * 500 + "t" + ") x" * 500,
    "views of each other": "CREATE VIEW a AS SELECT * FROM b;\nCREATE VIEW b AS SELECT * FROM a;",
    "a view of itself": "CREATE VIEW a AS SELECT * FROM a;",
    "many views": "".join(f"CREATE VIEW v{i} AS SELECT * FROM v{i + 1};\n" for i in range(300)),
    "alters": "CREATE TABLE a (b int);\n" + "ALTER TABLE a RENAME TO a;\n" * 2_000,
    "renames": "CREATE TABLE a (b int);\n" + "ALTER TABLE a RENAME COLUMN b TO b;\n" * 2_000,
    "slashes": "\n/" * 40_000,
    "goes": "\nGO" * 30_000,
    "placeholders": "CREATE TABLE " + "@a." * 50_000 + "t (b int)",
    "one long name": "CREATE TABLE " + "a" * 100_000 + " (b int)",
    "many columns": "CREATE TABLE a (" + ",".join(f"c{i} int" for i in range(4_000)) + ")",
}


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("name", sorted(_HOSTILE))
def test_hostile_files_end_in_time(name: str, dialect: Dialect) -> None:
    started = time.process_time()
    with contextlib.suppress(SchemaError):
        parse_ddl(_HOSTILE[name], dialect=dialect, seconds=4)
    assert time.process_time() - started < 8


def test_the_time_limit_is_kept_and_told() -> None:
    ddl = "CREATE TABLE a (b int);\n" * 50
    schema = parse_ddl(ddl, seconds=0)
    assert schema.tables == []
    assert [item.line for item in schema.unparsed] == [1]
    assert "the time to read the file was over" in why(schema.unparsed[0])


@pytest.mark.parametrize(
    "text",
    ["", "   \n", "-- only a remark", "Hello, here is our schema!", "INSERT INTO a VALUES (1);",
     '{"messages": []}', "<!DOCTYPE html><html></html>", "id,name\n1,x"],
)  # fmt: skip
def test_what_is_no_ddl_is_refused(text: str) -> None:
    with pytest.raises(SchemaError, match="no CREATE TABLE"):
        parse_ddl(text)


def test_ddl_in_a_markdown_fence_is_read() -> None:
    schema = parse_ddl("```sql\nCREATE TABLE `a` (`b` int) ENGINE=InnoDB;\n```\n")
    assert columns(schema, "a") == ["b int"]


def test_what_is_not_understood_is_named_with_its_line() -> None:
    schema = parse_ddl(
        """CREATE TABLE a (
  id int PRIMARY KEY,
  +broken,
  name varchar(10) FROBNICATE (1, 2) HARD NOT NULL,
  FOREIGN KEY REFERENCES,
  id int,
  UNIQUE (nothing)
);
FROB THE KNOB;
ALTER TABLE a FROB x;
ALTER TABLE missing ADD b int;
COMMENT ON COLUMN a.nope IS 'x';
CREATE TABLE a (other int);
CREATE TABLE e ();
ALTER TABLE a ADD FOREIGN KEY (id) REFERENCES e (zip);
""",
        dialect=Dialect.POSTGRES,
    )
    assert columns(schema, "a") == ["id int !", "name varchar(10) !"]
    assert [(item.line, item.text, why(item)) for item in schema.unparsed] == [
        (3, "+broken", "a part of a that was not understood"),
        (4, "FROBNICATE (1, 2) HARD", "an option of a.name that was not understood"),
        (5, "FOREIGN KEY REFERENCES", "a part of a that was not understood"),
        (6, "a.id", "a second column of this name; the first is kept"),
        (7, "a (nothing)", "a key names nothing, which a does not have"),
        (9, "FROB THE KNOB", "a statement that was not understood"),
        (10, "FROB x", "a change of a that was not understood"),
        (11, "ADD b int", "it changes missing, which is not in the file"),
        (12, "a.nope: x", "it describes a column that a does not have"),
        (13, "CREATE TABLE a", "a second table of this name; the first is kept"),
        (14, "CREATE TABLE e", "a table without columns"),
        (15, "a (id) → e", "a foreign key names columns that are not there: zip"),
    ]


def test_a_quote_that_is_never_closed_costs_one_statement_only() -> None:
    schema = parse_ddl(
        "CREATE TABLE a (x int DEFAULT 'oops);\nCREATE TABLE b (`y` int) ENGINE=InnoDB;\n"
        "CREATE TABLE c (`z` int) ENGINE=InnoDB;"
    )
    assert [table.name for table in schema.tables] == ["a", "b", "c"]
    assert schema.unparsed[0].line == 1
    assert "never closed" in why(schema.unparsed[0])


def test_a_parenthesis_that_is_never_closed_does_not_lose_the_next_table() -> None:
    schema = parse_ddl("CREATE TABLE a (x int, y text\nCREATE TABLE b (z int);")
    assert [table.name for table in schema.tables] == ["a", "b"]
    assert any("never closed" in why(item) for item in schema.unparsed)


def test_a_dump_that_was_cut_keeps_what_it_has() -> None:
    whole = DUMPS["mysqldump"]
    schema = parse_ddl(whole[: whole.index("KEY `idx_ts`")])
    assert len(schema.tables[0].columns) == 11
    assert any("never closed" in why(item) for item in schema.unparsed)


_JUNK = st.lists(
    st.sampled_from(
        ["a", "NOT", "NULL", "L", "f", "U", "+", "*", "=", "<", "1", "数", "%", "&", "'x'"]
    ),
    min_size=1,
    max_size=6,
).map(" ".join)
_ELEMENTS = st.one_of(
    st.integers(0, 9).map(lambda i: f"c{i} int NOT NULL"),
    st.integers(0, 9).map(lambda i: f"FOREIGN KEY (c{i}) REFERENCES t (c{i})"),
    st.integers(0, 9).map(lambda i: f"UNIQUE (c{i})"),
    st.integers(0, 9).map(lambda i: f"CONSTRAINT k{i} PRIMARY KEY (c{i})"),
    _JUNK,
    st.tuples(_JUNK, _JUNK).map(lambda pair: f"{pair[0]} ({pair[1]}, 1)"),
)


@settings(max_examples=200)
@given(
    elements=st.lists(_ELEMENTS, min_size=1, max_size=12, unique=True),
    dialect=st.sampled_from(Dialect),
)
def test_every_element_of_a_table_is_read_or_named(elements: list[str], dialect: Dialect) -> None:
    schema = parse_ddl(f"CREATE TABLE t ({', '.join(elements)});", dialect=dialect)
    table = schema.tables[0]
    keys = [*table.unique, *table.foreign_keys, *([1] if table.primary_key else [])]
    named = [item for item in schema.unparsed if not why(item).startswith("an option of")]
    assert len(table.columns) + len(keys) + len(named) >= len(elements)
