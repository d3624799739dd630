"""Messages in words: the catalogue of each language, plurals, numbers, money, dates and lists.

An entry of a catalogue is a text with placeholders, or, where the words depend on a number, one
text for each plural category of the language (cldr.unicode.org, "Plural Rules"):

    accepted = "Cancelling `{id}`."
    errors = { of = "count", one = "{count} error", other = "{count} errors" }

A placeholder says how its value is written, if not plainly: see `FORMATS` in `formats.py`.
"""

import re
import string
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from tunesmith.bot.messages import formats
from tunesmith.bot.messages.message import Message

if TYPE_CHECKING:
    from babel import Locale

LANGUAGES = {"en": "en_US", "ko": "ko_KR", "zh": "zh_CN"}
"""The languages there are words in, each with the locale for its numbers where none is known."""

Entry = str | dict[str, str]
_FOLDER = Path(__file__).parent
_MARKS = re.compile(r"\*([^*\n]+)\*|`([^`\n]+)`")


class Rendered(str):
    """Words that are finished: what was escaped in them is not escaped again."""

    __slots__ = ()


@cache
def topic(language: str, name: str) -> Mapping[str, Entry]:
    """The entries of one file of a catalogue, by key without the topic; none where it is missing.

    Keys of a TOML table have the table's name in front: `message.blank_line`.
    """
    file = _FOLDER / language / f"{name}.toml"
    if not file.is_file():
        return {}
    entries: dict[str, Entry] = {}
    written: dict[str, Entry | dict[str, Entry]] = tomllib.loads(file.read_text(encoding="utf-8"))
    for key, entry in written.items():
        if isinstance(entry, dict) and "other" not in entry:
            entries |= {f"{key}.{below}": words for below, words in entry.items()}
        else:
            entries[key] = cast("Entry", entry)
    return entries


def language_of(locale: str | None) -> str:
    """The language of ours for a locale such as `ko-KR`; English where we have none."""
    language = (locale or "en").replace("_", "-").split("-")[0].lower()
    return language if language in LANGUAGES else "en"


class Text(string.Formatter):
    """Says messages in one language; numbers, money and dates as the locale writes them.

    `escape` is done to every value from outside (a file's name, a model's answer), never to the
    catalogue's own words: with it, no such value can be taken for markup. Where it `marks`, the
    catalogue's marks (`*bold*` and code between backticks) stand in the words.
    """

    def __init__(
        self,
        locale: str | None,
        escape: Callable[[str], str] | None = None,
        *,
        marks: bool = True,
    ) -> None:
        self.language = language_of(locale)
        self._locale_name = (locale or "").replace("-", "_")
        self._escape = escape
        self._marks = marks

    @property
    def tag(self) -> str:
        """The locale's name, for `text_for`."""
        return self._locale_name or self.language

    @property
    def locale(self) -> "Locale":
        """Babel's locale."""
        return formats.locale(self._locale_name, LANGUAGES[self.language])

    def escaping(self, escape: Callable[[str], str]) -> "Text":
        """The same, with every value from outside escaped."""
        return Text(self._locale_name, escape)

    @property
    def plain(self) -> "Text":
        """The same, with nothing escaped and without marks: for places where they mean nothing."""
        return Text(self._locale_name, marks=False)

    @property
    def unescaped(self) -> "Text":
        """The same, with nothing escaped."""
        return Text(self._locale_name)

    def __call__(self, said: str | Message, /, **values: Any) -> str:
        """The words of a message, or of a key with its values. Raises KeyError for no known key.

        A message whose key no catalogue has was stored by another version: its key is said.
        """
        if isinstance(said, Message):
            name, _, rest = said.key.partition(".")
            entry, values = topic(self.language, name).get(rest, said.key), said.values
        else:
            name, _, rest = said.partition(".")
            entry = topic(self.language, name)[rest]
        if isinstance(entry, dict):
            entry = self._plural(entry, values)
        if not self._marks:
            entry = _MARKS.sub(r"\1\2", entry)
        return Rendered(self.vformat(entry, (), values))

    def _plural(self, entry: Mapping[str, str], values: Mapping[str, Any]) -> str:
        category = self.locale.plural_form(values[entry["of"]])
        return entry.get(category, entry["other"])

    def get_field(
        self,
        field_name: str,
        args: Any,  # noqa: ARG002 - string.Formatter calls it so
        kwargs: Any,
    ) -> tuple[Any, str]:
        """The value of a placeholder; only names, no attributes or indices."""
        return kwargs[field_name], field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        """A value in words: escaped text, or a number, date or list as the locale has it."""
        if isinstance(value, Message):
            return self(value)
        if isinstance(value, str) and not format_spec:
            return self._safe(value)
        if isinstance(value, list | tuple):
            value = [self.format_field(item, "") for item in cast("list[Any]", value)]
        written = formats.written(value, format_spec, lambda: self.locale)
        return self._safe(written) if isinstance(value, str) else written

    def _safe(self, text: str) -> str:
        return text if self._escape is None or isinstance(text, Rendered) else self._escape(text)


@cache
def text_for(locale: str | None) -> Text:
    """The words for a locale, for example Slack's `ko-KR`; English where there are none."""
    return Text(locale)
