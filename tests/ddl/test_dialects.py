"""Which dialect a file is in, and how sure that is."""

import re
from pathlib import Path

import pytest

import tunesmith
from tunesmith.bot.ddl import Dialect, parse_ddl
from tunesmith.bot.ddl.dialects.detection import detect

SNIPPETS = [
    ("CREATE TABLE `a` (`id` int(11) NOT NULL AUTO_INCREMENT) ENGINE=InnoDB;", Dialect.MYSQL),
    ("create table a (id bigint unsigned comment '编号', t datetime) comment '表';", Dialect.MYSQL),
    ("CREATE TABLE a (id serial PRIMARY KEY, tags text[], at timestamptz);", Dialect.POSTGRES),
    (
        "CREATE TABLE a (id int4);\nCOMMENT ON COLUMN a.id IS 'x';\nALTER TABLE a OWNER TO b;",
        Dialect.POSTGRES,
    ),
    ("CREATE TABLE [dbo].[a] ([id] [int] IDENTITY(1,1), [n] [nvarchar](50))\nGO", Dialect.MSSQL),
    ("CREATE TABLE a (id int, n nvarchar(max), at datetime2 DEFAULT getdate())", Dialect.MSSQL),
    ("CREATE TABLE a (id NUMBER(10), n VARCHAR2(50));\n/\n", Dialect.ORACLE),
    ("create table A (ID number, N varchar2(5 char), D date default sysdate);", Dialect.ORACLE),
    ("CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, n TEXT);", Dialect.SQLITE),
    ("CREATE TABLE a (\n\tid\t\tserial PRIMARY KEY,\n\tContext\ttext\n);", Dialect.POSTGRES),
    ("CREATE TABLE a (id INT DEFAULT ON NULL a_seq.NEXTVAL, n VARCHAR(9));", Dialect.ORACLE),
    ("PRAGMA foreign_keys=ON;\nCREATE TABLE a (id INTEGER PRIMARY KEY);", Dialect.SQLITE),
]


@pytest.mark.parametrize(("ddl", "dialect"), SNIPPETS)
def test_short_files_are_told_apart(ddl: str, dialect: Dialect) -> None:
    schema = parse_ddl(ddl)
    assert schema.dialect is dialect
    assert 0.5 < schema.confidence <= 1
    assert len(schema.tables) == 1


def test_letters_within_a_name_are_no_sign() -> None:
    schema = parse_ddl(
        "CREATE TABLE a (id integer NOT NULL PRIMARY KEY, context text NOT NULL);\n"
        "CREATE TABLE b (id integer NOT NULL PRIMARY KEY, wintext text, at datetime);"
    )
    assert schema.dialect is Dialect.SQLITE


def test_a_file_without_any_sign_is_a_guess_and_says_so() -> None:
    schema = parse_ddl("CREATE TABLE a (id int, name varchar(10));")
    assert schema.confidence < 0.3


def test_a_given_dialect_is_taken_as_it_is() -> None:
    ddl = "CREATE TABLE a (`id` int(11) NOT NULL) ENGINE=InnoDB;"
    schema = parse_ddl(ddl, dialect=Dialect.SQLITE)
    assert (schema.dialect, schema.confidence) == (Dialect.SQLITE, 1.0)


def test_every_dialect_reads_plain_standard_ddl_alike() -> None:
    ddl = """
CREATE TABLE parent (id int NOT NULL, name varchar(10) DEFAULT 'x;(', PRIMARY KEY (id));
CREATE TABLE child (
  id int NOT NULL PRIMARY KEY, -- its key
  parent_id int REFERENCES parent (id),
  amount decimal(10, 2) NOT NULL CHECK (amount > 0 AND (amount < 100)),
  CONSTRAINT u UNIQUE (parent_id, amount)
);
ALTER TABLE child ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES parent (id) ON DELETE CASCADE;
CREATE VIEW v AS
  SELECT c.id, p.name AS parent_name FROM child c JOIN parent p ON p.id = c.parent_id;
"""
    read = [parse_ddl(ddl, dialect=dialect) for dialect in Dialect]
    assert all(schema.unparsed == [] for schema in read)
    assert all(schema.tables == read[0].tables for schema in read)
    assert len(read[0].tables[1].foreign_keys) == 2
    assert [column.name for column in read[0].tables[2].columns] == ["id", "parent_name"]


def test_nothing_outside_of_the_profiles_asks_which_dialect_it_has() -> None:
    named = re.compile(rf"Dialect\.(?:{'|'.join(Dialect.__members__)})\b")
    package = Path(tunesmith.__file__).parent
    asking = {
        file.name: found
        for file in package.rglob("*.py")
        if file.parent.name != "dialects" and (found := named.findall(file.read_text("utf-8")))
    }
    # The training set's answers are run by SQLite, whatever the schema's dialect.
    assert asking == {"sqltree.py": ["Dialect.SQLITE"]}


@pytest.mark.parametrize("dialect", list(Dialect))
def test_every_dialect_has_a_profile_that_recognises_its_own_signs(dialect: Dialect) -> None:
    profile = dialect.profile
    assert profile.sqlglot == dialect.value
    assert profile.label == dialect.label
    signs = [sign for signs in profile.signs.values() for sign in signs]
    assert detect(" ".join(signs))[0] is dialect
