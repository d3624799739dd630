"""Under an answer: what it took, the rest of one that was cut, and what people think of it."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from tests.answers.conftest import ALICE, CHANNEL, Reply, Shop, is_whole, written
from tunesmith.handlers.answer.under import AGAIN, FEEDBACK, GO_ON
from tunesmith.storage.tables import feedback

pytestmark = pytest.mark.databases("sqlite")


async def test_an_answer_that_its_limit_cut_goes_on_in_the_same_message(shop: Shop) -> None:
    shop.model.replies = [
        Reply(["One, two, "], finish="length"),
        Reply(["three, "], finish="length"),
        Reply(["four."]),
    ]
    async with shop.listening():
        await shop.person.command("/ask Count to four")
        [cut] = await shop.answers(None)
        assert "limit" in str(cut["blocks"])
        await _press(shop, cut, GO_ON)
        await _press(shop, cut, GO_ON)
        [longer] = await shop.until(None, lambda said: "three" in written(said[0]))
        [longer] = await shop.answers(None)
        await _press(shop, longer, GO_ON)
        [whole] = await shop.until(
            None, lambda said: "four" in written(said[0]) and is_whole(said[0])
        )
    assert cut["ts"] == longer["ts"] == whole["ts"]
    assert written(whole) == "One, two, three, four."
    assert "Count to four" in str(whole["blocks"][0])
    assert shop.model.asked[0] == "Count to four"
    assert shop.model.histories[1:] == [
        ["Count to four", "One, two, "],
        ["Count to four", "One, two, three, "],
    ]


async def test_a_rest_that_does_not_come_leaves_what_was_there_and_can_be_asked_for_again(
    shop: Shop,
) -> None:
    shop.model.replies = [
        Reply(["One, "], finish="length"),
        Reply([], status=400),
        Reply(["two."]),
    ]
    async with shop.listening():
        thread = await shop.begin("@tunesmith Count to two")
        [cut] = await shop.answers(thread)
        await _press(shop, cut, GO_ON)
        [failed] = await shop.until(thread, lambda said: "could not answer" in str(said[0]))
        assert written(failed).startswith("One, ")
        await _press(shop, failed, GO_ON)
        [whole] = await shop.until(thread, lambda said: "two." in written(said[0]))
    assert written(whole) == "One, two."


async def test_a_half_answer_can_be_asked_for_again_in_its_place(shop: Shop) -> None:
    shop.model.replies = [
        Reply(["Half of ", "it, ", "lost"], finish=None),
        Reply([], status=400),
        Reply(["All of it."]),
    ]
    async with shop.listening():
        thread = await shop.begin("@tunesmith What?")
        [half] = await shop.until(thread, lambda said: said and "broke off" in str(said[0]))
        await _press(shop, half, AGAIN)
        [whole] = await shop.until(thread, lambda said: written(said[0]) == "All of it.")
    assert half["ts"] == whole["ts"]
    assert shop.model.histories[-1] == []


async def test_what_people_think_of_an_answer_is_kept_once_for_each(shop: Shop) -> None:
    shop.model.replies = [Reply(["At seven."])]
    async with shop.listening():
        thread = await shop.begin("@tunesmith When?")
        [message] = await shop.answers(thread)
        thumbs = message["blocks"][-1]["elements"][0]
        for choice in ("positive_button", "negative_button"):
            await _press(shop, message, FEEDBACK, thumbs[choice]["value"])
    async with shop.context.services.database.read() as connection:
        [row] = (await connection.execute(select(feedback))).all()
    assert (row.person, row.is_good) == (ALICE, False)


async def _press(
    shop: Shop, message: dict[str, Any], action: str, value: str | None = None
) -> None:
    body = {"user": ALICE, "channel": CHANNEL, "message_ts": message["ts"], "action_id": action}
    url = f"{shop.person.url}/control/actions"
    async with shop.person.session.post(url, json=body | {"value": value}) as response:
        said = await response.json()
        assert said["ok"] or said["error"] == "action_not_found", json.dumps(said)
