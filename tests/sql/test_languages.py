"""What is said about an answer is said in the reader's language."""

import re

import pytest

from tests.sql.cases import cases, schema
from tunesmith.bot.messages import text_for
from tunesmith.bot.sql import Verdict, check_sql

_LETTERS = {"zh": r"[\u4e00-\u9fff]", "ko": r"[\uac00-\ud7af]"}


@pytest.mark.parametrize("language", ["ko", "zh"])
def test_every_statement_of_the_corpus_is_judged_in_the_language(language: str) -> None:
    told = 0
    for case in cases():
        check = check_sql(case.sql, schema(case.schema))
        said = text_for(language)(check.told)
        assert re.search(_LETTERS[language], said), (case.sql, said)
        told += check.verdict is not Verdict.VALID
    assert told > 50


def test_an_invented_column_is_named_in_chinese_and_korean() -> None:
    check = check_sql("SELECT o.create_time FROM sc_order o", schema("mysql_shop"))
    assert (
        text_for("zh")(check.told) == "sc_order 中没有字段 `create_time`，最接近的是 `created_at`。"
    )
    assert text_for("ko")(check.told) == (
        "sc_order에 `create_time` 컬럼이 없습니다. 가장 비슷한 이름은 `created_at`입니다."
    )


def test_a_made_up_table_is_compared_in_chinese() -> None:
    check = check_sql("CREATE TABLE sc_level (id int NOT NULL, points int)", schema("mysql_shop"))
    said = text_for("zh")(check.told)
    assert said.startswith("与表结构中的 `sc_level` 相比，回答编造了 `points`")
    assert said.endswith("，漏掉了 `name`, `discount`，改动了 `id`。")
