"""Which model answers is chosen by name, in the form or for a channel, and shown."""

from dataclasses import replace
from typing import Any

import pytest

from tests.answers.conftest import ALICE, MODEL_NAME, Reply, Shop, written
from tunesmith.storage import here, jobs

pytestmark = pytest.mark.databases("sqlite")
OTHER = "ft:tiny-1m-scratch:older"


@pytest.fixture
async def shop(shop: Shop) -> Shop:
    """A shop with an older model beside its own."""
    async with shop.context.services.database.write() as connection:
        known = await jobs.get(connection, "job")
        assert known is not None
        older = replace(known, id="older", fine_tuned_model=OTHER, thread="2.0", fingerprint="g")
        await jobs.add(connection, older)
        # The newest is the one that was added last: the shop's own is added once more.
        own = replace(known, id="newer", thread="3.0", fingerprint="h")
        await jobs.add(connection, own)
    shop.model.replies = [Reply([f"Answer {number}."]) for number in range(6)]
    return shop


async def test_a_model_is_named_by_the_beginning_of_its_name(shop: Shop) -> None:
    async with shop.listening():
        await shop.person.command("/ask model: ft:tiny-1m-scratch:old When do you open?")
        [message] = await shop.until(None, lambda said: said and _is_told(said[-1]))
        assert OTHER in str(message["blocks"][0])
        thread = await shop.begin("@tunesmith model: older And on Sunday?")
        await shop.until(thread, lambda said: said and OTHER in str(said[-1]["blocks"]))
        await shop.person.say("And then?", thread)
        await shop.until(thread, lambda said: len(said) == 2 and _is_told(said[-1]))
    assert shop.model.asked == ["When do you open?", "And on Sunday?", "And then?"]
    assert shop.model.models == [OTHER] * 3, "a conversation stays with its model"


async def test_a_name_that_fits_none_is_told_with_those_that_there_are(shop: Shop) -> None:
    async with shop.listening():
        thread = await shop.begin("@tunesmith model: nobody When?")
        [said] = await shop.until(thread, lambda said: said)
    assert OTHER in str(said)
    assert MODEL_NAME in str(said)
    assert shop.model.asked == []


async def test_a_model_that_is_named_without_a_question_is_not_asked(shop: Shop) -> None:
    async with shop.listening():
        for text in (f"@tunesmith model: {OTHER}", "@tunesmith 모델:"):
            thread = await shop.begin(text)
            [said] = await shop.until(thread, lambda said: said)
            assert "Write the question" in str(said)
    assert shop.model.asked == []


async def test_the_models_of_ones_channels_answer_in_direct_messages(shop: Shop) -> None:
    async with shop.listening():
        root = await shop.say_as(ALICE, "One?", None, channel="D0ALICE")
        await shop.until_asked(1)
        await shop.say_as(ALICE, "Two?", root, channel="D0ALICE")
        await shop.until_asked(2)
        await shop.say_as(ALICE, "model: older Three?", None, channel="D0ALICE")
        await shop.until_asked(3)
    assert shop.model.asked == ["One?", "Two?", "Three?"]
    assert [len(history) for history in shop.model.histories] == [0, 2, 0]
    assert shop.model.models == [MODEL_NAME, MODEL_NAME, OTHER]


async def test_a_channels_default_answers_where_no_model_is_named(shop: Shop) -> None:
    async with shop.listening():
        await shop.person.command("/tune models older")
        await shop.person.command("/ask When?")
        await shop.until(None, lambda said: said and _is_told(said[-1]))
    assert shop.model.models == [OTHER]
    async with shop.context.services.database.read() as connection:
        ref = (await here.look(connection, team="T0LOCAL", channel="C0TUNING")).default_model
    assert ref is not None
    assert OTHER in ref


async def test_the_form_asks_about_a_message_with_the_settings_that_were_chosen(shop: Shop) -> None:
    async with shop.listening():
        thread = await shop.begin("@tunesmith When do you open on Sunday, @wei?")
        await shop.until(thread, lambda said: said and _is_told(said[-1]))
        await _run(shop, "ask_about_message", thread)
        modal = await _modal(shop)
        [question] = [one for one in modal["blocks"] if one["block_id"] == "question"]
        assert question["element"]["initial_value"] == "When do you open on Sunday, @Li Wei?"
        choice = modal["blocks"][0]["element"]
        assert choice["initial_option"]["text"]["text"] == MODEL_NAME
        older = next(one for one in choice["options"] if one["text"]["text"] == OTHER)
        await _act(shop, "actions", view_id=modal["id"], action_id="ask_more", value="+")
        more = await _modal(shop, fields=5)
        values = {
            "ask_model_choice": older["value"],
            "question": "When on Monday?",
            "ask_temperature": "0.7",
            "ask_most_tokens": "12",
            "ask_system": "Be short.",
        }
        await _act(shop, f"views/{more['id']}/submit", values=values)
        [_, message] = await shop.until(thread, lambda said: len(said) == 2 and _is_told(said[-1]))
    assert "When on Monday?" in str(message["blocks"][0])
    [_, body] = shop.model.bodies
    assert (body["model"], body["temperature"]) == (OTHER, 0.7)
    assert 12 in (body.get("max_tokens"), body.get("max_completion_tokens"))
    assert body["messages"][0] == {"role": "system", "content": "Be short."}


async def test_a_channel_that_the_bot_is_not_in_invites_it(shop: Shop) -> None:
    async with shop.listening():
        body = {"user": ALICE, "channel": "C0RANDOM", "text": "/ask When?"}
        url = f"{shop.person.url}/control/commands"
        async with shop.person.session.post(url, json=body) as response:
            said = await response.json()
    assert "/invite @tunesmith" in str(said)
    assert shop.model.asked == []


def _is_told(message: dict[str, Any]) -> bool:
    return not message.get("streaming") and "Answer" in written(message) and _has_thumbs(message)


def _has_thumbs(message: dict[str, Any]) -> bool:
    return any(block["type"] == "context_actions" for block in message["blocks"])


async def _run(shop: Shop, shortcut: str, message: str) -> None:
    await _act(shop, "shortcuts", callback_id=shortcut, channel="C0TUNING", message_ts=message)


async def _modal(shop: Shop, fields: int = 0) -> dict[str, Any]:
    """The form that is open, as soon as it has so many fields."""
    async with shop.person.session.get(
        f"{shop.person.url}/control/views", params={"user": ALICE}
    ) as response:
        [*_, modal] = (await response.json())["modals"]
    assert len(modal["blocks"]) >= fields, modal["blocks"]
    return modal


async def _act(shop: Shop, what: str, **values: Any) -> None:
    url = f"{shop.person.url}/control/{what}"
    async with shop.person.session.post(url, json={"user": ALICE, **values}) as response:
        said = await response.json()
        assert said["ok"], said
