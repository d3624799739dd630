"""The catalogues as the tests see them, and the keys that the code says."""

import ast
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import tunesmith
from tunesmith.bot.messages import LANGUAGES
from tunesmith.bot.messages import text as module
from tunesmith.bot.messages.text import Entry, topic

PACKAGE = Path(tunesmith.__file__).parent
FOLDER = Path(module.__file__).parent
PROVIDERS = PACKAGE / "bot" / "providers" / "catalogue.toml"
TOPICS = sorted({file.stem for file in FOLDER.glob("*/*.toml")})


def entries(language: str) -> dict[str, Entry]:
    """Every entry of a language by its whole key."""
    return {f"{name}.{key}": said for name in TOPICS for key, said in topic(language, name).items()}


def texts(entry: Entry) -> list[str]:
    """The texts of an entry: one, or one for each plural category."""
    if isinstance(entry, str):
        return [entry]
    return [said for category, said in entry.items() if category != "of"]


def placeholders(entry: Entry) -> set[tuple[str, str]]:
    """The placeholders of an entry, each with how it is written."""
    return {
        (name, how or "")
        for said in texts(entry)
        for _, name, how, _ in string.Formatter().parse(said)
        if name
    }


def said_keys() -> tuple[set[str], set[str]]:
    """The keys that the code names, and the beginnings of those that it puts together."""
    keys: set[str] = set()
    beginnings: set[str] = set()
    for text in _strings():
        if isinstance(text, ast.JoinedStr):
            first = text.values[0]
            if isinstance(first, ast.Constant) and _is_key(str(first.value)):
                beginnings.add(str(first.value))
        elif _is_key(str(text.value)):
            keys.add(str(text.value))
    keys |= {
        title["key"]
        for provider in tomllib.loads(PROVIDERS.read_text("utf-8"))["providers"].values()
        if isinstance(title := provider["title"], dict)
    }
    return keys, beginnings


def _strings() -> Iterator[ast.Constant | ast.JoinedStr]:
    for file in sorted(PACKAGE.rglob("*.py")):
        if "local" in file.relative_to(PACKAGE).parts:
            continue
        nodes = list(ast.walk(ast.parse(file.read_text("utf-8"))))
        joined = [node for node in nodes if isinstance(node, ast.JoinedStr)]
        parts = {id(part) for node in joined for part in node.values}
        yield from joined
        for node in nodes:
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in parts
            ):
                yield node


def _is_key(text: str) -> bool:
    name, dot, rest = text.partition(".")
    return bool(dot) and name in TOPICS and rest.replace(".", "").replace("_", "a").isalnum()


assert set(LANGUAGES) == {folder.name for folder in FOLDER.iterdir() if folder.is_dir()} - {
    "__pycache__"
}
