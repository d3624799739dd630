"""The texts that people read."""

import re
import string
from pathlib import Path

import pytest

import tunesmith.local.workspace as page
from tunesmith.bot.datasets.mending import MENDS
from tunesmith.handlers.text import LANGUAGES, catalogue, escape, shorten, text_for


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys_and_placeholders(language: str) -> None:
    english = catalogue("en")
    other = catalogue(language)
    assert set(other) == set(english)
    for key, text in english.items():
        assert _placeholders(other[key]) == _placeholders(text), key


def test_everything_that_can_be_mended_has_words() -> None:
    mended = {key.removeprefix("mended_") for key in catalogue("en") if key.startswith("mended_")}
    assert mended == MENDS


@pytest.mark.parametrize("language", LANGUAGES)
def test_bold_text_stands_free_of_letters_or_slack_does_not_make_it_bold(language: str) -> None:
    for key, text in catalogue(language).items():
        for bold in re.finditer(r"\*[^*\n]+\*", text):
            around = text[: bold.start()][-1:] + text[bold.end() :][:1]
            assert not any(letter.isalnum() for letter in around), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_local_workspace_shows_every_emoji(language: str) -> None:
    known = Path(page.__file__).with_name("page") / "text" / "emoji.js"
    names = re.findall(r"([\w+-]+) [^\s|]+", known.read_text(encoding="utf-8"))
    used = re.findall(r":([a-z_]+):", " ".join(catalogue(language).values()))
    assert set(used) <= set(names)


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("ko-KR", "ko"),
        ("zh-CN", "zh"),
        ("zh-TW", "zh"),
        ("en-GB", "en"),
        ("fr-FR", "en"),
        (None, "en"),
    ],
)
def test_the_locale_decides_the_language_and_english_stands_in(
    locale: str | None, language: str
) -> None:
    assert text_for(locale)("form_title") == catalogue(language)["form_title"]


def test_text_of_others_fires_no_mention_and_no_link() -> None:
    assert escape("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"


def test_long_text_is_cut_to_the_limit() -> None:
    assert shorten("abcdef", 4) == "abc…"
    assert shorten("abcd", 4) == "abcd"
