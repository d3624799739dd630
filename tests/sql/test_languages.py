"""What is said about an answer is said in the reader's language."""

import re
import string
import tomllib
from pathlib import Path

import pytest

import tunesmith.bot.sql
from tests.sql.cases import cases, schema
from tunesmith.bot.sql import Verdict, check_sql

_TEXTS = Path(tunesmith.bot.sql.__file__).parent / "text"
_LETTERS = {"zh": r"[\u4e00-\u9fff]", "ko": r"[\uac00-\ud7af]"}


def _texts(language: str) -> dict[str, str]:
    return tomllib.loads((_TEXTS / f"{language}.toml").read_text("utf-8"))


@pytest.mark.parametrize("language", ["ko", "zh"])
def test_every_sentence_has_the_same_places_in_every_language(language: str) -> None:
    other = _texts(language)
    assert set(other) == set(_texts("en"))
    for key, text in _texts("en").items():
        places = [
            {name for _, name, _, _ in string.Formatter().parse(one) if name}
            for one in (text, other[key])
        ]
        assert places[0] == places[1], key


def test_every_sentence_is_said_somewhere() -> None:
    code = "".join(path.read_text("utf-8") for path in _TEXTS.parent.parent.rglob("*.py"))
    code += "".join(
        path.read_text("utf-8") for path in _TEXTS.parents[2].joinpath("handlers").rglob("*.py")
    )
    assert [key for key in _texts("en") if f'"{key}"' not in code] == []


@pytest.mark.parametrize("language", ["ko", "zh"])
def test_every_statement_of_the_corpus_is_judged_in_the_language(language: str) -> None:
    told = 0
    for case in cases():
        check = check_sql(case.sql, schema(case.schema))
        said = check.message_in(language)
        assert re.search(_LETTERS[language], said), (case.sql, said)
        told += check.verdict is not Verdict.VALID
    assert told > 50


def test_an_invented_column_is_named_in_chinese_and_korean() -> None:
    check = check_sql("SELECT o.create_time FROM sc_order o", schema("mysql_shop"))
    assert check.message_in("zh") == "sc_order 中没有字段 `create_time`，最接近的是 `created_at`。"
    assert check.message_in("ko") == (
        "sc_order에 컬럼 `create_time`이(가) 없습니다; 가장 가까운 것은 `created_at`입니다."
    )


def test_a_made_up_table_is_compared_in_chinese() -> None:
    check = check_sql("CREATE TABLE sc_level (id int NOT NULL, points int)", schema("mysql_shop"))
    said = check.message_in("zh")
    assert said.startswith("与表结构中的 `sc_level` 相比，回答编造了 `points`")
    assert said.endswith("，漏掉了 `name`, `discount`，改动了 `id`。")
