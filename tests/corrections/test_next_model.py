"""A correction changes what the next model answers, and a model tuned by preferences is compared
with the one before it: asked, corrected, trained and voted on over the wire.
"""

import json
import re
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.commands.conftest import ALICE, TUNING, open_office, values_of, words_of
from tests.support.waiting import until
from tests.trainer_engine.engine_job import CHATS, FACTS
from tests.workspace.conftest import Control, Json
from tunesmith.local.trainer.server import ENGINES, running
from tunesmith.storage.database import Database

QUESTION, RIGHT = "When do you open?", "At seven, on Sunday at nine."
# Few steps, and enough for both models.
TRAINING = {"epochs": "14", "batch_size": "4"}
PREFERENCES = [
    {
        "input": {"messages": [{"role": "user", "content": text}]},
        "preferred_output": [{"role": "assistant", "content": RIGHT}],
        "non_preferred_output": [{"role": "assistant", "content": FACTS[text]}],
    }
    for text in FACTS
]

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
    report = await attach(control, CHATS)
    await press(control, report, "start_job")
    await send(control, **TRAINING)
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


@pytest.mark.timeout(240)
async def test_a_model_tuned_by_preferences_is_compared_with_the_one_that_it_went_on_from(
    control: Control,
) -> None:
    report = await attach(control, CHATS)
    await press(control, report, "start_job")
    await send(control, epochs="2")
    [before] = await until_tuned(control, models=1)
    pairs = await attach(control, PREFERENCES, after=report["ts"])
    await press(control, pairs, "start_job")
    [form] = await control.modals(ALICE)
    [tuned] = [one for one in form["blocks"] if one["block_id"].startswith("continue")]
    await send(control, epochs="1", **{"continue": tuned["element"]["options"][0]["value"]})
    both = await until_tuned(control, models=2)
    [preferred] = both - {before}
    said = await control.post(
        "commands", user=ALICE, channel=TUNING, text=f"/tune compare {preferred} {QUESTION}"
    )
    assert before in words_of(said["response"])
    blind = await seen(control, "comparison_vote_tie")
    assert not any(name in words_of(blind) for name in both)
    await press(control, blind, "comparison_vote_A")
    await press(control, blind, "comparison_show")

    async def shown() -> str | None:
        here = await control.messages(TUNING)
        words = next(words_of(one) for one in here if one["ts"] == blind["ts"])
        return words if "Names shown by" in words else None

    told: str = await until(shown, "the names")
    assert all(name in told for name in both)
    assert "won 1 of 1 vote" in told


async def attach(control: Control, rows: list[Json], after: str = "0") -> Json:
    """Attach a training file; its report."""
    file = "".join(json.dumps(row) + "\n" for row in rows).encode()
    await control.attach({"train.jsonl": file}, user=ALICE, channel=TUNING, text="")
    return await seen(control, "start_job", after)


async def until_tuned(control: Control, models: int) -> set[str]:
    """Wait until the channel has so many models; their names."""

    async def tuned() -> set[str] | None:
        said = await control.post("commands", user=ALICE, channel=TUNING, text="/tune models")
        found = set(re.findall(r"ft:[\w:.-]+", words_of(said["response"] or {})))
        return found if len(found) == models else None

    names: set[str] = await until(tuned, "the model", every=0.5)
    return names


async def until_listed(control: Control) -> None:
    """Wait until the correction counts."""

    async def listed() -> bool:
        said = await control.post("commands", user=ALICE, channel=TUNING, text="/tune corrections")
        return RIGHT in words_of(said["response"] or {})

    await until(listed, "the correction")
