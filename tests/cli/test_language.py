"""The command line speaks its user's language to people, and one language to programs."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tunesmith.bot.cli import app
from tunesmith.bot.cli.language import user_locale
from tunesmith.bot.messages import LANGUAGES

_EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
_BROKEN, _MARKET = str(_EXAMPLES / "broken.jsonl"), str(_EXAMPLES / "market.sql")
_SCRIPTS = {"en": "[A-Za-z]", "ko": "[가-힣]", "zh": "[\u4e00-\u9fff]"}


_COMMANDS = ("run", "demo", "inspect", "split", "schema", "check-sql", "doctor")
# Help is written as the command line is imported, so each language takes a process; one is enough.
_HELP = """
import json, sys
from typer.testing import CliRunner
from tunesmith.bot.cli import app

def help_of(*command):
    return CliRunner().invoke(app, [*command, "--help"], prog_name="tunesmith").stdout

print(json.dumps([help_of(), *map(help_of, sys.argv[1:])]))
"""


def _run(locale: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return _python(locale, "-m", "tunesmith.bot", *arguments)


def _python(locale: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        env=os.environ | {"LC_ALL": f"{locale}.UTF-8", "COLUMNS": "200"},
        check=False,
    )


@pytest.mark.parametrize(
    ("environment", "found"),
    [
        ({}, ""),
        ({"LANG": "ko_KR.UTF-8"}, "ko_KR"),
        ({"LANG": "ko_KR.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh_CN"),
        ({"LANG": "ko_KR", "LC_MESSAGES": "zh_CN", "LC_ALL": "en_GB.UTF-8"}, "en_GB"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": ""}, "ko_KR"),
        ({"LANG": "de_DE@euro"}, "de_DE"),
        ({"LC_ALL": "C.UTF-8", "LANG": "ko_KR.UTF-8"}, "C"),
    ],
)
def test_the_locale_is_the_first_of_the_variables_that_is_set(
    environment: dict[str, str], found: str
) -> None:
    assert user_locale(environment) == found


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_is_in_the_users_language(language: str) -> None:
    found = _python(LANGUAGES[language], "-c", _HELP, *_COMMANDS)
    said = dict(zip(["", *_COMMANDS], json.loads(found.stdout), strict=True))
    for command, help_text in said.items():
        assert f"tunesmith {command}" in help_text
        assert re.search(_SCRIPTS[language], help_text), command
        assert "cli." not in help_text


@pytest.mark.parametrize("language", LANGUAGES)
def test_reports_are_in_the_users_language(language: str) -> None:
    for arguments in (
        ["inspect", _BROKEN],
        ["inspect", _BROKEN, "--output-format", "grouped"],
        ["inspect", "explain", "secret"],
        ["schema", _MARKET],
        ["check-sql", _MARKET, "--sql", "SELECT nickname FROM hf_customer"],
    ):
        runner = CliRunner(env={"LC_ALL": f"{LANGUAGES[language]}.UTF-8"})
        said = runner.invoke(app, arguments).stdout
        assert re.search(_SCRIPTS[language], said.replace("_", ""))
        assert not re.search(r"\b(cli|finding|sql|ddl)\.[a-z]", said)


@pytest.mark.parametrize("locale", ["ko_KR", "zh_CN", "de_DE", "C"])
def test_an_error_is_one_line_in_the_users_language(locale: str) -> None:
    found = _run(locale, "schema", "/nowhere.sql")
    assert found.returncode == 2
    assert re.fullmatch(r"tunesmith: [^\n]*nowhere\.sql[^\n]*\n", found.stderr)
    assert ("cannot be read" in found.stderr) == (locale in ("de_DE", "C"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["inspect", _BROKEN, "--output-format", "json"],
        ["schema", _MARKET, "--json"],
        ["check-sql", _MARKET, "--json", "--sql", "SELECT nickname FROM hf_customer"],
    ],
)
def test_json_does_not_depend_on_the_users_language(arguments: list[str]) -> None:
    assert _run("ko_KR", *arguments).stdout == _run("en_US", *arguments).stdout
