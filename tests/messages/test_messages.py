"""Messages: values as a locale writes them, escaped, stored and read back."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunesmith.bot.messages import (
    Message,
    Rendered,
    Text,
    from_stored,
    language_of,
    say,
    text_for,
    to_stored,
)
from tunesmith.bot.messages.formats import written


def _written(value: Any, how: str, name: str) -> str:
    return written(value, how, lambda: text_for(name).locale)


@pytest.mark.parametrize(
    ("value", "how", "english", "korean", "chinese"),
    [
        (1234567, "", "1,234,567", "1,234,567", "1,234,567"),
        (1234567, "id", "1234567", "1234567", "1234567"),
        (0.12345, "3", "0.123", "0.123", "0.123"),
        (2.0, "3", "2.000", "2.000", "2.000"),
        (0.975, "percent", "97.5%", "97.5%", "97.5%"),
        ("1234.5", "usd", "$1,234.50", "US$1,234.50", "US$1,234.50"),
        ("0.0012345", "usd", "$0.00123", "US$0.00123", "US$0.00123"),
        (Decimal(0), "usd", "$0.00", "US$0.00", "US$0.00"),
        ("2027-01-14", "date", "Jan 14, 2027", "2027. 1. 14.", "2027年1月14日"),
        (["a", "b", "c"], "", "a, b, and c", "a, b 및 c", "a、b和c"),
        (["a", "b"], "or", "a or b", "a 또는 b", "a或b"),
        (["a", "b"], "names", "a, b", "a, b", "a, b"),
        (1_500_000, "size", "1.5 MB", "1.5MB", "1.5 MB"),
        (120, "duration", "2 min", "2분", "2分钟"),
    ],
)
def test_values_are_written_as_the_locale_has_them(
    value: Any, how: str, english: str, korean: str, chinese: str
) -> None:
    assert _written(value, how, "en-US") == english
    assert _written(value, how, "ko-KR") == korean
    assert _written(value, how, "zh-CN") == chinese


def test_the_readers_country_decides_within_a_language() -> None:
    assert _written("2027-01-14", "date", "en-GB") == "14 Jan 2027"
    assert _written(Decimal("1.5"), "usd", "en-GB") == "US$1.50"


def test_a_number_chooses_the_plural_form() -> None:
    assert text_for("en")("dataset.examples", count=1) == "1 example"
    assert text_for("en")("dataset.examples", count=1200) == "1,200 examples"


@pytest.mark.parametrize(
    ("locale", "language"),
    [("ko-KR", "ko"), ("zh_TW", "zh"), ("en-GB", "en"), ("la-VA", "en"), ("", "en"), (None, "en")],
)
def test_the_locale_decides_the_language_and_english_stands_in(
    locale: str | None, language: str
) -> None:
    assert language_of(locale) == text_for(locale).language == language


def test_a_language_without_words_gets_english_numbers_too() -> None:
    assert _written(1234.5, "1", "la-VA") == "1,234.5"


def test_values_from_outside_are_escaped_and_the_catalogues_own_words_are_not() -> None:
    text = Text("en").escaping(lambda value: value.replace("<", "&lt;"))
    inner = say("common.as_is", text="<@U1>")
    assert text("common.as_is", text="<!channel>") == "&lt;!channel>"
    assert text("common.as_is", text=inner) == "&lt;@U1>"
    assert text("common.as_is", text=["<a", "<b"]) == "&lt;a and &lt;b"
    assert text("dataset.report_copy", user="U1", link="x").count("<") == 2


def test_what_is_rendered_already_is_not_escaped_again() -> None:
    text = Text("en").escaping(lambda value: value.replace("&", "&amp;"))
    once = text("common.as_is", text="a & b")
    assert isinstance(once, Rendered)
    assert text("common.as_is", text=once) == "a &amp; b"
    assert text.plain("common.as_is", text="a & b") == "a & b"


_values = st.recursive(
    st.text() | st.integers(-(10**15), 10**15) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.builds(
        Message, st.text(), st.dictionaries(st.text(), inner | st.lists(inner, max_size=3))
    ),
    max_leaves=8,
)


@given(st.builds(Message, st.text(), st.dictionaries(st.text(), _values)))
def test_a_stored_message_comes_back_as_it_was(message: Message) -> None:
    assert from_stored(to_stored(message)) == message


def test_money_and_dates_are_stored_as_text_and_said_as_what_they_are() -> None:
    message = say("x", price=Decimal("1.90"), day=date(2027, 1, 14))
    assert message.values == {"price": "1.90", "day": "2027-01-14"}


@pytest.mark.parametrize("stored", ["The job failed.", "", "null", "[1]", '{"a": 1}', "{"])
def test_text_that_an_earlier_version_stored_is_said_as_it_stands(stored: str) -> None:
    assert text_for("ko")(from_stored(stored)) == stored


def test_a_key_that_no_catalogue_has_is_said_instead_of_failing() -> None:
    assert text_for("en")(say("gone.with_the_update", count=1)) == "gone.with_the_update"


def test_a_key_that_the_code_says_must_have_words() -> None:
    with pytest.raises(KeyError):
        text_for("en")("job.no_such_key")


def test_words_for_places_without_markup_have_no_marks_but_those_of_values() -> None:
    for locale in ("en-US", "ko-KR", "zh-CN"):
        said = (
            text_for(locale).escaping(lambda value: value).plain("model.not_found", name="a*b*`c")
        )
        assert "a*b*`c" in said
        assert said.replace("a*b*`c", "").count("`") == 0
    marked = text_for("en").plain("dataset.deleted", name="a.jsonl")
    assert marked == "a.jsonl was deleted. Attach it again to use it."
