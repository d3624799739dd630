"""A thread keeps the language of who began it; what only one person sees is in theirs."""

from pathlib import Path

import pytest

from tests.support.slice import fix, report_of, small_file
from tests.support.waiting import until
from tests.support.world import World, key, open_world, words
from tunesmith.bot.cli.demo.person import Message, Person

pytestmark = [pytest.mark.acceptance, pytest.mark.asyncio(loop_scope="session")]


async def _keyed(person: Person, thread: str, prefix: str) -> Message:
    async def look() -> Message | None:
        found = [m for m in await person.messages(thread) if key(m).startswith(prefix)]
        return found[0] if found else None

    return await until(look, prefix)


async def test_whoever_presses_a_button_the_thread_keeps_its_language(
    shared_world: World, tmp_path: Path
) -> None:
    path = small_file(tmp_path, "shared.jsonl", examples=27)
    path.write_text(path.read_text().replace('"user"', '"User"', 2))
    minji, wei = shared_world.person("U0MINJI"), shared_world.person("U0WEI")
    thread = await minji.attach([path], "")
    report = await report_of(minji, thread)
    fixed = await fix(shared_world, wei, thread, report, "shared.fixed.jsonl")
    assert "파일을 고쳤습니다" in words(await _keyed(minji, thread, "fix.told:"))
    assert "학습할 수 있습니다" in words(fixed)
    modal = await wei.press(fixed, "start_job")
    assert "基础模型" in str(modal), "a form is for the one who opens it"


async def test_the_language_of_a_thread_outlives_the_bot(
    shared_world: World, tmp_path: Path
) -> None:
    wei, minji = shared_world.person("U0WEI"), shared_world.person("U0MINJI")
    thread = await wei.attach([small_file(tmp_path, "kept.jsonl", examples=13)], "")
    await report_of(wei, thread)
    await shared_world.kill("bot")
    await shared_world.start_bot()
    await minji.say("<@U0TUNESMITH> help", thread=thread)
    assert "训练文件" in words(await _keyed(minji, thread, "ask:"))
    await minji.command("/tune help")
    [shown, *_] = reversed(await minji.messages())
    assert "학습 파일" in words(shown), "a command's reply is for the one who typed it"


async def test_a_locale_that_slack_does_not_tell_at_first_leaves_no_thread_in_english(
    tmp_path: Path,
) -> None:
    async with open_world(tmp_path) as world:
        await world.workspace_fault("users.info", "error", error="internal_error")
        minji = world.person("U0MINJI")
        thread = await minji.attach([small_file(tmp_path, "late.jsonl", examples=13)], "")
        assert "학습할 수 있습니다" in words(await report_of(minji, thread))
