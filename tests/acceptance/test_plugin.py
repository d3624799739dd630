"""The plug-in: the documented example, run as it stands."""

import re
from pathlib import Path

import pytest

from tests.support.slice import report_of, small_file
from tests.support.world import ROOT, open_world

pytestmark = pytest.mark.acceptance


async def test_the_documented_example_runs_beside_a_teams_own_listeners(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "plugin.md").read_text(encoding="utf-8")
    [code] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    script = tmp_path / "app.py"
    script.write_text(code, encoding="utf-8")
    whole = (ROOT / "manifest.yml").read_text(encoding="utf-8")
    manifest = tmp_path / "manifest.yml"
    hello = "slash_commands:\n    - command: /hello\n      description: Says hello\n"
    manifest.write_text(whole.replace("slash_commands:\n", hello), encoding="utf-8")
    async with open_world(tmp_path, bot=False, manifest=manifest) as world:
        await world.start_bot([str(script)])
        body = {"user": "U0ALICE", "channel": "C0TUNING", "text": "/hello"}
        async with world.session.post(f"{world.url}/control/commands", json=body) as response:
            assert "Hello!" in await response.text()
        alice = world.person()
        thread = await alice.attach([small_file(tmp_path)], "")
        assert "is ready to train" in (await report_of(alice, thread))["text"]
