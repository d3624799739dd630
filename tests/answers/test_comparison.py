"""One question to several models: answered side by side without names, and voted on."""

import asyncio
import hashlib
import json
from collections import Counter
from decimal import Decimal

import pytest
from sqlalchemy import update

from tests.answers.comparisons import (
    BEN,
    QUESTION,
    letter_of,
    message,
    newest,
    press,
    tally,
    whispered,
)
from tests.answers.conftest import ALICE, MODEL_NAME, Reply, Shop
from tests.answers.evaluations import BASE, asked_with, base_answers, later_job
from tunesmith.bot.answers.comparison.standing import answer_key, show, vote
from tunesmith.bot.cli.demo.processes import DemoError
from tunesmith.bot.errors import JobError
from tunesmith.bot.messages import text_for
from tunesmith.handlers.comparison.button import COMPARE
from tunesmith.handlers.comparison.card import tell_of
from tunesmith.handlers.comparison.commands import compare
from tunesmith.handlers.comparison.form import MODELS
from tunesmith.handlers.comparison.form import QUESTION as FORM_QUESTION
from tunesmith.handlers.evaluation.model_card import model as model_card
from tunesmith.storage import answers
from tunesmith.storage.answers import Answer
from tunesmith.storage.tables import datasets


async def test_the_same_question_goes_to_each_model_and_names_show_after_the_vote(
    shop: Shop,
) -> None:
    base_answers(shop)
    shop.model.known[MODEL_NAME, QUESTION] = "At *seven* <!channel>."
    shop.model.known[BASE, QUESTION] = "As an assistant, I can't know."
    shop.model.replies = [Reply([], status=503)]
    async with shop.listening():
        await compare(asked_with(shop, QUESTION))
        blind = await message(shop, "is best")
        found = await newest(shop)
        for name in (MODEL_NAME, BASE, "Local", "first word", "tokens"):
            assert name not in json.dumps(blind), "nothing tells who answered what"
        assert "<!channel>" not in str(blind)
        best = letter_of(found, MODEL_NAME)
        await press(shop, blind, f"comparison_vote_{best}")
        await press(shop, blind, "comparison_vote_tie")
        await press(shop, blind, f"comparison_vote_{best}", BEN)
        told = await whispered(shop, "a tie")
        await message(shop, "2 people have voted")
        await press(shop, blind, f"comparison_vote_{best}")
        await press(shop, told, "comparison_see")
        seen = await whispered(shop, f"Answer {best}* – {MODEL_NAME}")
        assert "first word after" in str(seen)
        assert f">{QUESTION}" in str(seen), "which of several comparisons it was"
        again = await press(shop, blind, "comparison_vote_tie")
        assert await whispered(shop, "your vote stays"), again
        assert MODEL_NAME not in str(await message(shop, "is best"))
        await press(shop, blind, "comparison_show", BEN)
        told = await message(shop, "Names shown by")
    assert Counter(shop.model.models) in (
        {MODEL_NAME: 2, BASE: 1},
        {MODEL_NAME: 1, BASE: 2},
    )
    assert f"Answer {best}* – {MODEL_NAME} · *2 votes*" in str(told)
    assert "won 2 of 2 votes" in str(told)
    assert "not yet clear" in str(told)
    lines = (await tally(shop)).all_lines(text_for("en"))
    assert len(lines) == 1


@pytest.mark.databases("sqlite")
async def test_of_four_models_one_that_fails_says_so_and_what_was_kept_is_not_asked_again(
    shop: Shop,
) -> None:
    for number in range(3):
        await later_job(shop, f"job{number}", f"ft:other{number}")
        shop.model.known[f"ft:other{number}", QUESTION] = f"Answer {number}."
    shop.model.refused = {"ft:other1"}
    names = [MODEL_NAME, *(f"ft:other{number}" for number in range(3))]
    await compare(asked_with(shop, f"{' '.join(names)} {QUESTION}"))
    found = await newest(shop)
    kept = letter_of(found, MODEL_NAME)
    async with shop.context.services.database.write() as connection:
        key = answer_key(found.comparison.id, "ABCD".index(kept))
        await answers.keep(connection, Answer(key, "Kept.", 1.0, "job", "stop"))
    async with shop.bot(), shop.bot():  # two replicas
        blind = await message(shop, "is best")
        failed = letter_of(found, "ft:other1")
        assert f"{failed} is best" not in str(blind)
        assert "No answer came" in str(blind)
        assert "as the test says" not in str(blind)
        async with shop.context.services.database.write() as connection:
            place = "ABCD".index(letter_of(found, "ft:other0"))
            await vote(connection, found.comparison.id, ALICE, place)
            await show(connection, found.comparison.id, ALICE)
            await tell_of(connection, found.comparison.id)
        told = await message(shop, "Names shown by")
    assert Counter(shop.model.models) == dict.fromkeys(names[1:], 1)
    assert "as the test says" in str(told)
    assert "1. *ft:other0*" in str(told)
    _, results = await compare(asked_with(shop, "results"))
    assert "1. *ft:other0*" in str(results)
    assert "won 1 of 1 vote against *ft:other2*" in str(results)
    _, card = await model_card(asked_with(shop, MODEL_NAME))
    assert "won 0 of 1 vote against *ft:other0*" in str(card)


@pytest.mark.databases("sqlite")
async def test_compare_under_an_answer_opens_a_form_with_its_question_and_what_can_be_asked(
    shop: Shop,
) -> None:
    base_answers(shop)
    await later_job(shop, "job2", "ft:second")
    async with shop.listening():
        await shop.person.command(f"/ask {QUESTION}")
        [answered] = await shop.answers(None)
        form = await shop.person.press(answered, COMPARE)
        [models, question] = [b["element"] for b in form["blocks"] if b["type"] == "input"]
        assert question["initial_value"] == QUESTION
        chosen = [option["value"] for option in models["initial_options"]]
        assert chosen == ["tuned local job", f"base local {BASE}"]
        offered = {option["value"] for option in models["options"]}
        assert "tuned local job2" in offered
        one_alone = {MODELS: chosen[:1], FORM_QUESTION: QUESTION}
        with pytest.raises(DemoError, match="2 to 4"):
            await shop.person.submit(form, one_alone)
        await shop.person.submit(form, {MODELS: chosen, FORM_QUESTION: "How much is < 3 & 4?"})
        blind = await message(shop, "is best", answered["ts"])
    assert "&lt; 3 &amp; 4?" in str(blind["blocks"][0])
    assert shop.model.asked[1:] == ["How much is < 3 & 4?"] * 2


@pytest.mark.databases("sqlite")
async def test_what_is_dear_is_asked_once_somebody_agrees_and_limits_hold_for_each_model(
    shop: Shop,
) -> None:
    base_answers(shop)
    settings = shop.context.services.settings
    settings.person_questions_per_hour = 1
    with pytest.raises(JobError, match="2 models"):
        await compare(asked_with(shop, QUESTION))
    settings.person_questions_per_hour = 2
    local = shop.context.services.catalogue.providers["local"]
    prices = {"input_usd": 0, "output_usd": 9_000, "base_input_usd": 0, "base_output_usd": 9_000}
    counted = {"encoding": "cl100k_base", "own_tokens": False}
    dear = local.models[0].model_copy(update=prices | counted)
    object.__setattr__(local, "models", (dear,))
    async with shop.listening():
        await compare(asked_with(shop, QUESTION))
        offer = await message(shop, "comparison_agree")
        assert "Nothing was asked yet" in str(offer)
        assert shop.model.asked == []
        settings.monthly_budget_usd = Decimal("0.01")
        await press(shop, offer, "comparison_agree")
        await whispered(shop, "$0.01")
        settings.monthly_budget_usd = None
        await asyncio.gather(*(press(shop, offer, "comparison_agree") for _ in range(2)))
        await message(shop, "is best")
        with pytest.raises(JobError, match="2 questions an hour"):
            await compare(asked_with(shop, "Another one?"))
    assert shop.model.asked == [QUESTION] * 2


@pytest.mark.databases("sqlite")
async def test_every_answer_is_checked_by_the_same_schema_and_a_long_one_is_attached_without_a_name(
    shop: Shop,
) -> None:
    base_answers(shop)
    ddl = "CREATE TABLE orders (id INT, order_sn TEXT);"
    sha256 = hashlib.sha256(ddl.encode()).hexdigest()
    services = shop.context.services
    services.settings.files.mkdir(exist_ok=True)
    (services.settings.files / sha256).write_text(ddl)
    async with services.database.write() as connection:
        await connection.execute(update(datasets).values(schema_sha256=sha256))
    shop.model.known[MODEL_NAME, QUESTION] = "SELECT order_sn FROM orders"
    long = "SELECT order_no FROM orders -- " + "why " * 3_000
    shop.model.known[BASE, QUESTION] = long
    async with shop.listening():
        await compare(asked_with(shop, QUESTION))
        blind = await message(shop, "is best")
        found = await newest(shop)
        name = f"comparison-{found.comparison.id}-{letter_of(found, BASE)}.md"
        files = await shop.until(blind["ts"], lambda said: name in str(said))
    assert "order_no" in str([b for b in blind["blocks"] if b["type"] == "section"])
    assert str(blind).count("```sql") == 2
    assert BASE not in str(files)


@pytest.mark.databases("sqlite")
async def test_a_model_tuned_by_preferences_is_put_beside_the_one_that_it_went_on_from(
    shop: Shop,
) -> None:
    await later_job(shop, "newer", "ft:newer")
    await later_job(shop, "dpo", "ft:dpo", method="dpo", continued_from=MODEL_NAME)
    shop.model.known["ft:dpo", QUESTION] = "At seven."
    async with shop.bot():
        await compare(asked_with(shop, f"ft:dpo {QUESTION}"))
        blind = await message(shop, "is best")
    assert "At seven." in str(blind)
    assert Counter(shop.model.models) == {"ft:dpo": 1, MODEL_NAME: 1}
