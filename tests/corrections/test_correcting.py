"""Somebody presses Correct under an answer, and what they write becomes training data."""

import pytest

from tests.commands.conftest import ALICE, BEN, GENERAL, TEAM, TUNING, words_of
from tests.corrections.conftest import Classroom
from tests.datasets.private_samples import filled
from tunesmith.storage import audit, corrections

pytestmark = pytest.mark.databases("sqlite")


async def test_a_correction_is_kept_as_it_was_asked_and_shown_in_the_thread(
    classroom: Classroom,
) -> None:
    first = await classroom.answer("At noon.", question="When on Sunday?")
    await classroom.answer("Never.", question="When do you open?", conversation=first)
    form = await classroom.correct()
    assert "When do you open?" in words_of(form)
    assert f"<#{TUNING}>" in words_of(form)
    assert list(await classroom.send(form, "At seven.", consent=False)) == ["consent"]
    assert "exactly this" in str(await classroom.send(form, " Never. "))
    assert await classroom.send(form, "At *seven* & a half.") == {}
    kept = await classroom.taken("At *seven* & a half.")
    asked = [one["content"] for one in kept.messages if one["role"] != "system"]
    assert asked == ["When on Sunday?", "At noon.", "When do you open?"]
    assert kept.rejected == {"role": "assistant", "content": "Never."}
    assert kept.author == ALICE
    said = await classroom.told(classroom.job.thread, "Corrected by")
    assert "At *seven* & a half." in said
    assert ">When do you open?" in said, "which of the thread's answers it was"
    async with classroom.office.services.database.read() as connection:
        [entry] = await audit.page(connection, TEAM, subject=kept.id, most=5)
    assert (entry.action, entry.person) == ("correct", ALICE)


async def test_of_two_people_the_second_sees_the_first_before_theirs_counts(
    classroom: Classroom,
) -> None:
    await classroom.answer("Never.")
    first, second = await classroom.correct(ALICE), await classroom.correct(BEN)
    assert await classroom.send(first, "At seven.", ALICE) == {}
    assert (await classroom.taken("At seven.")).author == ALICE
    assert await classroom.send(second, "At eight.", BEN) == {}
    [again] = await classroom.office.control.modals(BEN)
    assert "has corrected this answer meanwhile: “At seven.”" in words_of(again)
    assert await classroom.send(again, "At eight.", BEN) == {}
    kept = await classroom.taken("At eight.")
    assert (kept.author, kept.rejected["content"]) == (BEN, "Never.")
    said = await classroom.told(classroom.job.thread, "a newer correction counts")
    assert "At seven." not in said
    # Whoever corrects the correction begins with it.
    assert classroom.parts(await classroom.correct(ALICE)) == ["At eight."]


async def test_an_answer_in_parts_is_corrected_whole_also_where_it_goes_on_meanwhile(
    classroom: Classroom,
) -> None:
    first = await classroom.answer("One, two, ", question="Count.")
    form = await classroom.correct()
    await classroom.answer("One, two, three.", question="Count.", goes_on=first)
    assert classroom.parts(await classroom.correct(BEN)) == ["One, two, three."]
    assert await classroom.send(form, "1, 2, ") == {}
    again = (await classroom.office.control.modals(ALICE))[-1]
    assert "went on with its answer meanwhile" in words_of(again)
    assert classroom.parts(again) == ["1, 2, three."]
    assert await classroom.send(again, "1, 2, 3.") == {}
    kept = await classroom.taken("1, 2, 3.", key=first)
    assert kept.rejected["content"] == "One, two, three."
    assert [one["content"] for one in kept.messages] == ["Count."]


async def test_of_corrections_before_and_after_an_answer_was_gone_on_with_the_newer_counts(
    classroom: Classroom,
) -> None:
    first = await classroom.answer("One, two, ", question="Count.")
    assert await classroom.send(await classroom.correct(), "1, 2") == {}
    await classroom.taken("1, 2", key=first)
    await classroom.answer("One, two, three.", question="Count.", goes_on=first)
    form = await classroom.correct(BEN)
    assert classroom.parts(form) == ["1, 2"], "it begins with what counts so far"
    assert await classroom.send(form, "1, 2, 3.", BEN) == {}
    kept = await classroom.taken("1, 2, 3.", key=first)
    assert kept.rejected["content"] == "One, two, three."
    async with classroom.office.services.database.read() as connection:
        standing = await corrections.standing(connection, TEAM, TUNING)
    assert [one.id for one in standing] == [kept.id]
    await classroom.told(classroom.job.thread, "a newer correction counts")


async def test_the_same_question_asked_again_has_an_answer_of_its_own(
    classroom: Classroom,
) -> None:
    first = await classroom.answer("One, two", question="Count.")
    form = await classroom.correct()
    second = await classroom.answer("One, two, three.", question="Count.", conversation=first)
    assert await classroom.send(form, "1, 2") == {}
    await classroom.taken("1, 2", key=first)
    form = await classroom.correct(BEN)
    assert classroom.parts(form) == ["One, two, three."]
    assert await classroom.send(form, "1, 2, 3.", BEN) == {}
    kept = await classroom.taken("1, 2, 3.", key=second)
    asked = [one["content"] for one in kept.messages]
    assert asked == ["Count.", "One, two", "Count."]


async def test_a_correction_that_is_kept_by_the_key_of_a_later_part_is_found(
    classroom: Classroom,
) -> None:
    first = await classroom.answer("One, two, ", question="Count.")
    later = await classroom.answer("One, two, three.", question="Count.", goes_on=first)
    await classroom.correction("1, 2, 3.", answer_key=later)
    form = await classroom.correct(BEN)
    assert classroom.parts(form) == ["1, 2, 3."]
    assert await classroom.send(form, "1 2 3", BEN) == {}
    kept = await classroom.taken("1 2 3", key=later)
    async with classroom.office.services.database.read() as connection:
        standing = await corrections.standing(connection, TEAM, TUNING)
    assert [one.id for one in standing] == [kept.id]


async def test_what_an_input_does_not_take_of_an_answer_is_neither_shown_nor_a_correction(
    classroom: Classroom,
) -> None:
    await classroom.answer("At\x1b[1m seven.\r\nDaily\u202e.")
    form = await classroom.correct()
    [filled_in] = classroom.parts(form)
    assert filled_in == "At\ufffd[1m seven.\nDaily\ufffd."
    assert "exactly this" in str(await classroom.send(form, filled_in))


async def test_a_column_that_does_not_exist_is_called_out_before_it_is_taken(
    classroom: Classroom,
) -> None:
    await classroom.schema("CREATE TABLE orders (id INT, order_sn TEXT);")
    await classroom.answer("SELECT nothing FROM orders")
    assert await classroom.send(await classroom.correct(), "SELECT order_no FROM orders") == {}
    said = await classroom.told(classroom.job.thread, "does not count yet")
    assert "order_no" in said
    assert "order_sn" in said
    assert await classroom.stands() is None
    form = await classroom.correct()
    assert classroom.parts(form) == ["SELECT order_no FROM orders"]
    assert await classroom.send(form, "SELECT order_sn FROM orders") == {}
    await classroom.taken("SELECT order_sn FROM orders")
    said = await classroom.told(classroom.job.thread, "Corrected by")
    assert "order_no" not in said


async def test_a_leaked_key_is_refused_and_of_personal_data_its_author_decides(
    classroom: Classroom,
) -> None:
    await classroom.answer("Never.")
    key = filled("sk-proj-{b62:48}")
    assert await classroom.send(await classroom.correct(), f"The key is {key}.") == {}
    said = await classroom.told(classroom.job.thread, "The text holds a secret")
    assert key not in said
    assert "Keep it" not in said
    assert await classroom.send(await classroom.correct(), "Ask mina.park@gmail.com.") == {}
    await classroom.told(classroom.job.thread, "The text holds personal data")
    await classroom.keep(BEN)
    assert "Only its author" in words_of((await classroom.whispers(BEN))[-1])
    assert await classroom.stands() is None
    await classroom.keep()
    await classroom.taken("Ask mina.park@gmail.com.")


async def test_a_label_is_chosen_among_the_classes_of_the_file(classroom: Classroom) -> None:
    await classroom.classes("spam", "ham")
    await classroom.answer("spam")
    form = await classroom.correct()
    [element] = [b["element"] for b in form["blocks"] if b.get("block_id") == "part_0"]
    assert [one["value"] for one in element["options"]] == ["spam", "ham"]
    assert element["initial_option"]["value"] == "spam"
    assert await classroom.send(form, "ham") == {}
    await classroom.taken("ham")


async def test_a_long_answer_keeps_every_line_and_one_beyond_forms_says_so(
    classroom: Classroom,
) -> None:
    long = "\n".join(f"{number}. a step of the way" for number in range(250))
    await classroom.answer(long)
    form = await classroom.correct()
    parts = {f"part_{n}": text for n, text in enumerate(classroom.parts(form))}
    assert len(parts) > 1
    last = f"part_{len(parts) - 1}"
    assert await classroom.send(form, {**parts, last: f"{parts[last]}\nDone."}) == {}
    await classroom.taken(f"{long}\nDone.")
    await classroom.answer("x" * 40_000)
    await classroom.press()
    assert "40,000 characters" in words_of((await classroom.whispers())[-1])


async def test_what_is_asked_in_a_channel_is_no_training_data_of_another(
    classroom: Classroom,
) -> None:
    await classroom.answer("Never.", channel=GENERAL)
    await classroom.press(channel=GENERAL)
    [told] = await classroom.whispers(channel=GENERAL)
    assert "belongs to another channel" in words_of(told)
