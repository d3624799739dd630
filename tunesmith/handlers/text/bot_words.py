"""Why something went wrong, where it is still raised in English words.

`bot_words.ko.toml` and `bot_words.zh.toml` hold the same words: `reasons` by their English, and
`phrases` for what stands in placeholders: by the placeholder's name and the English.
"""

import re
import string
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel


class Words(BaseModel):
    """The words of one language, as its file has them."""

    reasons: dict[str, str]
    phrases: dict[str, dict[str, str]]

    def say(self, english: str, template: str, translation: str) -> str:
        """What `template` became in English, said by its translation; English where it did not."""
        found = _pattern(template).fullmatch(english)
        if found is None:
            return english
        values = {name: self._phrase(name, value) for name, value in found.groupdict().items()}
        return translation.format(**values)

    def say_any(self, english: str, translations: Mapping[str, str]) -> str:
        """The English by whichever of the templates it became from; as it is where by none."""
        for template, translation in translations.items():
            said = self.say(english, template, translation)
            if said != english:
                return said
        return english

    def _phrase(self, name: str, english: str) -> str:
        return self.say_any(english, self.phrases.get(name, {}))


@cache
def words(language: str) -> Words:
    """The words of a language other than English."""
    file = Path(__file__).parent / f"bot_words.{language}.toml"
    return Words.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))


def reason_in(language: str, english: str) -> str:
    """Why something went wrong; a reason that has no translation stays English."""
    if language == "en":
        return english
    said = words(language)
    return said.say_any(english, said.reasons)


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """What matches all that a template can become, its placeholders as groups."""
    parts: list[str] = []
    for literal, name, _, _ in string.Formatter().parse(template):
        parts.append(re.escape(literal))
        if name:
            parts.append(f"(?P<{name}>.*?)")
    return re.compile("".join(parts), re.DOTALL)
