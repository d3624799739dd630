"""What the code relies on in a library beyond its interface, and the bounds that hold it there."""

import base64
import hashlib
import inspect
import re
import sys
import tomllib
from pathlib import Path
from types import FunctionType
from typing import Any

import duckdb
import pytest
import sqlglot
from sqlglot.tokenizer_core import Token, TokenType
from tiktoken_ext import openai_public

from tunesmith.bot.datasets.tokens import vocabulary
from tunesmith.bot.ddl.dialects import Dialect
from tunesmith.bot.sql.parsing import DEEPEST

_PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))[
    "project"
]


def test_what_is_relied_on_beyond_its_interface_has_an_upper_bound() -> None:
    extras = _PROJECT["optional-dependencies"].values()
    wanted = [*_PROJECT["dependencies"], *(one for extra in extras for one in extra)]
    bounded = {re.split(r"[<>=\[]", one)[0] for one in wanted if "<" in one.split(";")[0]}
    assert bounded == {"duckdb", "sqlglot", "tiktoken", "toktok-rs"}


@pytest.mark.parametrize("encoding", ["o200k_base", "cl100k_base"])
def test_toktok_hands_out_the_very_vocabulary_that_tiktoken_would_download(encoding: str) -> None:
    asked: list[dict[str, Any]] = []

    def load(*_: object, **arguments: Any) -> dict[bytes, int]:
        asked.append(arguments)
        return {}

    constructor = openai_public.ENCODING_CONSTRUCTORS[encoding]
    FunctionType(constructor.__code__, {**constructor.__globals__, "load_tiktoken_bpe": load})()
    tokens = vocabulary(encoding)
    file = b"".join(b"%s %d\n" % (base64.b64encode(one), rank) for rank, one in enumerate(tokens))
    assert [hashlib.sha256(file).hexdigest()] == [one["expected_hash"] for one in asked]


def test_sqlglots_tokens_know_their_place_in_the_text() -> None:
    tokens = sqlglot.tokenize("SELECT a\nFROM b", read="mysql")
    assert all(isinstance(token, Token) for token in tokens)
    assert [token.token_type for token in tokens] == [
        TokenType.SELECT,
        TokenType.VAR,
        TokenType.FROM,
        TokenType.VAR,
    ]
    assert [(token.text, token.start, token.end, token.line) for token in tokens] == [
        ("SELECT", 0, 5, 1),
        ("a", 7, 7, 1),
        ("FROM", 9, 12, 2),
        ("b", 14, 14, 2),
    ]


@pytest.mark.parametrize("dialect", list(Dialect))
def test_sqlglot_reads_the_deepest_brackets_within_the_stack_that_is_left(dialect: Dialect) -> None:
    sql = "SELECT " + "(" * DEEPEST + "1" + ")" * DEEPEST
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 850)  # of 1,000; callers use the others
    try:
        assert sqlglot.parse_one(sql, read=dialect.value) is not None
    finally:
        sys.setrecursionlimit(limit)


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("SELECT a, count(*) FROM t", "must appear in the GROUP BY clause"),
        ("SELECT a FROM t WHERE count(*) > 1", "cannot contain aggregates"),
        ("SELECT a FROM t WHERE row_number() OVER () > 1", "cannot contain window functions"),
        ("SELECT sum(count(*)) FROM t", "cannot be nested"),
        ("SELECT a FROM t UNION SELECT a, a FROM t", "same number of result columns"),
    ],
)
def test_duckdb_says_what_an_objection_is_known_by(sql: str, says: str) -> None:
    connection = duckdb.connect(":memory:")
    connection.execute("CREATE TABLE t (a INTEGER)")
    with pytest.raises(duckdb.BinderException, match=says):
        connection.execute(f"EXPLAIN {sql}")
    connection.close()
