"""Every key that is said has its words in every language, and no words lie about unused."""

import pytest

from tests.messages.catalogues import entries, placeholders, said_keys
from tunesmith.bot.messages import LANGUAGES
from tunesmith.bot.messages.formats import FORMATS, locale
from tunesmith.handlers import kinds

ENGLISH = entries("en")
# Kinds of tasks, which look like keys.
KINDS = {kind.name for kind in kinds}


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "en"])
def test_every_language_has_the_same_keys_and_placeholders(language: str) -> None:
    other = entries(language)
    assert set(other) == set(ENGLISH)
    for key, entry in ENGLISH.items():
        assert placeholders(other[key]) == placeholders(entry), key


def test_every_key_that_the_code_says_has_words() -> None:
    keys, beginnings = said_keys()
    assert len(keys) > 100
    assert keys - set(ENGLISH) - KINDS == set()
    assert {one for one in beginnings if not any(key.startswith(one) for key in ENGLISH)} == set()


def test_all_words_are_said_somewhere() -> None:
    keys, beginnings = said_keys()
    unused = {
        key
        for key in set(ENGLISH) - keys
        if not any(key.startswith(beginning) for beginning in beginnings)
    }
    assert unused == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_placeholder_asks_for_a_way_of_writing_that_exists(language: str) -> None:
    for key, entry in entries(language).items():
        for _, how in placeholders(entry):
            assert how in FORMATS or how.isdecimal(), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_texts_cover_what_the_language_distinguishes(language: str) -> None:
    categories = {"other", *locale("", LANGUAGES[language]).plural_form.tags}
    for key, entry in entries(language).items():
        if isinstance(entry, dict):
            assert set(entry) == {"of", *categories}, key
