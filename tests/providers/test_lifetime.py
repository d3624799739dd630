"""How long tuned models answer: days left, in words, and beside what a job costs."""

from datetime import date
from decimal import Decimal

import pytest

from tunesmith.bot.messages import LANGUAGES, text_for
from tunesmith.bot.providers import lifetime
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.handlers.answer.under import small_print
from tunesmith.storage.answers import Answer

OPENAI = load_catalogue().providers["openai"]
LOCAL = load_catalogue().providers["local"]
MINI = "gpt-4o-mini-2024-07-18"
NOW = date(2026, 11, 20)


@pytest.mark.parametrize("name", [MINI, "gpt-4o-mini", f"ft:{MINI}:shop:barista:abc"])
def test_days_are_left_by_the_base_model_whichever_name_it_is_called_by(name: str) -> None:
    left = lifetime.days_left(OPENAI, name, NOW)
    assert left == (date(2027, 1, 14), 55)


def test_a_model_without_a_known_end_has_no_days_left_to_tell() -> None:
    assert lifetime.days_left(LOCAL, "tiny-1m-scratch", NOW) is None
    assert lifetime.days_left(OPENAI, "something-else", NOW) is None
    assert lifetime.price_for(Decimal(12), None) is None


def test_what_the_provider_tells_of_an_account_goes_before_the_catalogue() -> None:
    told = date(2027, 3, 1)
    assert lifetime.days_left(OPENAI, MINI, NOW, told) == (told, 101)
    assert lifetime.days_left(LOCAL, "tiny-1m-scratch", NOW, told) == (told, 101)


def test_on_the_day_of_the_shutdown_and_after_it_the_model_is_over() -> None:
    text = text_for("en")
    for day, words in ((date(2027, 1, 13), "1 day left"), (date(2027, 1, 14), "shut down")):
        left = lifetime.days_left(OPENAI, MINI, day)
        assert left is not None
        assert (left.is_over, text(left.short)) == (words == "shut down", words)
        assert "Jan 14, 2027" in text(left.message)


def test_the_price_is_said_beside_the_days_that_the_model_lives() -> None:
    left = lifetime.days_left(OPENAI, MINI, NOW)
    text = text_for("en")
    for usd, words in (
        (Decimal(12), "$12.00 for a model with 55 days left: it is shut down on Jan 14, 2027."),
        (Decimal(0), "Free, for a model with 55 days left: it is shut down on Jan 14, 2027."),
        (
            None,
            "A model with 55 days left: it is shut down on Jan 14, 2027. The price is not known.",
        ),
    ):
        said = lifetime.price_for(usd, left)
        assert said is not None
        assert text(said) == words


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_says_the_days_left_only_where_the_end_is_near(language: str) -> None:
    text = text_for(language)
    far = lifetime.days_left(OPENAI, MINI, date(2026, 11, 14))
    near = lifetime.days_left(OPENAI, MINI, date(2026, 11, 15))
    assert far is not None
    assert near is not None
    assert (far.days, near.days) == (61, 60)
    answer = Answer("k", "Yes.", 1.0, "job", "stop")
    plain = small_print(text, "m", answer)
    assert small_print(text, "m", answer, left=far) == plain
    assert small_print(text, "m", answer, left=near) != plain
    assert "60" in str(small_print(text, "m", answer, left=near))
