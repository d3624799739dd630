"""The set of the market example: what it covers, what it says, and that it can be trusted."""

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from tests.text2sql.shapes import MARKET, market, market_set, schema_of, shop
from tunesmith.bot.ddl import parse_ddl
from tunesmith.bot.ddl.dialects import Dialect
from tunesmith.bot.errors import SchemaError
from tunesmith.bot.messages import text_for
from tunesmith.bot.sql import Verdict, check_answer, check_sql
from tunesmith.bot.text2sql import build_training_set, system_prompt, write_training_set
from tunesmith.bot.text2sql.intents import INTENTS


def _rows(path: Path) -> list[list[dict[str, str]]]:
    return [json.loads(line)["messages"] for line in path.read_text("utf-8").splitlines()]


def test_every_column_relation_and_code_value_is_trained() -> None:
    card = market_set().coverage()
    assert card.columns_short == []
    assert (card.tables_asked, card.columns_asked) == (card.tables, card.columns) == (11, 137)
    assert card.relations_asked == card.relations
    assert card.code_values_asked == card.code_values > 50


def test_no_question_has_two_answers_and_nothing_leaks() -> None:
    built = market_set()
    card = built.coverage()
    assert (card.contradictions, card.leakage) == (0, 0)
    answers: dict[str, set[str]] = defaultdict(set)
    for pair in built.train + built.valid:
        answers["".join(pair.content.casefold().split())].add(pair.answer)
    assert all(len(found) == 1 for found in answers.values())


def test_no_query_is_both_trained_and_validated_whatever_its_values() -> None:
    built = market_set()

    def shapes(side: str) -> set[str]:
        found: set[str] = set()
        for answer in {pair.answer for pair in getattr(built, side) if pair.is_sql}:
            tree = sqlglot.parse_one(answer, read="mysql")
            for value in list(tree.find_all(exp.Literal)):
                value.replace(exp.Placeholder())
            found.add(tree.sql())
        return found

    valid = shapes("valid")
    assert len(valid) > 20
    assert not shapes("train") & valid


def test_about_a_tenth_is_held_out_over_most_intents() -> None:
    built = market_set()
    share = len(built.valid) / (len(built.train) + len(built.valid))
    assert 0.08 <= share <= 0.11
    assert len({pair.intent for pair in built.valid}) >= 12


def test_every_intent_is_asked_in_every_language() -> None:
    card = market_set().coverage()
    for intent in INTENTS:
        assert set(card.intents[intent]) == {"en", "zh", "ko"}


def test_every_query_is_asked_in_at_least_three_ways_a_language() -> None:
    built = market_set()
    ways: dict[tuple[str, str], set[str]] = defaultdict(set)
    for pair in built.train + built.valid:
        if pair.is_sql and pair.schema is None:
            ways[pair.answer, pair.language].add(pair.question)
    assert min(len(found) for found in ways.values()) >= 3


def test_every_query_is_valid_against_the_whole_schema() -> None:
    built = market_set()
    answers = {pair.answer for pair in built.train + built.valid if pair.is_sql}
    assert len(answers) > 500
    for answer in sorted(answers)[::7]:
        check = check_sql(answer, market())
        assert (check.verdict, check.warnings) == (Verdict.VALID, []), answer


def test_the_seeds_question_is_asked_and_answered_with_the_real_table() -> None:
    pairs = market_set().train
    pair = next(one for one in pairs if one.question == "sc_org（组织结构表）的建表语句是？")
    check = check_answer(pair.answer, market())
    assert check.verdict is Verdict.VALID
    assert check.comparison is not None
    assert (check.comparison.missing, check.comparison.invented) == ([], [])
    assert check.comparison.changed == []
    again = parse_ddl(pair.answer, dialect=Dialect.MYSQL).tables[0]
    real = next(table for table in market().tables if table.name == "sc_org")
    assert [(one.name, one.type, one.comment) for one in again.columns] == [
        (one.name, one.type, one.comment) for one in real.columns
    ]
    assert (again.comment, again.primary_key) == ("组织结构表", ["org_id"])


def test_refunds_that_succeeded_are_summed_by_their_code() -> None:
    pairs = market_set().train + market_set().valid
    summed = {
        pair.answer for pair in pairs if pair.intent == "sum" and "hf_order_refund" in pair.tables
    }
    assert "SELECT SUM(refund_amount) FROM hf_order_refund;" in summed
    assert any("WHERE refund_status = " in answer for answer in summed)


def test_one_in_fourteen_asks_for_a_column_that_is_not_there() -> None:
    built = market_set()
    assert 0.05 <= built.coverage().negatives_share <= 0.10
    tables = {table.name: {one.name for one in table.columns} for table in market().tables}
    missing = [pair for pair in built.train if pair.intent == "missing" and pair.language == "en"]
    for pair in missing:
        (fake,), (table,) = pair.values, pair.tables
        real = pair.answer.rpartition(" is ")[2].rstrip(".")
        assert fake in pair.question
        assert fake not in tables[table]
        assert real in tables[table]


def test_some_prompts_carry_the_schema_and_each_variant_has_one_system_prompt(
    tmp_path: Path,
) -> None:
    market_set().write(tmp_path)
    found: dict[str, set[bool]] = defaultdict(set)
    for row in _rows(tmp_path / "train.jsonl") + _rows(tmp_path / "valid.jsonl"):
        assert [message["role"] for message in row] == ["system", "user", "assistant"]
        assert all(message["content"].strip() for message in row)
        found[row[0]["content"]].add(
            "CREATE TABLE " in row[1]["content"] and "\n\n" in row[1]["content"]
        )
    assert found == {
        system_prompt(Dialect.MYSQL): {False},
        system_prompt(Dialect.MYSQL, with_schema=True): {True},
    }


def test_a_prompt_with_schema_holds_every_table_of_the_answer() -> None:
    for pair in market_set().train:
        for table in pair.tables if pair.schema else ():
            assert f"CREATE TABLE {table} (" in str(pair.schema)


_TWICE = """
import sys
from pathlib import Path
from tunesmith.bot.ddl import parse_ddl
from tunesmith.bot.text2sql import write_training_set
schema = parse_ddl(Path(sys.argv[1]).read_bytes())
card = write_training_set(schema, Path(sys.argv[2]), languages=["zh", "en"], seed=7, max_pairs=900)
print(card.model_dump_json())
"""


def test_the_same_seed_gives_the_same_bytes_in_any_process(tmp_path: Path) -> None:
    outputs: list[bytes] = []
    for hash_seed in ("1", "2"):
        folder = tmp_path / hash_seed
        run = subprocess.run(
            [sys.executable, "-c", _TWICE, str(MARKET), str(folder)],
            env={"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(MARKET.parents[2])},
            capture_output=True,
            check=True,
        )
        files = [(folder / name).read_bytes() for name in ("train.jsonl", "valid.jsonl")]
        outputs.append(b"".join([run.stdout, *files]))
    assert outputs[0] == outputs[1]
    assert len(outputs[0]) > 100_000


def test_another_seed_gives_another_set() -> None:
    schema = shop(Dialect.MYSQL)
    first, second = (build_training_set(schema, languages=["en"], seed=seed) for seed in (1, 2))
    assert [pair.answer for pair in first.train] != [pair.answer for pair in second.train]


@pytest.mark.parametrize("most", [400, 900])
def test_a_small_set_still_covers_every_column(most: int) -> None:
    built = build_training_set(market(), languages=["zh"], max_pairs=most)
    card = built.coverage()
    assert most * 0.97 <= card.pairs <= most
    assert card.columns_short == []
    assert (card.contradictions, card.leakage) == (0, 0)
    assert 0.05 <= card.negatives_share <= 0.10
    asked = {pair.question for pair in built.train}
    for name in ("sc_org（组织结构表）", "hf_order_master（订单主表）", "sc_shop（店铺表）"):
        assert f"{name}的建表语句是？" in asked


def test_a_set_too_small_for_the_schema_names_the_columns_it_lacks() -> None:
    card = build_training_set(market(), languages=["en"], max_pairs=40).coverage()
    assert card.pairs <= 40
    assert card.columns_asked + len(card.columns_short) == 137
    assert card.columns_short
    assert card.columns_short[0] in text_for("en")(card.trust)


def test_progress_is_told_up_to_the_end() -> None:
    told: list[tuple[int, int]] = []
    build_training_set(
        shop(Dialect.MYSQL), languages=["en"], progress=lambda done, of: told.append((done, of))
    )
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1] > 50


def test_a_language_that_is_not_spoken_is_refused() -> None:
    with pytest.raises(SchemaError, match="fr"):
        build_training_set(market(), languages=["en", "fr"])


def test_a_schema_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="No table"):
        write_training_set(schema_of(), tmp_path)
