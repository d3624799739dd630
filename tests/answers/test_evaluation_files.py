"""Which model and which rows: a checkpoint that is named, a file that comes with a mention; and the
rows as other tools get them.
"""

import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from tests.answers.conftest import MODEL_NAME, Shop
from tests.answers.evaluations import (
    CLASSES,
    asked_with,
    card,
    knows,
    later_job,
    press,
    result,
    set_aside,
    until,
)
from tests.support.slice import chat_line
from tunesmith.bot.errors import JobError
from tunesmith.handlers.evaluation.commands import evaluate
from tunesmith.handlers.evaluation.model_card import model as model_card
from tunesmith.storage import checkpoints, evaluations
from tunesmith.storage.checkpoints import Checkpoint
from tunesmith.storage.evaluation_values import EvaluationStatus
from tunesmith.storage.tables import datasets
from tunesmith.storage.tables import evaluations as table_of_evaluations

STEP_20 = "ft:tiny-1m-scratch:shop:ckpt-step-20"


async def _with_checkpoint(shop: Shop) -> None:
    async with shop.context.services.database.write() as connection:
        await checkpoints.add(connection, [Checkpoint("job", 20, STEP_20)])


@pytest.mark.parametrize("name", ["job:20", STEP_20])
async def test_a_checkpoint_is_measured_by_its_name_and_by_its_jobs_and_step(
    shop: Shop, name: str
) -> None:
    held = await set_aside(shop)
    await _with_checkpoint(shop)
    knows(shop, held, right=9, model_name=STEP_20)
    async with shop.listening():
        _, said = await evaluate(asked_with(shop, name))
        assert STEP_20 in str(said)
        await press(shop, await card(shop, "evaluation_start"), "evaluation_start")
        found = await until(shop, EvaluationStatus.SUCCEEDED)
    assert set(shop.model.models) == {STEP_20}
    assert (found.step, result(found).tuned.shown) == (20, STEP_20)
    async with shop.context.services.database.read() as connection:
        assert await evaluations.of_model(connection, "job") is None, "it is not the model's own"
    _, blocks = await model_card(asked_with(shop, "job"))
    assert "Checkpoint after step 20, on 12 rows: *75%* of its answers are right" in str(blocks)
    assert "Not evaluated yet" in str(blocks)


@pytest.mark.databases("sqlite")
async def test_a_step_or_a_model_that_is_not_there_is_not_replaced_by_another(shop: Shop) -> None:
    await set_aside(shop)
    await _with_checkpoint(shop)
    await later_job(shop, "job2", "ft:tiny-1m-scratch:shop-2")
    for name in ("job:21", "ft:other"):  # nor are people asked which of two models they mean
        with pytest.raises(JobError, match=f"called `{name}`"):
            await evaluate(asked_with(shop, name))
    assert await _evaluations(shop) == 0


@pytest.mark.databases("sqlite")
async def test_the_button_that_chooses_among_models_keeps_the_file(shop: Shop) -> None:
    await set_aside(shop)
    await later_job(shop, "later", "ft:later")
    _, blocks = await evaluate(asked_with(shop, "held.jsonl"))
    assert "eval job held.jsonl" in str(blocks)


async def test_a_file_with_a_mention_that_says_eval_is_what_the_model_is_measured_on(
    shop: Shop, tmp_path: Path
) -> None:
    await set_aside(shop)
    asked = [f"Fresh letter {n}" for n in range(9)]
    knows(shop, asked, right=9)
    lines = tmp_path / "fresh.jsonl"
    lines.write_text(_lines(asked))
    async with shop.listening():
        thread = await shop.person.attach([lines], f"<@U0TUNESMITH> eval {MODEL_NAME}")
        await shop.until(thread, lambda found: "working out the price" in str(found), 60)
        await shop.deliver_again()
        await press(shop, await card(shop, "evaluation_start"), "evaluation_start")
        found = await until(shop, EvaluationStatus.SUCCEEDED)
        said = await shop.said(thread)
    assert sorted(shop.model.asked) == sorted(asked)
    summary = result(found).tuned.summary
    assert summary is not None
    assert summary.right is not None
    assert summary.right.value == 1
    assert len(said) == 1, "no report for training stands beside it"
    assert await _evaluations(shop) == 1


@pytest.mark.databases("sqlite")
async def test_a_table_is_read_and_what_is_no_request_is_checked_for_training(
    shop: Shop, tmp_path: Path
) -> None:
    await set_aside(shop)
    table, other, bad = (tmp_path / name for name in ("rows.csv", "more.jsonl", "bad.jsonl"))
    table.write_text("question,answer\n" + "".join(f"Letter {n}?,refund\n" for n in range(4)))
    other.write_text(_lines(["a", "b"]))
    bad.write_text("nothing\n")
    async with shop.listening():
        await shop.person.attach([table], "<@U0TUNESMITH> eval")
        offer = await card(shop, "evaluation_start")
        assert "4 rows of *rows.csv*" in str(offer)
        to_check = await shop.person.attach([other], "<@U0BEN> eval this, please")
        await shop.until(to_check, lambda found: "more.jsonl" in str(found), 60)
        unknown = await shop.person.attach([other], "<@U0TUNESMITH> eval nobody")
        await shop.until(unknown, lambda found: "nobody" in str(found), 60)
    assert await _evaluations(shop) == 1


@pytest.mark.databases("sqlite")
async def test_exported_rows_begin_with_the_system_prompt_that_the_model_was_trained_with(
    shop: Shop,
) -> None:
    held = await set_aside(shop, rows=3)
    async with shop.context.services.database.write() as connection:
        of_training = datasets.c.id == "train"
        query = select(datasets.c.report).where(of_training)
        report = (await connection.execute(query)).scalar_one() | {"system_prompt": "Be brief."}
        await connection.execute(update(datasets).where(of_training).values(report=report))
    async with shop.listening():
        await evaluate(asked_with(shop))
        await press(shop, await card(shop, "evaluation_start"), "evaluation_start")
        await press(shop, await card(shop, "evaluation_export"), "evaluation_export")
        attached = await card(shop, ".zip")
        [file] = attached["files"]
        url = f"{shop.person.url}/control/files/{file['id']}"
        async with shop.person.session.get(url) as response:
            archive = zipfile.ZipFile(io.BytesIO(await response.read()))
    asked = [json.loads(one) for one in archive.read("inspect/samples.jsonl").splitlines()]
    said = [[message["content"] for message in sample["input"]] for sample in asked]
    assert said == [["Be brief.", question] for question in held]
    sent = [[message["content"] for message in body["messages"]] for body in shop.model.bodies]
    assert sorted(sent) == sorted(said), "so the model was asked"


def _lines(questions: Sequence[str]) -> str:
    pairs = [chat_line(one, CLASSES[n % 3]) for n, one in enumerate(questions)]
    return "\n".join([*pairs, json.dumps({"no": "example"})]) + "\n"


async def _evaluations(shop: Shop) -> int:
    async with shop.context.services.database.read() as connection:
        counted = select(func.count()).select_from(table_of_evaluations)
        return (await connection.execute(counted)).scalar_one()
