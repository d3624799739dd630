"""A DDL file becomes a training set, a model, and answers that are checked against it."""

import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp import web

from tests.support.slice import MODEL, answer_in, final_of, report_of, small_file, start
from tests.support.waiting import PATIENCE
from tests.support.world import EXAMPLES, World, free_port, key, open_world, words
from tunesmith.bot.cli.demo.person import Person
from tunesmith.bot.ddl import parse_file
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.bot.providers.openai_client import OpenAIClient
from tunesmith.bot.text2sql import (
    Reworded,
    add_paraphrases,
    ask_model,
    build_training_set,
)

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(600)]

_MARKET = EXAMPLES / "market.sql"
# Enough for each kind of question below, and few enough to be learnt exactly in half a minute.
_TABLES = ("sc_org", "sc_staff", "hf_order_refund")
_FILES = 4  # the DDL, the picture, both parts of the set
_DDL_QUESTION = "sc_org（组织结构表）的建表语句是？"
_LEARNT = {
    "统计订单退款表中所有退款状态是退款成功的退款金额总和。": (
        "SELECT SUM(refund_amount) FROM hf_order_refund WHERE refund_status = 2;"
    ),
    "列出组织结构表里的城市、详细地址和建筑面积。": (
        "SELECT city, address, floor_area FROM sc_org;"
    ),
    "每个组织结构的职员，月薪合计是多少？显示组织名称。": (
        "SELECT t2.org_name, SUM(t1.monthly_salary) AS total FROM sc_staff AS t1"
        " JOIN sc_org AS t2 ON t1.org_id = t2.org_id GROUP BY t2.org_id, t2.org_name;"
    ),
}
# What the training set never asks: the model may make something up.
_NEVER_LEARNT = (
    "sc_park（停车场表）的建表语句是？",
    "hf_order_coupon（订单优惠券表）的建表语句是？",
    "统计订单退款表中所有退款人电话是空的数量。",
)
_INVENTION = "SELECT org_name, org_nickname FROM sc_org;"
_CATALOGUE = """
[providers.stub]
title = "Stub"
source = "this test"
as_of = 2026-11-20
min_examples = 10
max_file_bytes = 1_000_000
max_epochs = 5
default_epochs = "openai"
poll_seconds = 1
[[providers.stub.models]]
name = "chatty"
encoding = "o200k_base"
methods = ["supervised"]
inference_context = 8_000
input_usd = "1"
output_usd = "10"
[[providers.local.models]]
name = "nowhere"
encoding = "o200k_base"
methods = ["supervised"]
inference_context = 8_000
"""
_VALID, _INVENTED = "所有表和字段都存在", "没有字段"


async def _ask(person: Person, thread: str, question: str) -> tuple[str, str]:
    """The answer, and what stands under it."""
    asked = await person.say(f"@tunesmith {question}", thread)
    said = words(await answer_in(person, thread, asked)).replace("\\n", " ")
    answer, _, verdict = said.partition("已对照表结构")
    return answer, verdict


async def _write_set(person: Person, thread: str, **values: str | list[str]) -> None:
    card = await person.wait_for("card", lambda m: "write_training_set" in words(m), thread=thread)
    modal = await person.press(card, "write_training_set")
    await person.submit(modal, values)


async def test_the_seeds_story_ends_with_answers_that_name_every_invented_column(
    tmp_path: Path,
) -> None:
    async with open_world(tmp_path, bot=False) as world:
        # A database of the team's own that is of another dialect, and lacks the tables: not asked.
        (tmp_path / "team.db").touch()
        url = f"sqlite+aiosqlite:///{tmp_path / 'team.db'}"
        world.bot_settings["TUNESMITH_EXPLAIN_DATABASE_URL"] = url
        await world.start_bot()
        wei = world.person("U0WEI")
        thread = await _train_on_the_ddl(wei, _part_of_the_market(tmp_path / "market.sql"))

        answer, verdict = await _ask(wei, thread, _DDL_QUESTION)
        assert "CREATE TABLE sc_org (   org_id varchar(32) NOT NULL COMMENT '组织编号'," in answer
        assert "`sc_org` 与表结构逐列一致" in verdict
        for question, sql in _LEARNT.items():
            answer, verdict = await _ask(wei, thread, question)
            assert f"```sql {sql} ```" in answer, answer
            assert _VALID in verdict, verdict
            assert "no such table" not in verdict
        for question in _NEVER_LEARNT:
            _assert_only_inventions_are_flagged(*await _ask(wei, thread, question))

        # No model can be made to invent a column for sure: this one is put into its mouth.
        await world.kill("trainer")
        runner = await _serve(lambda _: _INVENTION, world.trainer_port)
        try:
            answer, verdict = await _ask(wei, thread, "组织的昵称有哪些？")
        finally:
            await runner.cleanup()
        assert _INVENTION in answer
        assert _INVENTED in verdict
        assert "`org_nickname`" in verdict


def _part_of_the_market(path: Path) -> Path:
    """Write the DDL of some of the market's tables."""
    ddl = _MARKET.read_text("utf-8")
    tables = [re.findall(rf"CREATE TABLE `{name}` .*?;\n", ddl, re.DOTALL) for name in _TABLES]
    path.write_text("\n".join(table for [table] in tables), "utf-8")
    return path


async def _train_on_the_ddl(wei: Person, ddl: Path) -> str:
    """From the file to a model of the local trainer; returns the thread."""
    thread = await wei.attach([ddl], "我们的表结构")
    await _write_set(wei, thread, languages=["zh"], pairs="60")
    report = await report_of(wei, thread)
    messages, files = await wei.messages(thread), list[str]()
    async with asyncio.timeout(PATIENCE):
        while len(files) < _FILES:  # Slack shares them a moment after it took them
            messages = await wei.messages(thread)
            files = [f["name"] for m in messages for f in m.get("files", [])]
    card = next(m for m in messages if key(m).startswith("schema.card:"))
    assert f"{len(_TABLES)} 张表" in card["text"]
    coverage = next(m for m in messages if key(m).startswith("coverage:"))
    assert "0 · 0" in words(coverage), "no contradiction, no leakage"
    assert [name.split("-")[0] for name in files if name.endswith(".jsonl")] == ["market"] * 2
    assert any(name.endswith(".png") for name in files)
    modal = await wei.press(report, "start_job")
    await wei.submit(modal, {"model": MODEL, "epochs": "24", "batch_size": "8"})
    await final_of(wei, thread, 400)
    return thread


def _assert_only_inventions_are_flagged(answer: str, verdict: str) -> None:
    """Of the tables that the answer names, the file does not have what is flagged."""
    if _INVENTED not in verdict:
        return
    ddl = _MARKET.read_text("utf-8")
    used = "|".join(re.findall(r"(?:TABLE|FROM|JOIN) (\w+)", answer))
    real = "".join(re.findall(rf"CREATE TABLE `(?:{used})` .*?ENGINE", ddl, re.DOTALL))
    invented = [name for name in re.findall(r"`(\w+)`", verdict) if f"`{name}`" not in real]
    assert invented, verdict
    assert invented[0] in answer


@pytest.mark.asyncio(loop_scope="session")
async def test_a_file_that_holds_no_ddl_is_refused_in_words(
    shared_world: World, tmp_path: Path
) -> None:
    path = tmp_path / "notes.sql"
    path.write_text("Dear all, please find the tables attached.\n")
    alice = shared_world.person()
    thread = await alice.attach([path], "")
    told = await alice.wait_for("answer", lambda m: "can't be read" in m["text"], thread=thread)
    assert "notes.sql" in told["text"]
    assert "Traceback" not in words(told)


@pytest.mark.asyncio(loop_scope="session")
async def test_answers_of_a_model_without_a_schema_carry_no_verdict(
    shared_world: World, tmp_path: Path
) -> None:
    alice = shared_world.person()
    thread = await alice.attach([small_file(tmp_path)], "")
    modal = await alice.press(await report_of(alice, thread), "start_job")
    await alice.submit(modal, {"model": MODEL, "epochs": "1"})
    await final_of(alice, thread)
    asked = await alice.say("@tunesmith What is 3 plus one?", thread)
    assert "schema" not in words(await answer_in(alice, thread, asked))


async def test_a_chat_model_rewords_questions_if_asked_to_and_what_it_changes_is_left_out(
    tmp_path: Path,
) -> None:
    port = free_port()
    runner = await _serve(_reword, port)
    catalogue = tmp_path / "catalogue.toml"
    catalogue.write_text(_CATALOGUE)
    try:
        async with open_world(tmp_path, bot=False) as world:
            world.bot_settings |= {
                "TUNESMITH_CATALOGUE": str(catalogue),
                "TUNESMITH_PROVIDERS__STUB__API_KEY": "stub",
                "TUNESMITH_PROVIDERS__STUB__BASE_URL": f"http://127.0.0.1:{port}/v1",
            }
            await world.start_bot()
            alice = world.person()
            said = await _reworded_by(alice, "stub/chatty")
            assert re.search(r"\*chatty\* was asked to reword \d+ questions", said), said
            asked, accepted = re.findall(r"reword (\d+) questions; (\d+) of", said)[0]
            assert int(asked) == int(accepted) > 20
            assert f"rewording: no question {asked}" in said
            # The trainer knows no such model: it refuses, and the set is made all the same.
            said = await _reworded_by(alice, "local/nowhere")
            assert "*nowhere* reworded nothing: This machine does not find nowhere" in said
            assert "A training set of" in said
    finally:
        await runner.cleanup()


async def _reworded_by(person: Person, model: str) -> str:
    """What the coverage card says of a set whose questions a model reworded."""
    thread = await person.attach([_MARKET], "our tables")
    await _write_set(person, thread, languages=["en"], pairs="150", reword=model)
    await report_of(person, thread)
    card = await person.wait_for(
        "coverage", lambda m: key(m).startswith("coverage:"), thread=thread
    )
    return words(card)


@pytest.mark.asyncio(loop_scope="session")
async def test_the_nonsense_of_a_tiny_model_is_no_rewording(
    shared_world: World, tmp_path: Path
) -> None:
    alice = shared_world.person()
    thread = await alice.attach([small_file(tmp_path)], "")
    await start(alice, await report_of(alice, thread), epochs="1")
    final = words(await final_of(alice, thread))
    model = re.search(r"ft:[\w.:-]+", final)
    assert model is not None, final
    local = load_catalogue().providers["local"]
    client = OpenAIClient(
        "local", local, base_url=f"{shared_world.trainer_url}/v1", api_key="local"
    )
    built = build_training_set(parse_file(_MARKET), languages=["zh"], max_pairs=80)
    before = list(built.train)
    reworded = await add_paraphrases(built, ask_model(client, model[0]), most=10)
    await client.close()
    assert reworded == Reworded(asked=10, accepted=0)
    assert built.train == before


def _reword(asked: str) -> str:
    """Words for a question that are good in the first line, and SQL in the second."""
    question = asked.rpartition("\n\n")[2]
    return f"1. Could you tell me this, please: {question}\n2. DROP TABLE sc_org"


async def _serve(say: Callable[[str], str], port: int) -> web.AppRunner:
    """A chat model on a port that answers the last message by `say`."""

    async def chat(request: web.Request) -> web.StreamResponse:
        said = say((await request.json())["messages"][-1]["content"])
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        choice = {"index": 0, "delta": {"content": said}, "finish_reason": "stop"}
        chunk = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m"}
        await response.write(f"data: {json.dumps({**chunk, 'choices': [choice]})}\n\n".encode())
        await response.write(b"data: [DONE]\n\n")
        return response

    app = web.Application()
    app.router.add_post("/v1/chat/completions", chat)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner
