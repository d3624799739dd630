"""The README tells what there is, and nothing else."""

import re
from pathlib import Path

from pydantic import BaseModel
from typer.main import get_group as click_group

from tunesmith.bot.cli import app
from tunesmith.bot.settings import PermissionSettings, ProviderSettings, Settings, SlackSettings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _names(model: type[BaseModel], prefix: str) -> set[str]:
    return {prefix + name.upper() for name in model.model_fields}


def test_every_setting_is_in_the_readme_and_no_other() -> None:
    nested = {"SLACK", "PROVIDERS", "PERMISSIONS", "OPENAI_API_KEY"}
    settings = _names(Settings, "TUNESMITH_") - {f"TUNESMITH_{name}" for name in nested}
    settings |= _names(SlackSettings, "TUNESMITH_SLACK__")
    settings |= _names(PermissionSettings, "TUNESMITH_PERMISSIONS__")
    settings |= _names(ProviderSettings, "TUNESMITH_PROVIDERS__NAME__")
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))
    assert documented == settings | {"OPENAI_API_KEY"}


def test_every_command_is_in_the_readme_and_no_other() -> None:
    commands = {command.name for command in click_group(app).commands.values()}
    assert commands == set(re.findall(r"^\| `tunesmith ([a-z-]+)", README, re.MULTILINE))


def test_every_link_of_the_docs_leads_somewhere() -> None:
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_test_that_the_security_page_names_exists() -> None:
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", page))
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert named
    assert named <= set(re.findall(r"def (test_\w+)\(", code))
