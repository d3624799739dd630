"""What is said about a checked statement, in English, Korean and Chinese."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence or a part of one: the key of its words, and what goes into their places."""

    key: str
    values: dict[str, "str | int | Sentence"]

    def text(self, language: str = "en") -> str:
        """The words in a language: en, ko or zh."""
        values = {
            name: value.text(language) if isinstance(value, Sentence) else value
            for name, value in self.values.items()
        }
        return _catalogue(language)[self.key].format(**values)

    def __str__(self) -> str:
        """The words in English."""
        return self.text()


def say(key: str, /, **values: str | int | Sentence) -> Sentence:
    """The sentence of that key in `text/*.toml`."""
    return Sentence(key, values)


@cache
def _catalogue(language: str) -> dict[str, str]:
    folder = resources.files("tunesmith.bot.sql") / "text"
    return tomllib.loads((folder / f"{language}.toml").read_text("utf-8"))
