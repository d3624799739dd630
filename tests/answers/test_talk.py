"""A conversation in a thread: who goes on without a mention, and what is no question."""

import pytest

from tests.answers.conftest import Reply, Shop, is_whole, written

pytestmark = pytest.mark.databases("sqlite")
BEN = "U0BEN"


async def test_replies_of_who_asked_are_questions_with_those_before_as_history(shop: Shop) -> None:
    shop.model.replies = [Reply(["At seven."]), Reply(["At eight."]), Reply(["All year."])]
    async with shop.listening():
        thread = await shop.begin("@tunesmith When do you open?")
        await shop.answers(thread)
        await shop.person.say("And on Sunday?", thread)
        await shop.person.say("In winter too?", thread)
        found = await shop.until(thread, lambda said: len([m for m in said if is_whole(m)]) == 3)
    assert [written(m) for m in found if is_whole(m)] == ["At seven.", "At eight.", "All year."]
    assert shop.model.asked == ["When do you open?", "And on Sunday?", "In winter too?"]
    assert shop.model.histories == [
        [],
        ["When do you open?", "At seven."],
        ["When do you open?", "At seven.", "And on Sunday?", "At eight."],
    ]


async def test_a_mention_begins_anew_and_a_reply_under_a_command_goes_on(shop: Shop) -> None:
    shop.model.replies = [Reply([f"Answer {number}."]) for number in range(4)]
    async with shop.listening():
        thread = await shop.begin("@tunesmith One?")
        await shop.answers(thread)
        await shop.person.say("@tunesmith Two?", thread)
        await shop.answers(thread, 2)
        await shop.person.command("/ask Three?")
        [root] = await shop.answers(None)
        await shop.person.say("Four?", root["ts"])
        await shop.answers(root["ts"])
    assert shop.model.asked == ["One?", "Two?", "Three?", "Four?"]
    assert [len(history) for history in shop.model.histories] == [0, 0, 0, 2]


async def test_people_who_talk_among_themselves_are_not_answered(shop: Shop) -> None:
    shop.model.replies = [Reply([f"Answer {number}."]) for number in range(4)]
    async with shop.listening():
        thread = await shop.begin("@tunesmith One?")
        await shop.answers(thread)
        await shop.say_as(BEN, "Interesting!", thread)
        await shop.person.say("Is it not?", thread)
        await shop.person.say("@tunesmith Two?", thread)
        await shop.answers(thread, 2)
        await shop.person.say("@ben See?", thread)
        await shop.person.say("I knew it.", thread)
        other = await shop.begin("@tunesmith Three?")
        await shop.say_as(BEN, "Four?", other)
        await shop.answers(other)
    assert shop.model.asked == ["One?", "Two?", "Three?"]


async def test_what_was_written_before_a_conversation_is_no_question_when_it_comes_again(
    shop: Shop,
) -> None:
    shop.model.replies = [Reply([f"Answer {number}."]) for number in range(4)]
    async with shop.listening():
        thread = await shop.begin("my file")
        await shop.person.say("I shall ask the model.", thread)
        await shop.person.say("@tunesmith One?", thread)
        await shop.answers(thread)
        await shop.deliver_again()
        await shop.person.say("Two?", thread)
        await shop.answers(thread, 2)
    assert shop.model.asked == ["One?", "Two?"]


async def test_a_subcommand_begins_no_conversation(shop: Shop) -> None:
    shop.model.replies = [Reply([f"Answer {number}."]) for number in range(4)]
    async with shop.listening():
        thread = await shop.begin("@tunesmith jobs")
        await shop.until(thread, lambda said: said)
        await shop.person.say("thanks", thread)
        await shop.person.say("@tunesmith One?", thread)
        await shop.until(thread, lambda said: is_whole(said[-1]))
    assert shop.model.asked == ["One?"]
