"""The words that identifiers are made of: how they are split, and what people say for them."""

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any

_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[^\W\d_a-zA-Z]+|\d+")


def words_of(identifier: str) -> list[str]:
    """The lower-case words of an identifier: `orderItem_ID` → order, item, id."""
    return [part.lower() for part in _PARTS.findall(identifier)]


def glossary(language: str) -> dict[str, str]:
    """Common words of identifiers (`sn`, `order_sn`) and what they mean in en, zh or ko."""
    return _read("glossary")[language]


def mixed_up() -> dict[str, str]:
    """Words of identifiers, each with one that people take for it: `time` → `date`."""
    return _read("mixed_up")


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files(__name__) / f"{name}.toml").read_text("utf-8"))
