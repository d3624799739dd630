"""A correction changes what the next model answers: asked, corrected and trained over the wire."""

import json
import re
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.commands.conftest import ALICE, TUNING, open_office, values_of, words_of
from tests.support.world import until
from tests.trainer_engine.engine_job import CHATS
from tests.workspace.conftest import Control, Json
from tunesmith.local.trainer.server import ENGINES, running
from tunesmith.storage.database import Database

QUESTION, RIGHT = "When do you open?", "At seven, on Sunday at nine."
EPOCHS = "20"

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
async def control(database: Database, tmp_path: Path) -> AsyncGenerator[Control]:
    """People of a team whose bot trains at the local trainer."""
    async with (
        running(tmp_path / "trainer", "local", engines=ENGINES) as url,
        open_office(database, tmp_path / "bot", f"{url}/v1") as (control, *_),
    ):
        yield control


async def seen(control: Control, action: str, after: str = "0") -> Json:
    """Wait for the newest message of the channel or its threads with such a button."""

    async def found() -> Json | None:
        here = await control.messages(TUNING)
        threads = [one["ts"] for one in here if one.get("reply_count")]
        for thread in threads:
            here += await control.messages(TUNING, thread_ts=thread)
        fitting = [one for one in here if values_of(one.get("blocks", []), action)]
        newest = max(fitting, key=lambda one: str(one["ts"]), default=None)
        return newest if newest and newest["ts"] > after else None

    message: Json = await until(found, action)
    return message


async def press(control: Control, message: Json, action: str) -> None:
    body = {"channel": TUNING, "message_ts": message["ts"], "user": ALICE}
    await control.post("actions", **body, action_id=action)


async def send(control: Control, **values: object) -> None:
    [form] = await control.modals(ALICE)
    sent = await control.post(f"views/{form['id']}/submit", user=ALICE, values=values)
    assert not sent["errors"], sent


async def ask(control: Control, after: str = "0") -> Json:
    await control.post("commands", user=ALICE, channel=TUNING, text=f"/ask {QUESTION}")
    return await seen(control, "correct_answer", after)


@pytest.mark.timeout(240)
async def test_the_next_model_answers_as_somebody_corrected_the_last_one(control: Control) -> None:
    file = "".join(json.dumps(row) + "\n" for row in CHATS).encode()
    await control.attach({"train.jsonl": file}, user=ALICE, channel=TUNING, text="")
    report = await seen(control, "start_job")
    await press(control, report, "start_job")
    await send(control, epochs=EPOCHS)
    await until_tuned(control, models=1)
    wrong = await ask(control)
    assert RIGHT not in words_of(wrong)
    await press(control, wrong, "correct_answer")
    await send(control, part_0=RIGHT, consent=["yes"])
    await until_listed(control)
    await control.post("commands", user=ALICE, channel=TUNING, text="/tune corrections train")
    card = await seen(control, "train_on_corrections_rows")
    await press(control, card, "train_on_corrections_rows")
    await until_tuned(control, models=2)
    right = await ask(control, after=wrong["ts"])
    assert RIGHT in words_of(right)


async def until_tuned(control: Control, models: int) -> None:
    """Wait until the channel has so many models."""

    async def tuned() -> bool:
        said = await control.post("commands", user=ALICE, channel=TUNING, text="/tune models")
        return len(set(re.findall(r"ft:[\w:.-]+", words_of(said["response"] or {})))) == models

    await until(tuned, "the model")


async def until_listed(control: Control) -> None:
    """Wait until the correction counts."""

    async def listed() -> bool:
        said = await control.post("commands", user=ALICE, channel=TUNING, text="/tune corrections")
        return RIGHT in words_of(said["response"] or {})

    await until(listed, "the correction")
