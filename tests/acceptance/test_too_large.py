"""A file over the limit is refused before it is fetched whole."""

from pathlib import Path

import pytest

from tests.support.slice import report_of, small_file
from tests.support.world import World, open_world, words

pytestmark = pytest.mark.acceptance

_SMALL_LIMIT = "".join(
    f"[providers.{name}]\nmax_file_bytes = 2000\n"
    for name in ("openai", "azure", "nebius", "crusoe", "together", "local")
)


async def test_a_file_over_the_limit_is_refused_with_both_sizes(tmp_path: Path) -> None:
    catalogue = tmp_path / "catalogue.toml"
    catalogue.write_text(_SMALL_LIMIT)
    async with open_world(tmp_path, bot=False) as world:
        world.bot_settings["TUNESMITH_CATALOGUE"] = str(catalogue)
        await world.start_bot()
        told = await _said(world, small_file(tmp_path, examples=60))
    assert "the limit is 2 kB" in told
    assert "Split it" in told


async def _said(world: World, path: Path) -> str:
    alice = world.person()
    return words(await report_of(alice, await alice.attach([path], "")))
