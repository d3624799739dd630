"""The cards of a DDL file and its training set, in the reader's language."""

import json
import re
from functools import partial
from pathlib import Path

import pytest

from tunesmith.bot.ddl import parse_file
from tunesmith.bot.ddl.picture import Drawn
from tunesmith.bot.ddl.picture.title import picture_title
from tunesmith.bot.messages import text_for
from tunesmith.bot.text2sql import build_training_set
from tunesmith.handlers.schema.blocks import coverage_blocks

_MARKET = Path(__file__).parents[2] / "docs" / "examples" / "market.sql"
_ENGLISH = re.compile(r"\b(?:[a-z]{4,} ){2,}")


@pytest.mark.parametrize("language", ["ko", "zh"])
def test_the_coverage_card_says_nothing_in_english_to_who_reads_another_language(
    language: str,
) -> None:
    card = build_training_set(parse_file(_MARKET), languages=["en"], max_pairs=900).coverage()
    card.rejected |= {"checker": 2, "returns_nothing": 1}
    said = json.dumps(coverage_blocks(text_for(language), card), ensure_ascii=False)
    assert _ENGLISH.findall(said) == []
    assert "DDL" in said


def test_the_pictures_title_counts_in_the_readers_language() -> None:
    title = partial(picture_title, "zh-CN")
    assert title(Drawn(11, 11, 15, 1)) == "11 张表 · 声明的关联 15 条，按名称推断 1 条（虚线）"
    assert title(Drawn(30, 76, 0, 0)) == "76 张表中关联最多的 30 张 · 声明的关联 0 条"
