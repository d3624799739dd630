"""The texts that people read."""

import re
from pathlib import Path

import pytest

import tunesmith.local.workspace as page
from tests.messages.catalogues import entries, texts
from tunesmith.bot.datasets.rules import FIXABLE, FIXED_BY_DEFAULT, RULES
from tunesmith.bot.messages import LANGUAGES
from tunesmith.handlers.slack.mrkdwn import escape, shorten


@pytest.mark.parametrize(
    ("family", "codes"),
    [
        ("message", set(RULES)),
        ("hint", set(RULES)),
        ("fixed", FIXABLE),
        ("removed", FIXABLE - FIXED_BY_DEFAULT),
    ],
)
def test_every_code_of_a_finding_has_its_words(family: str, codes: set[str]) -> None:
    prefix = f"finding.{family}."
    assert {key.removeprefix(prefix) for key in entries("en") if key.startswith(prefix)} == codes


@pytest.mark.parametrize("language", LANGUAGES)
def test_bold_text_stands_free_of_letters_or_slack_does_not_make_it_bold(language: str) -> None:
    said = [(key, text) for key, entry in entries(language).items() for text in texts(entry)]
    for key, text in said:
        for bold in re.finditer(r"\*[^*\n]+\*", text):
            around = text[: bold.start()][-1:] + text[bold.end() :][:1]
            assert not any(letter.isalnum() for letter in around), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_local_workspace_shows_every_emoji(language: str) -> None:
    known = Path(page.__file__).with_name("page") / "text" / "emoji.js"
    names = re.findall(r"([\w+-]+) [^\s|]+", known.read_text(encoding="utf-8"))
    used = re.findall(
        r":([a-z_]+):",
        " ".join(text for entry in entries(language).values() for text in texts(entry)),
    )
    assert set(used) <= set(names)


def test_text_of_others_fires_no_mention_and_no_link() -> None:
    assert escape("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"


def test_long_text_is_cut_to_the_limit() -> None:
    assert shorten("abcdef", 4) == "abc…"
    assert shorten("abcd", 4) == "abcd"
