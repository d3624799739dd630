"""A check that takes long tells its progress in the message that becomes the report."""

from pathlib import Path

import pytest

from tests.support.slice import report_of, small_file
from tests.support.world import key, open_world, words

pytestmark = pytest.mark.acceptance

# Every check counts as long, so that the test depends on no machine's speed.
_IMPATIENT = """
from tunesmith.handlers.slack import progress
progress._QUIET_SECONDS = 0
from tunesmith.bot.cli import app
app(["run"])
"""


async def test_the_report_takes_the_place_of_the_progress_message(tmp_path: Path) -> None:
    async with open_world(tmp_path, bot=False) as world:
        await world.start_bot(("-c", _IMPATIENT))
        alice = world.person()
        thread = await alice.attach([small_file(tmp_path, "long.jsonl")], "")
        report = await report_of(alice, thread)
        assert "ready to train" in words(report)
        ours = [m for m in await alice.messages(thread) if key(m).startswith("report:")]
        assert len(ours) == 1
        posted = [str(c["args"]) for c in await world.calls("chat.postMessage")]
        assert len([said for said in posted if "Checking *long.jsonl*" in said]) == 1
        assert not [said for said in posted if "ready to train" in said], "it was edited"
