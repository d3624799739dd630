"""Views of public dumps are true statements about their own schema: none may be flagged."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tunesmith.bot.ddl.model import Schema
from tunesmith.bot.ddl.parse import parse_ddl
from tunesmith.bot.ddl.parse.encoding import decode
from tunesmith.bot.ddl.parse.splitter import split
from tunesmith.bot.sql import Verdict, check_sql

_DUMPS = Path(os.environ.get("TUNESMITH_DDL_DUMPS", "../shared/data/ddl"))
_FILES = sorted(_DUMPS.glob("*.sql"))
_PIECE = re.compile(r"(?i)(?=\bcreate (?:view|table) )")
_VIEW = re.compile(
    r"(?is)\s*create\s+(?:or\s+replace\s+)?(?:[^;(]{0,120}?\s)?view\s+[^\s(]+\s*"
    r"(?:\([^)]*\))?.{0,200}?\bas\b\s*(?P<query>.*)"
)
_OPTIONS = re.compile(r"(?i)\s+with\s+(no\s+data|read\s+only|check\s+option)\s*$")
# Functions that those dumps define themselves; what they do cannot be known.
_OWN_FUNCTIONS = ("crosstab", "public.group_concat")

pytestmark = pytest.mark.skipif(not _FILES, reason="no public dumps here")


def _views(path: Path) -> Iterator[tuple[str, Schema]]:
    data = path.read_bytes()
    schema = parse_ddl(data)
    text = decode(data)[0].replace("\r\n", "\n")
    for statement in split(text, schema.dialect.profile):
        for piece in _PIECE.split(text[statement.start : statement.end]):
            view = _VIEW.match(piece)
            if view:
                yield _OPTIONS.sub("", view["query"].strip().rstrip(";/").strip()), schema


def test_no_view_of_a_public_dump_is_flagged() -> None:
    views = [view for path in _FILES for view in _views(path)]
    assert len(views) >= 120
    for query, schema in views:
        check = check_sql(query, schema, second_opinion=False)
        if check.verdict is Verdict.UNSAFE:
            assert any(f"calls {name}," in check.message for name in _OWN_FUNCTIONS), check.message
            assert not check.unknown_columns + check.unknown_tables
        else:
            assert check.verdict is Verdict.VALID, (query, check.message)
