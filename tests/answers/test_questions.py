"""A question reaches the model as it was typed, and no other model than the one that was meant."""

from dataclasses import replace

import pytest

from tests.answers.conftest import MODEL_NAME, Reply, Shop
from tunesmith.storage import jobs
from tunesmith.storage.jobs import JobStatus

_QUESTION = "Is 3 < 4 && <b>5</b> > 2?"


@pytest.mark.databases("sqlite")
async def test_signs_and_mentions_reach_the_model_as_they_were_typed(shop: Shop) -> None:
    async with shop.listening():
        thread = await shop.begin(f"@tunesmith {_QUESTION} As @wei says: <b> & see #general")
        await shop.answers(thread)
        await shop.person.command(f"/ask {_QUESTION}")
        [message] = await shop.answers(None)
    assert "3 &lt; 4 &amp;&amp; &lt;b&gt;" in str(message["blocks"][0])
    assert shop.model.asked == [f"{_QUESTION} As @Li Wei says: <b> & see #general", _QUESTION]


@pytest.mark.databases("sqlite")
async def test_a_model_that_is_still_training_is_not_answered_for_by_another(shop: Shop) -> None:
    thread = await shop.begin("my file")
    async with shop.context.services.database.write() as connection:
        known = await jobs.get(connection, "job")
        assert known is not None
        other = replace(
            known,
            id="other",
            thread=thread,
            fine_tuned_model=None,
            fingerprint="g",
            status=JobStatus.RUNNING,
        )
        await jobs.add(connection, other)
    await shop.ask("When do you open?", thread=thread)
    async with shop.bot():
        found = await shop.until(thread, lambda said: any(m.get("metadata") for m in said))
    assert "still on its way" in str(found[-1]["blocks"])
    assert MODEL_NAME in str(found[-1]["blocks"]), "the other one can be asked"
    assert shop.model.asked == []


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("pieces", [[], ["One moment: "]])
async def test_the_tools_that_a_model_calls_are_shown(shop: Shop, pieces: list[str]) -> None:
    calls = {"opening_hours": '{"day": "Monday"}', "map": "{}"}
    shop.model.replies = [Reply(pieces, finish="tool_calls", calls=calls)]
    async with shop.listening():
        thread = await shop.begin("@tunesmith When do you open?")
        [message] = await shop.answers(thread)
    shown = str(message["blocks"])
    for said in [*pieces, 'opening_hours({"day": "Monday"})', "map({})"]:
        assert said in shown
    assert "empty answer" not in shown
