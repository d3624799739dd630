"""The check-sql command: what it prints and what it exits with."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from tests.sql.cases import CORPUS
from tunesmith.bot.__main__ import main
from tunesmith.bot.cli.check_sql import check_sql
from tunesmith.bot.errors import DatasetError, SchemaError

_SHOP = str(CORPUS / "mysql_shop.ddl")
_FIELDS = {"verdict", "unknown_tables", "unknown_columns", "ambiguous", "suggestions", "message"}


def _run(*arguments: str) -> tuple[int, list[str]]:
    app = typer.Typer()
    app.command()(check_sql)
    result = CliRunner().invoke(app, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout.splitlines()


def _rows(path: Path, rows: list[dict[str, Any]]) -> str:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    return str(path)


def test_a_valid_statement_exits_with_0() -> None:
    code, lines = _run(_SHOP, "--sql", "SELECT phone FROM sc_user")
    assert code == 0
    assert lines == ["✓ valid: Every table and column in it exists in the schema."]


def test_an_invented_column_exits_with_1_and_is_named() -> None:
    code, lines = _run(_SHOP, "--sql", "SELECT phones FROM sc_user")
    assert code == 1
    assert lines == [
        "✗ unknown_names: There is no column `phones` in sc_user; the closest is `phone`."
    ]


def test_json_is_one_object_with_the_documented_fields() -> None:
    code, lines = _run(_SHOP, "--sql", "SELECT phones FROM sc_user", "--json")
    assert code == 1
    (line,) = lines
    found = json.loads(line)
    assert set(found) >= _FIELDS
    assert found["verdict"] == "unknown_names"
    assert found["unknown_columns"] == ["phones"]
    assert found["unknown_tables"] == found["ambiguous"] == []
    assert found["suggestions"] == {"phones": ["phone"]}


def test_rows_are_read_as_sql_as_a_chat_or_as_a_completion(tmp_path: Path) -> None:
    chat = [
        {"role": "user", "content": "Which?"},
        {"role": "assistant", "content": "Use this:\n```sql\nSELECT nope FROM sc_user\n```"},
    ]
    rows = [
        {"sql": "SELECT id FROM sc_user", "completion": "SELECT nope FROM sc_user"},
        {"messages": chat, "completion": "SELECT id FROM sc_user"},
        {"prompt": "?", "completion": " 查询：SELECT id FROM sc_orders；"},
        {"messages": [*chat[:1], {"role": "assistant", "content": "There is no such column."}]},
        {"other": 1},
    ]
    code, lines = _run(_SHOP, "--jsonl", _rows(tmp_path / "x.jsonl", rows), "--json")
    assert code == 1
    found = [json.loads(line) for line in lines]
    verdicts = [row["verdict"] for row in found]
    assert verdicts == ["valid", "unknown_names", "unknown_names", "no_sql", "no_sql"]
    assert found[1]["unknown_columns"] == ["nope"]
    assert found[2]["unknown_tables"] == ["sc_orders"]


def test_human_output_names_lines_and_counts_verdicts(tmp_path: Path) -> None:
    rows = [{"sql": "SELECT id FROM sc_user"}, {"sql": "SELECT nope FROM sc_user"}]
    _, lines = _run(_SHOP, "--jsonl", _rows(tmp_path / "x.jsonl", rows))
    assert lines[0].startswith("✓ line 1: valid")
    assert lines[1].startswith("✗ line 2: unknown_names")
    assert lines[-1] == "1 valid, 1 unknown_names"


def test_the_dialect_can_be_told() -> None:
    assert _run(_SHOP, "--sql", 'SELECT id FROM sc_user WHERE phone = "1"')[0] == 0
    oracle = str(CORPUS / "oracle_hr.ddl")
    assert _run(oracle, "--dialect", "oracle", "--sql", "SELECT ROWNUM FROM employees")[0] == 0
    assert _run(oracle, "--dialect", "postgres", "--sql", "SELECT ROWNUM FROM employees")[0] == 1


def test_a_table_answer_lists_what_changed() -> None:
    code, lines = _run(_SHOP, "--sql", "CREATE TABLE sc_level (id bigint NOT NULL COMMENT '主键')")
    assert code == 0
    assert lines[1] == "  id: type is bigint, the schema says int"


def test_the_console_entry_point_knows_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments, code in (
        ([_SHOP, "--sql", "SELECT id FROM sc_user"], 0),
        ([_SHOP, "--sql", "SELECT nope FROM sc_user"], 1),
        (["nothing.sql", "--sql", "SELECT 1"], 2),
    ):
        monkeypatch.setattr("sys.argv", ["tunesmith", "check-sql", *arguments])
        with pytest.raises(SystemExit) as exited:
            main()
        assert exited.value.code == code
    assert (
        capsys.readouterr().err
        == "tunesmith: nothing.sql cannot be read: No such file or directory.\n"
    )


def test_neither_or_both_of_sql_and_jsonl_exit_with_2(tmp_path: Path) -> None:
    assert _run(_SHOP)[0] == 2
    assert _run(_SHOP, "--sql", "SELECT 1", "--jsonl", str(tmp_path / "x"))[0] == 2


def test_what_cannot_be_read_is_an_error_for_the_reader(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match=r"nothing\.sql cannot be read"):
        _run(str(tmp_path / "nothing.sql"), "--sql", "SELECT 1")
    with pytest.raises(DatasetError, match=r"nothing\.jsonl cannot be read"):
        _run(_SHOP, "--jsonl", str(tmp_path / "nothing.jsonl"))
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"sql": "SELECT 1"}\nnonsense\n')
    with pytest.raises(DatasetError, match=r"broken\.jsonl, line 2 is not JSON"):
        _run(_SHOP, "--jsonl", str(broken))
