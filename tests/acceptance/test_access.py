"""What the app may see, and files that it may not."""

from pathlib import Path

import pytest

from tests.support.slice import report_of, small_file
from tests.support.world import ROOT, open_world, words

pytestmark = pytest.mark.acceptance


async def test_without_the_scope_for_files_the_thread_says_which_scope_is_missing(
    tmp_path: Path,
) -> None:
    manifest = tmp_path / "manifest.yml"
    whole = (ROOT / "manifest.yml").read_text(encoding="utf-8")
    manifest.write_text(whole.replace("      - files:read\n", ""), encoding="utf-8")
    async with open_world(tmp_path, manifest=manifest) as world:
        alice = world.person()
        thread = await alice.attach([small_file(tmp_path)], "")
        assert "files:read" in words(await report_of(alice, thread))
