"""`tunesmith schema FILE --dataset DIR` writes the set and prints what it covers."""

import json
from pathlib import Path

import typer
from typer.testing import CliRunner

from tests.text2sql.shapes import shop_ddl
from tunesmith.bot.cli.schema import schema
from tunesmith.bot.ddl.dialects import Dialect
from tunesmith.bot.errors import SchemaError

APP = typer.Typer()
APP.command()(schema)


def _file(folder: Path) -> Path:
    path = folder / "shop.sql"
    path.write_text(shop_ddl(Dialect.POSTGRES))
    return path


def test_the_command_writes_both_files_and_prints_the_card(tmp_path: Path) -> None:
    options = ["--dataset", str(tmp_path / "set"), "--languages", "en, ko", "--seed", "3"]
    done = CliRunner().invoke(APP, [str(_file(tmp_path)), *options])
    assert done.exit_code == 0, done.output
    assert "Asked at least three times: 15 of 15 columns." in done.output
    for name in ("train.jsonl", "valid.jsonl"):
        rows = (tmp_path / "set" / name).read_text("utf-8").splitlines()
        assert f"{len(rows)} in {name}" in done.output
        assert all(json.loads(row)["messages"][2]["role"] == "assistant" for row in rows)


def test_the_card_as_json_names_every_figure(tmp_path: Path) -> None:
    options = ["--dataset", str(tmp_path / "set"), "--languages", "en", "--json"]
    done = CliRunner().invoke(APP, [str(_file(tmp_path)), *options])
    card = json.loads(done.stdout)
    assert (card["contradictions"], card["leakage"], card["columns_short"]) == (0, 0, [])
    assert card["pairs"] == card["train"] + card["valid"]


def test_a_language_that_is_not_spoken_is_named(tmp_path: Path) -> None:
    options = ["--dataset", str(tmp_path / "set"), "--languages", "en,xx"]
    done = CliRunner().invoke(APP, [str(_file(tmp_path)), *options])
    assert isinstance(done.exception, SchemaError)
    assert "xx" in str(done.exception)
    assert not (tmp_path / "set").exists()
