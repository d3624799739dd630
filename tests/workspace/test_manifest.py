"""Reading the app's manifest."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from tunesmith.local.workspace.manifest import EVERYTHING, load_manifest

REPOSITORY = Path(__file__).parents[2]


def test_the_projects_own_manifest_is_understood():
    manifest = load_manifest(REPOSITORY / "manifest.yml")
    assert "/tune" in {command.command for command in manifest.features.slash_commands}
    assert "chat:write" in manifest.scopes
    assert "message.channels" in manifest.events
    assert manifest.features.bot_user.display_name == "tunesmith"


def test_json_is_read_too(tmp_path: Path):
    path = tmp_path / "manifest.json"
    path.write_text('{"oauth_config": {"scopes": {"bot": ["chat:write"]}}}')
    assert load_manifest(path).scopes == ["chat:write"]


@pytest.mark.parametrize("text", ["features: 1", "[]", "features: {slash_commands: [{}]}"])
def test_what_is_no_manifest_is_refused(text: str, tmp_path: Path):
    path = tmp_path / "manifest.yml"
    path.write_text(text)
    with pytest.raises(ValidationError):
        load_manifest(path)


def test_without_a_manifest_the_app_may_do_and_hear_everything_but_has_no_commands():
    assert "files:write" in EVERYTHING.scopes
    assert "message.im" in EVERYTHING.events
    assert EVERYTHING.features.slash_commands == []
