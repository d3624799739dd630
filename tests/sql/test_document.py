"""docs/schema.md says what check-sql does."""

import re
from pathlib import Path

from tunesmith.bot.ddl import Dialect, Schema
from tunesmith.bot.ddl.parse import parse_ddl
from tunesmith.bot.sql import Check, Verdict, check_sql
from tunesmith.bot.sql.check import Check as Checked
from tunesmith.bot.sql.parsing import DEEPEST, LONGEST

_DOCS = Path(__file__).parents[2] / "docs"
_ANY = Schema(dialect=Dialect.MYSQL, confidence=1)
_TEXT = (_DOCS / "schema.md").read_text("utf-8").partition("## `tunesmith check-sql")[2]


def test_every_verdict_and_every_key_is_described() -> None:
    described = set(re.findall(r"`(\w+)`", "".join(re.findall(r"(?m)^\|([^|]*)\|", _TEXT))))
    assert {verdict.value for verdict in Verdict} <= described
    printed = set(check_sql("SELECT 1", _ANY).model_dump())
    assert printed - {"sql"} <= described
    assert Checked is Check


def test_the_example_is_what_the_command_says() -> None:
    schema = parse_ddl((_DOCS / "examples" / "market.sql").read_bytes())
    shown = re.search(r'--sql "(.*)"\n✗ (.*)\n', _TEXT)
    assert shown is not None
    check = check_sql(shown[1], schema)
    assert shown[2] == f"{check.verdict}: {check.message}"


def test_the_limits_are_the_code_s() -> None:
    text = " ".join(_TEXT.split())
    assert f"More than {LONGEST:,} characters or {DEEPEST} levels of brackets" in text
