"""A DDL file becomes a training set, a model, and answers that are checked against it."""

import re
from pathlib import Path

import pytest

from tests.support.slice import MODEL, answer_in, final_of, report_of, small_file
from tests.support.world import EXAMPLES, World, key, open_world, words
from tunesmith.bot.commands.demo.person import Person

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(600)]

_MARKET = EXAMPLES / "market.sql"
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
# What the training set never asks. The model makes something up; which names, its seed decides.
_NEVER_LEARNT = (
    "sc_park（停车场表）的建表语句是？",
    "hf_order_coupon（订单优惠券表）的建表语句是？",
    "sc_employee（员工表）的建表语句是？",
    "统计订单退款表中所有退款人电话是空的数量。",
    "列出所有店铺的会员等级和积分。",
    "哪些订单的快递单号是空的？",
    "查询商品的产地、条码和供应商。",
)
_VALID, _INVENTED = "所有表和字段都存在", "用到了不存在的名称"


async def _ask(person: Person, thread: str, question: str) -> tuple[str, str]:
    """The answer, and what stands under it."""
    asked = await person.say(f"@tunesmith {question}", thread)
    said = words(await answer_in(person, thread, asked, seconds=60)).replace("\\n", " ")
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
        # A database of the team's own that lacks the tables: its objection is shown as a warning.
        (tmp_path / "team.db").touch()
        url = f"sqlite+aiosqlite:///{tmp_path / 'team.db'}"
        world.bot_settings["TUNESMITH_EXPLAIN_DATABASE_URL"] = url
        await world.start_bot()
        wei = world.person("U0WEI")
        thread = await _train_on_the_ddl(wei)

        answer, verdict = await _ask(wei, thread, _DDL_QUESTION)
        assert "CREATE TABLE sc_org (   org_id varchar(32) NOT NULL COMMENT '组织编号'," in answer
        assert _VALID in verdict
        for question, sql in _LEARNT.items():
            answer, verdict = await _ask(wei, thread, question)
            assert sql in answer, answer
            assert _VALID in verdict, verdict
            assert "no such table" in verdict
        await _find_an_invention(wei, thread)


async def _train_on_the_ddl(wei: Person) -> str:
    """From the file to a model of the local trainer; returns the thread."""
    thread = await wei.attach([_MARKET], "我们的表结构")
    await _write_set(wei, thread, languages=["zh"], pairs="240")
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
    await wei.submit(modal, {"model": MODEL, "epochs": "30"})
    await final_of(wei, thread, 400)
    return thread


async def _find_an_invention(wei: Person, thread: str) -> None:
    """Ask until the model makes a name up: it is flagged, and the file does not have it there."""
    ddl = _MARKET.read_text("utf-8")
    for question in _NEVER_LEARNT:
        answer, verdict = await _ask(wei, thread, question)
        if _INVENTED not in verdict:
            continue
        used = "|".join(re.findall(r"(?:TABLE|FROM|JOIN) (\w+)", answer))
        real = "".join(re.findall(rf"CREATE TABLE `(?:{used})` .*?ENGINE", ddl, re.DOTALL))
        invented = [name for name in re.findall(r"`(\w+)`", verdict) if f"`{name}`" not in real]
        assert invented, verdict
        assert invented[0] in answer
        return
    pytest.fail("the model invented nothing")


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
    asked = await alice.say("@tunesmith What is 3 plus one?", thread)
    assert "schema" not in words(await answer_in(alice, thread, asked))
