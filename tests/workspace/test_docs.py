"""docs/local-workspace.md says what is there, and all of it."""

import re
from pathlib import Path

import typer
from typer.testing import CliRunner

from tunesmith.local.workspace.__main__ import main
from tunesmith.local.workspace.control.routes import routes
from tunesmith.local.workspace.methods.table import METHODS
from tunesmith.local.workspace.settings import Settings
from tunesmith.local.workspace.workspace import Workspace

DOCUMENT = (Path(__file__).parents[2] / "docs/local-workspace.md").read_text(encoding="utf-8")


def test_every_control_call_is_documented_and_every_documented_one_exists():
    documented = set(re.findall(r"^\| `(GET|POST|DELETE) (/control/[^\s`?\[]+)", DOCUMENT, re.M))
    ws = Workspace(Settings())
    existing = {(route.method, route.path) for route in routes(ws)}
    ws.close()
    assert documented == existing


def test_every_web_api_method_is_documented_and_every_documented_one_exists():
    paragraph = re.search(r"- \*\*Web API\*\*: (.*?)\. Anything else", DOCUMENT, re.S)
    assert paragraph is not None
    documented: set[str] = set()
    family = ""
    for name in re.findall(r"`([a-zA-Z.]+)`", paragraph[1]):
        family = family if name.startswith(".") else name.rpartition(".")[0]
        documented.add(family + name if name.startswith(".") else name)
    assert documented == set(METHODS)


def test_every_option_is_documented():
    app = typer.Typer(add_completion=False)
    app.command()(main)
    shown = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200", "NO_COLOR": "1"})
    options = set(re.findall(r"(--[a-z-]+)", shown.output)) - {"--help"}
    assert options
    documented = set(re.findall(r"^\| `(--[a-z-]+)", DOCUMENT, re.M))
    assert documented == options
