"""Every text that people read, in English, Korean and Chinese: one TOML file a language."""

import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

Text = Callable[..., str]

LANGUAGES = ("en", "ko", "zh")


@cache
def catalogue(language: str) -> dict[str, str]:
    """All texts of a language by key; placeholders are written as `str.format` has them."""
    file = Path(__file__).parent / f"{language}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def language_of(locale: str | None) -> str:
    """The language of ours for a Slack locale such as `ko-KR`; English where we have none."""
    language = (locale or "en").split("-")[0]
    return language if language in LANGUAGES else "en"


def text_for(locale: str | None) -> Text:
    """The texts for a Slack locale.

    The function that comes back takes a key and the values of its placeholders.
    """
    texts = catalogue(language_of(locale))

    def text(key: str, **values: Any) -> str:
        return texts[key].format(**values)

    return text


def escape(text: str) -> str:
    """Text from a file, a model or a person, so that no mention, link or formatting command fires.

    Slack's rule: `&`, `<` and `>` are written as entities (docs.slack.dev, "Formatting message
    text").
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """What `escape` made, as it was."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def shorten(text: str, most: int) -> str:
    """The text, cut to at most that many characters."""
    return text if len(text) <= most else text[: most - 1] + "…"
