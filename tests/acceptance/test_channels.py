"""The bot in private and shared channels, and under Slack's rate limits."""

from pathlib import Path

import pytest

from tests.support.slice import report_of, small_file
from tests.support.world import World, key, open_world

pytestmark = [pytest.mark.acceptance, pytest.mark.asyncio(loop_scope="session")]


async def test_a_file_in_a_private_channel_is_checked_once_the_bot_is_invited(
    shared_world: World, tmp_path: Path
) -> None:
    alice = shared_world.person("U0ALICE", "C0LAB")
    unseen = await alice.attach([small_file(tmp_path, "unseen.jsonl", examples=14)], "")
    await shared_world.invite_bot("U0ALICE", "C0LAB")
    seen = await alice.attach([small_file(tmp_path, "seen.jsonl", examples=15)], "")
    assert "seen.jsonl" in str(await report_of(alice, seen))
    assert len(await alice.messages(unseen)) == 1


async def test_files_from_another_organisation_are_checked_by_what_they_are(
    shared_world: World, tmp_path: Path
) -> None:
    nora = shared_world.person("U0NORA", "C0PARTNERS")
    schema = tmp_path / "northwind.sql"
    schema.write_text("CREATE TABLE shop (id INTEGER PRIMARY KEY);")
    training = small_file(tmp_path, "northwind.jsonl", examples=16)
    thread = await nora.attach([training, schema], "")
    assert "northwind.jsonl" in str(await report_of(nora, thread))
    card = await nora.wait_for("card", lambda m: key(m).startswith("schema.card:"), thread=thread)
    assert "northwind.sql" in card["text"]


async def test_files_at_once_each_get_their_one_report_under_slacks_rate_limits(
    tmp_path: Path,
) -> None:
    async with open_world(tmp_path) as world:
        await world.keep_rate_limits()
        ben = world.person("U0BEN")
        files = [small_file(tmp_path, f"{n}.jsonl", examples=12 + n) for n in range(6)]
        threads = [await ben.attach([file], "") for file in files]
        for thread in threads:
            await report_of(ben, thread)
            reports = [key(m) for m in await ben.messages(thread) if key(m).startswith("report:")]
            assert len(reports) == 1
