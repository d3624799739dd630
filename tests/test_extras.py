"""A bot without extras works, and says once what it did not do and which extra it takes."""

import json
import os
import re
import subprocess
import sys
import tomllib
from functools import partial
from pathlib import Path

import pytest

from tests.datasets.files import chats, write
from tests.sql.cases import CORPUS
from tests.text2sql.shapes import MARKET
from tunesmith.bot.ddl import parse_file, summarise
from tunesmith.bot.extras import Extra, is_installed
from tunesmith.bot.messages import text_for
from tunesmith.handlers.schema.blocks import Button, schema_blocks

_ROOT = Path(__file__).parents[1]
_SHOP = str(CORPUS / "mysql_shop.ddl")
_GROUPED_WRONG = "SELECT login_name, COUNT(*) FROM sc_user"
_LIBRARIES = ("asyncmy", "asyncpg", "duckdb", "fastokens", "openpyxl", "pyarrow")


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A folder that hides the libraries of all extras from every Python that has it in its path."""
    folder = tmp_path / "bare"
    folder.mkdir()
    hidden = dict.fromkeys(_LIBRARIES)
    (folder / "sitecustomize.py").write_text(f"import sys\nsys.modules.update({hidden})\n")
    return folder


def _run(bare: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("TUNESMITH_", "LC_"))}
    return subprocess.run(
        [sys.executable, "-m", "tunesmith.bot", *arguments],
        capture_output=True,
        text=True,
        cwd=bare,
        env=inherited | {"PYTHONPATH": f"{bare}:{_ROOT}", "LANG": "C.UTF-8"} | settings,
        check=False,
    )


def test_the_extras_are_those_of_the_package_and_of_the_readme() -> None:
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = dict(project["optional-dependencies"])
    # The trainer's, and gigabytes: the bot does not know it, and `all` is without it.
    lora = extras.pop("lora")
    assert extras.pop("all") == [f"tunesmith[{','.join(extras)}]"]
    assert set(extras) == set(Extra)
    assert {re.split(r"[<>=]", one)[0] for one in lora} == {"peft", "torch", "transformers"}
    readme = (_ROOT / "README.md").read_text("utf-8").partition("## Extras")[2]
    assert re.findall(r"^\| `([a-z-]+)` \|", readme.partition("\n## ")[0], re.MULTILINE) == [
        "lora",
        *extras,
    ]
    assert all(is_installed(extra) for extra in Extra)
    wanted = {re.split(r"[<>=]", one)[0] for extra in extras.values() for one in extra}
    assert wanted == set(_LIBRARIES)


def test_without_duckdb_sql_is_checked_and_the_missing_opinion_is_named_once(bare: Path) -> None:
    rows = bare / "rows.jsonl"
    rows.write_text((json.dumps({"sql": _GROUPED_WRONG}) + "\n") * 3)
    found = _run(bare, "check-sql", _SHOP, "--jsonl", str(rows))
    assert found.returncode == 0
    assert found.stdout.count("✓") == 3
    assert found.stderr == (
        "Not checked: grouping and aggregates, for which DuckDB is asked."
        " Install the extra tunesmith[sql] for that.\n"
    )


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [("LC_ALL", "ko_KR.UTF-8", "설치하세요"), ("LC_MESSAGES", "zh_CN.UTF-8", "请安装")],
)
def test_it_is_named_in_the_users_language(bare: Path, setting: str, value: str, says: str) -> None:
    found = _run(bare, "check-sql", _SHOP, "--sql", _GROUPED_WRONG, **{setting: value})
    assert "tunesmith[sql]" in found.stderr
    assert says in found.stderr


def test_with_duckdb_nothing_is_named(tmp_path: Path) -> None:
    found = _run(tmp_path, "check-sql", _SHOP, "--sql", _GROUPED_WRONG)
    assert "GROUP BY" in found.stdout
    assert found.stderr == ""


def test_the_card_of_a_schema_names_the_missing_opinion() -> None:
    button = Button(name="shop", sha256="0" * 64, thread="1.0")
    card = partial(schema_blocks, text_for("en"), "shop", summarise(parse_file(MARKET)), button)
    missing = [
        block for block in card(second_opinion=False) if block not in card(second_opinion=True)
    ]
    assert "tunesmith[sql]" in json.dumps(missing)
    assert len(missing) == 1


def test_a_training_set_is_the_same_without_any_extra(bare: Path, tmp_path: Path) -> None:
    command = ["schema", _SHOP, "--languages", "en", "--dataset"]
    one, other = tmp_path / "with", tmp_path / "without"
    assert _run(tmp_path, *command, str(one)).returncode == 0
    assert _run(bare, *command, str(other)).returncode == 0
    for name in ("train.jsonl", "valid.jsonl"):
        assert (one / name).read_bytes() == (other / name).read_bytes()


def test_tokens_of_an_open_model_are_left_out_with_a_note(bare: Path) -> None:
    (bare / "tokenizer.json").write_text("{}")
    (bare / "own.toml").write_text(
        "[providers.mine]\n"
        'title = "Mine"\nsource = "us"\nas_of = 2026-11-21\npoll_seconds = 5\n'
        'min_examples = 1\nmax_file_bytes = 9000000\nmax_epochs = 9\ndefault_epochs = "openai"\n'
        "[[providers.mine.models]]\n"
        'name = "open-1b"\nmethods = ["supervised"]\nencoding = "own"\n'
        f'tokenizer_file = "{bare / "tokenizer.json"}"\n'
    )
    file = write(bare / "train.jsonl", chats())
    catalogue = str(bare / "own.toml")
    found = _run(
        bare,
        *("inspect", str(file), "--provider", "mine", "--output-format", "json"),
        TUNESMITH_CATALOGUE=catalogue,
    )
    assert found.stderr == ""
    assert found.returncode == 0
    report = json.loads(found.stdout)
    notes = [one for one in report["findings"] if one["code"] == "tokens_need_extra"]
    assert [("open-1b" in one["message"], one["severity"]) for one in notes] == [(True, "note")]
    assert "tunesmith[open-models]" in notes[0]["hint"]
    assert "open-1b" not in {cost["model"] for cost in report["costs"]}


@pytest.mark.parametrize("name", ["train.xlsx", "train.parquet"])
def test_a_table_that_needs_an_extra_is_refused_in_one_line(bare: Path, name: str) -> None:
    head = b"PK\x03\x04" if name.endswith("xlsx") else b"PAR1"
    (bare / name).write_bytes(head + bytes(60))
    found = _run(bare, "inspect", name)
    assert found.returncode == 2
    assert "tunesmith[tables]" in found.stderr
    assert found.stderr.count("\n") == 1


def test_postgres_without_its_driver_is_a_setting_that_is_wrong(bare: Path) -> None:
    url = "postgresql+asyncpg://nobody@localhost:1/none"
    found = _run(bare, "migrate", TUNESMITH_DATABASE_URL=url)
    assert found.returncode == 2
    assert found.stderr == (
        "tunesmith: PostgreSQL's driver is not installed. Install the extra tunesmith[postgres].\n"
    )


def test_doctor_names_every_extra_that_is_missing(bare: Path) -> None:
    settings = {"TUNESMITH_DATA_DIR": str(bare), "TUNESMITH_SLACK__API_URL": "http://localhost:1/"}
    found = _run(bare, "doctor", **settings)
    for extra in Extra:
        assert f"tunesmith[{extra}]" in found.stdout, found.stderr
