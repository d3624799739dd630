"""A DDL file becomes a training set, a model, and answers that are checked against it."""

import json
import re
from pathlib import Path

import pytest
from aiohttp import web

from tests.support.slice import MODEL, answer_in, final_of, report_of, small_file
from tests.support.world import EXAMPLES, World, key, open_world, words
from tunesmith.bot.commands.demo.person import Person

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(600)]

_DDL_QUESTION = "sc_org（组织结构表）的建表语句是？"


async def _ask(person: Person, thread: str, question: str) -> str:
    asked = await person.say(f"@tunesmith {question}", thread)
    return words(await answer_in(person, thread, asked, seconds=60))


async def _write_set(person: Person, thread: str, **values: str | list[str]) -> None:
    card = await person.wait_for("card", lambda m: "write_training_set" in words(m), thread=thread)
    modal = await person.press(card, "write_training_set")
    await person.submit(modal, values)


async def test_the_seeds_story_ends_with_answers_that_name_every_invented_column(
    tmp_path: Path,
) -> None:
    async with open_world(tmp_path, bot=False) as world:
        # A database of the team's own that lacks the tables: its objection is shown as a warning.
        (tmp_path / "team.db").touch()
        url = f"sqlite+aiosqlite:///{tmp_path / 'team.db'}"
        world.bot_settings["TUNESMITH_EXPLAIN_DATABASE_URL"] = url
        await world.start_bot()
        await _tell_the_story(world)


async def _tell_the_story(world: World) -> None:
    wei = world.person("U0WEI")
    thread = await wei.attach([EXAMPLES / "market.sql"], "我们的表结构")
    await _write_set(wei, thread, languages=["zh"], pairs="60")
    report = await report_of(wei, thread)
    messages = await wei.messages(thread)
    card = next(m for m in messages if key(m).startswith("schema.card:"))
    assert "11" in card["text"]
    coverage = next(m for m in messages if key(m).startswith("coverage:"))
    assert "0 · 0" in words(coverage), "no contradiction, no leakage"
    files = [f["name"] for m in messages for f in m.get("files", [])]
    assert [name.split("-")[0] for name in files if name.endswith(".jsonl")] == ["market"] * 2
    assert any(name.endswith(".png") for name in files)

    modal = await wei.press(report, "start_job")
    await wei.submit(modal, {"model": MODEL, "epochs": "20"})
    await final_of(wei, thread, 400)
    answer = await _ask(wei, thread, _DDL_QUESTION)
    assert "CREATE TABLE sc_org" in answer
    assert "已对照表结构" in answer

    await world.kill("trainer")
    invented = "SELECT org_name, org_nickname FROM sc_org;"
    runner = await _serve(world.trainer_port, [invented, "SELECT org_name FROM sc_org;"])
    try:
        flagged = await _ask(wei, thread, "组织的昵称有哪些？")
        planned = await _ask(wei, thread, "组织的名称有哪些？")
    finally:
        await runner.cleanup()
    assert "用到了不存在的名称" in flagged
    assert "org_nickname" in flagged.split("已对照表结构")[1]
    assert "所有表和字段都存在" in planned
    assert "no such table: sc_org" in planned


async def test_a_file_that_holds_no_ddl_is_refused_in_words(world: World, tmp_path: Path) -> None:
    path = tmp_path / "notes.sql"
    path.write_text("Dear all, please find the tables attached.\n")
    alice = world.person()
    thread = await alice.attach([path], "")
    told = await alice.wait_for("answer", lambda m: "can't be read" in m["text"], thread=thread)
    assert "notes.sql" in told["text"]
    assert "Traceback" not in words(told)


async def test_answers_of_a_model_without_a_schema_carry_no_verdict(
    world: World, tmp_path: Path
) -> None:
    alice = world.person()
    thread = await alice.attach([small_file(tmp_path)], "")
    modal = await alice.press(await report_of(alice, thread), "start_job")
    await alice.submit(modal, {"model": MODEL, "epochs": "1"})
    await final_of(alice, thread)
    assert "schema" not in await _ask(alice, thread, "What is 3 plus one?")


async def _serve(port: int, answers: list[str]) -> web.AppRunner:
    """A provider with these answers in turn: a real one can't be made to invent a column."""

    async def chat(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for piece in re.findall(r"\S+\s*", answers.pop(0)):
            chunk = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m"}
            choice = {"index": 0, "delta": {"content": piece}, "finish_reason": None}
            data = json.dumps({**chunk, "choices": [choice]})
            await response.write(f"data: {data}\n\n".encode())
        await response.write(b"data: [DONE]\n\n")
        return response

    app = web.Application()
    app.router.add_post("/v1/chat/completions", chat)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner
