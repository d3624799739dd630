"""docs/schema.md says what the training set is."""

import re

from tests.text2sql.shapes import ROOT, market
from tunesmith.bot.text2sql import Coverage, build_training_set
from tunesmith.bot.text2sql.intents import INTENTS
from tunesmith.bot.text2sql.pairs import FACTS

DOCUMENT = (ROOT / "docs" / "schema.md").read_text("utf-8")


def _first_cells(heading: str) -> set[str]:
    section = DOCUMENT.partition(f"### {heading}\n")[2].partition("\n#")[0]
    rows = re.findall(r"^\| (`.+?`) \|", section, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def test_every_intent_is_documented_and_no_other() -> None:
    assert _first_cells("What is asked") == {*INTENTS, *FACTS, "missing"}


def test_every_key_of_the_card_is_documented_and_no_other() -> None:
    assert _first_cells("JSON of the card") == set(Coverage.model_fields)


def test_the_documents_figures_are_the_examples() -> None:
    card = build_training_set(market(), languages=["zh"]).coverage()
    assert f"{card.pairs:,} pairs: {card.train:,} in train.jsonl, {card.valid:,} in" in DOCUMENT
    assert f"With the schema in the prompt: {card.with_schema}." in DOCUMENT
    assert f"{card.relations_asked} of {card.relations} relations" in DOCUMENT
    assert f"{card.code_values_asked} of {card.code_values} code values" in DOCUMENT
