"""A channel is asked once a week whether to train on its corrections, and does by one press."""

import asyncio
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.commands.conftest import ALICE, BEN, LAB, TEAM, TUNING, words_of
from tests.corrections.conftest import Classroom
from tests.support.bot import keys_of
from tunesmith.bot.answers.corrections.week import last_call, next_call
from tunesmith.bot.quiet_hours import QuietHours
from tunesmith.handlers.correction.weekly import offer, weekly
from tunesmith.storage import corrections, datasets

pytestmark = pytest.mark.databases("sqlite")
SEOUL = QuietHours.parse("22:00-08:00 Asia/Seoul")
PARIS = QuietHours.parse("22:00-08:00 Europe/Paris")


@given(
    st.floats(1.7e9, 2e9),
    st.sampled_from([None, SEOUL, QuietHours.parse("22:00-8:00 Europe/Paris")]),
)
def test_the_channel_is_asked_on_mondays_at_nine_by_the_clock_of_its_quiet_hours(
    now: float, quiet: QuietHours | None
) -> None:
    zone = quiet.zone if quiet else UTC
    last, following = (datetime.fromtimestamp(f(now, quiet), zone) for f in (last_call, next_call))
    assert last.timestamp() <= now < following.timestamp()
    assert (following.date() - last.date()) == timedelta(days=7)
    assert {(one.weekday(), one.time()) for one in (last, following)} == {(0, time(9))}


async def test_it_is_asked_once_however_often_that_is_begun_again(classroom: Classroom) -> None:
    old = [await classroom.correction(weeks_ago=2) for _ in range(2)]
    await classroom.correction()  # of this week: it counts, and asks for nothing by itself
    database = classroom.office.services.database
    for _ in range(3):
        await classroom.ask_weekly(old[0])
        async with database.write() as connection:
            await weekly.make_due(connection, of=f"{TEAM}:{TUNING}")
        await classroom.card()
    card = await classroom.card()
    assert len(await keys_of(database, offer.name)) == 1
    assert "3 corrections" in words_of(card)
    assert "all 12 rows" in words_of(card)
    assert "Train again ($0.00)" in words_of(card)
    assert "Prefer the corrections* (DPO) is not offered. They make a file of 3 pairs" in words_of(
        card
    )


async def test_nobody_is_asked_about_what_came_since_monday_or_was_learnt(
    classroom: Classroom,
) -> None:
    new = await classroom.correction()
    learnt = await classroom.correction(weeks_ago=2)
    database = classroom.office.services.database
    async with database.write() as connection:
        await corrections.note_used(connection, classroom.original.id, [learnt.id])
    await classroom.ask_weekly(new)
    await asyncio.sleep(0.3)
    assert await keys_of(database, offer.name) == []


async def test_one_press_trains_on_all_rows_and_the_corrections_from_the_tuned_model(
    classroom: Classroom,
) -> None:
    for answer in ("At seven.", "At eight."):
        await classroom.correction(answer, weeks_ago=2)
    await classroom.correction("At none.", channel=LAB)  # of another channel
    await classroom.ask_weekly(await classroom.correction("At nine.", weeks_ago=2))
    card = await classroom.card()
    await classroom.press_card(card)
    job, dataset = await classroom.trained()
    assert dataset.name == "train1-corrected.jsonl"
    rows = classroom.rows(dataset)
    assert rows[:12] == classroom.rows(classroom.original)
    assert [row["messages"][-1]["content"] for row in rows[12:]] == [
        "At seven.",
        "At eight.",
        "At nine.",
    ]
    assert (job.base_model, job.continued_from) == ("tiny-1m-scratch", "ft:tiny:shop")
    office = classroom.office
    assert job.id in await classroom.told(card["ts"], "trains again")
    await classroom.told(classroom.job.thread, "15 examples")
    async with office.services.database.read() as connection:
        assert await corrections.waiting(connection, TEAM, TUNING) == []
        assert await datasets.get(connection, classroom.original.id) == classroom.original


async def test_a_second_press_and_one_after_a_withdrawal_train_nothing_unseen(
    classroom: Classroom,
) -> None:
    office = classroom.office
    one = await classroom.correction("At seven.", weeks_ago=2)
    await classroom.ask_weekly(one)
    card = await classroom.card()
    async with office.services.database.write() as connection:
        await corrections.withdraw(connection, one.id)
    await classroom.press_card(card)
    await classroom.press_card(card, user=BEN)
    await classroom.told(card["ts"], "No correction is left")
    [told] = await office.whispers(BEN)
    assert "pressed before" in words_of(told)


async def test_corrections_within_conversations_are_trained_on_though_no_pair_can_be_made_of_them(
    classroom: Classroom,
) -> None:
    before = [
        {"role": "user", "content": "When?"},
        {"role": "assistant", "content": "At noon."},
        {"role": "user", "content": "And on Sunday?"},
    ]
    await classroom.ask_weekly(await classroom.correction(weeks_ago=2, messages=before))
    card = await classroom.card()
    assert "Train again ($0.00)" in words_of(card)
    assert "pair" not in words_of(card)


async def test_pairs_are_offered_where_there_are_enough_and_learnt_from_the_tuned_model(
    classroom: Classroom,
) -> None:
    for number in range(9):
        await classroom.correction(f"At {number}.", weeks_ago=2)
    await classroom.ask_weekly(await classroom.correction("At nine.", weeks_ago=2))
    card = await classroom.card()
    assert "10 pairs" in words_of(card)
    await classroom.press_card(card, "pairs")
    job, dataset = await classroom.trained()
    assert (job.method, job.continued_from, job.hyperparameters) == ("dpo", "ft:tiny:shop", {})
    first = classroom.rows(dataset)[0]
    assert first["preferred_output"][0]["content"] == "At 0."
    assert first["non_preferred_output"][0]["content"] == "Never."


async def test_the_list_shows_what_counts_and_lets_its_author_withdraw_it(
    classroom: Classroom,
) -> None:
    office = classroom.office
    await classroom.correction("At six.", answer_key="ask:same")
    newer = await classroom.correction("At seven.", answer_key="ask:same", author=BEN)
    other = await classroom.correction("At eight.")
    said = words_of(await office.type("corrections"))
    assert "2 in all, 2 of them not trained on yet" in said
    assert said.index("At eight.") < said.index("At seven.")
    assert "At six." not in said
    assert "Nothing was corrected" in words_of(await office.type("corrections", channel=LAB))
    [message] = await office.whispers(ALICE)
    await office.press(message, "withdraw_correction", newer.id, user=ALICE)
    assert "At seven." in words_of(await office.type("corrections"))
    await office.press(message, "withdraw_correction", other.id, user=ALICE)
    said = words_of(await office.type("corrections"))
    assert "At eight." not in said
    await classroom.told(classroom.job.thread, "has withdrawn the correction")


async def test_the_card_comes_on_demand_too(classroom: Classroom) -> None:
    assert "No correction is left" in words_of(await classroom.office.type("corrections train"))
    await classroom.correction()
    assert "working out" in words_of(await classroom.office.type("corrections train"))
    assert "1 correction*" in words_of(await classroom.card())
